"""Domain → contract, and what identity publishes."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor_identity.models import ApiKey, Contact, Customer, Link, Merchant, Staff
from kontor_service.aggregates import Published
from kontor_service.events import state_of


def customer_state(customer: Customer, contacts: Sequence[Contact]) -> pb.Customer:
    return state_of(pb.Customer, customer, contacts=[state_of(pb.ContactPerson, contact) for contact in contacts])


async def customer_states(session: AsyncSession, customers: Sequence[Customer]) -> list[pb.Customer]:
    contacts: dict[UUID, list[Contact]] = {customer.id: [] for customer in customers}
    query = select(Contact).where(col(Contact.customer_id).in_(contacts))
    for contact in await session.exec(query.order_by(col(Contact.created_at), col(Contact.id))):
        contacts[contact.customer_id].append(contact)
    return [customer_state(customer, contacts[customer.id]) for customer in customers]


AGGREGATES = (
    Published(Merchant, pb.Merchant),
    Published(Customer, pb.Customer, customer_states),
    Published(Link, pb.Link),
    Published(Staff, pb.StaffMember),
    Published(ApiKey, pb.ApiKey),
)

"""A customer with its contact persons, loaded and changed as one: all SQL of the aggregate."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor_bus import record
from kontor_identity.events import customer_state
from kontor_identity.models import Contact, Customer, CustomerNumber, Merchant
from kontor_identity.system_time import now
from kontor_service.commands import command_result
from kontor_service.errors import Conflict, NotFound
from kontor_service.i18n import N_


class CustomerMissing(NotFound):
    title = N_("There is no such customer.")


class ContactMissing(NotFound):
    title = N_("There is no such contact person.")


# `holder` says whose it was, and is: id, name and present number.
NumberUsed = Conflict.named("number_used", N_("Another customer has this number, or had it before."))

# When somebody was last there is told no more often than this.
_SEEN_TOLD_EVERY = timedelta(hours=1)


@dataclass
class Held:
    """The aggregate under its row lock."""

    customer: Customer
    contacts: list[Contact]

    def state(self) -> pb.Customer:
        return customer_state(self.customer, self.contacts)

    def contact(self, contact_id: UUID) -> Contact:
        """Raises ContactMissing."""
        for contact in self.contacts:
            if contact.id == contact_id:
                return contact
        raise ContactMissing

    def answer(self, **extra: Any) -> dict[str, Any]:
        return command_result(self.state(), **extra)


async def hold(session: AsyncSession, customer_id: UUID) -> Held:
    """Raises CustomerMissing."""
    query = select(Customer).where(Customer.id == customer_id).with_for_update()
    customer = (await session.exec(query)).one_or_none()
    if customer is None:
        raise CustomerMissing
    return Held(customer, await contacts_of(session, customer_id))


async def hold_by_number(session: AsyncSession, merchant_id: UUID, number: str) -> Held | None:
    query = select(Customer).where(Customer.merchant_id == merchant_id, Customer.number == number).with_for_update()
    customer = (await session.exec(query)).one_or_none()
    return Held(customer, await contacts_of(session, customer.id)) if customer else None


async def contacts_of(session: AsyncSession, customer_id: UUID) -> list[Contact]:
    query = select(Contact).where(Contact.customer_id == customer_id).order_by(col(Contact.created_at), col(Contact.id))
    return list((await session.exec(query)).all())


async def insert_customer(session: AsyncSession, customer: Customer) -> bool:
    """Whether it was new: another transaction may have been first with this number."""
    values = customer.model_dump()
    done = await session.exec(
        insert(Customer)
        .values(**values)
        .on_conflict_do_nothing(constraint="uq_customer_number")
        .returning(col(Customer.id))
    )
    return done.one_or_none() is not None


async def language_of(session: AsyncSession, merchant_id: UUID) -> str:
    return (await session.exec(select(Merchant.language).where(Merchant.id == merchant_id))).one()


async def changed(session: AsyncSession, held: Held, fact: type[Message] = pb.CustomerChanged, **details: Any) -> None:
    """Raises the version and tells of the fact, in this transaction. Once per transaction."""
    held.customer.touch()
    await session.flush()
    record(session, fact(customer=held.state(), **details))


async def reserve_numbers(session: AsyncSession, customer: Customer, *numbers: str) -> None:
    """Reserves numbers for this customer permanently, so that a late document never reaches another customer.

    To be called when the customer's row is written: whoever wants the same number waits there, and never in a circle.
    Raises NumberUsed.
    """
    for number in numbers:
        row = {"merchant_id": customer.merchant_id, "number": number, "customer_id": customer.id}
        await session.exec(insert(CustomerNumber).values(**row).on_conflict_do_nothing())
        query = (
            select(Customer)
            .join(CustomerNumber, col(CustomerNumber.customer_id) == Customer.id)
            .where(CustomerNumber.merchant_id == customer.merchant_id, CustomerNumber.number == number)
        )
        holder = (await session.exec(query)).one()
        if holder.id != customer.id:
            raise NumberUsed(
                N_("Customer number %(number)s was used by %(name)s, who now has %(present)s."),
                field="number",
                holder={"id": str(holder.id), "name": holder.name, "number": holder.number},
                number=number,
                name=holder.name,
                present=holder.number,
            )


async def customers_of_user_seen(session: AsyncSession, user_id: UUID) -> None:
    """Notes the visit at each customer the log-in belongs to."""
    query = (
        select(Contact.customer_id)
        .where(
            Contact.user_id == user_id,
            Contact.access == "active",
            col(Contact.last_seen_at).is_(None) | (col(Contact.last_seen_at) < now() - _SEEN_TOLD_EVERY),
        )
        .distinct()
        .order_by(col(Contact.customer_id))
    )
    for customer_id in (await session.exec(query)).all():
        held = await hold(session, customer_id)
        for contact in held.contacts:
            if contact.user_id == user_id:
                contact.last_seen_at = now()
        await changed(session, held)

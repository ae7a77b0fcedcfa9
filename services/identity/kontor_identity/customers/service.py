"""Use cases of customers."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI
from pydantic import ConfigDict
from pydantic.config import JsonDict
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor_bus import record
from kontor_bus.ingest import IngestMessage
from kontor_identity.customers.contacts import VIEW_RIGHTS, check_count, new_contact
from kontor_identity.customers.inputs import CustomerChange, CustomerNew, CustomerUpsert, Number
from kontor_identity.customers.store import (
    Held,
    changed,
    hold,
    hold_by_number,
    insert_customer,
    language_of,
    reserve_numbers,
)
from kontor_identity.dependencies import Dependencies
from kontor_identity.fields import apply
from kontor_identity.models import Customer
from kontor_identity.sessions.changes import contact_changed, customer_changed, grants_change
from kontor_identity.system_time import now
from kontor_service.commands import once
from kontor_service.errors import Conflict, Invalid
from kontor_service.i18n import N_
from kontor_service.ids import uuid7

DuplicateNumber = Conflict.named("duplicate_number", N_("Another customer has this number, or had it before."))
NameMissing = Invalid.named("missing", N_("A new customer needs a name."))


async def create_customer(
    deps: Dependencies, merchant_id: UUID, wanted: CustomerNew, key: str | None
) -> dict[str, Any]:
    """`key`: the same key answers the same customer again. Raises DuplicateNumber, NumberUsed."""

    async def act(session: AsyncSession) -> dict[str, Any]:
        held = await _create(session, merchant_id, wanted.number, wanted)
        if held is None:
            raise DuplicateNumber(
                N_("Another customer has this number, or had it before."), field="number", number=wanted.number
            )
        return held.answer()

    return await once(deps.db, merchant_id, "customer", key, wanted.model_dump(mode="json"), act)


async def change_customer(
    deps: Dependencies, merchant_id: UUID, customer_id: UUID, change: CustomerChange
) -> dict[str, Any]:
    """Raises CustomerMissing, DuplicateNumber, NumberUsed."""
    try:
        async with deps.db.transaction(merchant_id) as session:
            await grants_change(session, merchant_id)
            held = await hold(session, customer_id)
            await _change(session, held, change)
    except IntegrityError as error:
        raise DuplicateNumber(
            N_("Another customer has this number, or had it before."), field="number", number=change.number
        ) from error
    return held.answer(pushed=await deps.push.now(merchant_id))


async def upsert_customer(deps: Dependencies, merchant_id: UUID, number: str, wanted: CustomerUpsert) -> dict[str, Any]:
    """A customer by its number: made if there is none, else changed in what is given. The same again changes nothing.

    Raises NameMissing for a new one without a name, NumberUsed where another one had the number before.
    """
    stored = await store_customer(deps, merchant_id, number, wanted)
    return stored | {"pushed": await deps.push.now(merchant_id)}


async def store_customer(deps: Dependencies, merchant_id: UUID, number: str, wanted: CustomerUpsert) -> dict[str, Any]:
    """The same, but the caller tells the edges."""
    if wanted.number is not None and wanted.number != number:
        raise Invalid(N_("The number in the body is not the number in the address."), field="number")
    async with deps.db.transaction(merchant_id) as session:
        held, created = await _upsert(session, merchant_id, number, wanted)
    return held.answer(created=created)


async def _upsert(session: AsyncSession, merchant_id: UUID, number: str, wanted: CustomerUpsert) -> tuple[Held, bool]:
    """Whether the customer is new comes second."""
    await grants_change(session, merchant_id)
    held = await hold_by_number(session, merchant_id, number)
    if held is None:
        if wanted.name is None:
            raise NameMissing(field="name")
        held = await _create(session, merchant_id, number, wanted)
        if held is not None:
            return held, True
        held = await hold_by_number(session, merchant_id, number)
        assert held is not None, "the number was taken a moment ago"
    await _change(session, held, wanted, wanted)
    return held, False


async def _create(session: AsyncSession, merchant_id: UUID, number: str, wanted: CustomerUpsert) -> Held | None:
    """None where another customer has the number."""
    given = wanted.model_dump(exclude_none=True, exclude={"contacts", "number"})
    language = given.pop("language", None) or await language_of(session, merchant_id)
    customer_id = uuid7()
    row = Customer(
        id=customer_id, merchant_id=merchant_id, number=number, language=language, created_at=now(), **given
    )  # fmt: skip
    if not await insert_customer(session, row):
        return None
    held = await hold(session, customer_id)
    await reserve_numbers(session, held.customer, number)
    held.contacts = [new_contact(held.customer, contact) for contact in wanted.contacts]
    session.add_all(held.contacts)
    await session.flush()
    record(session, pb.CustomerCreated(customer=held.state()))
    return held


async def _change(
    session: AsyncSession, held: Held, change: CustomerChange, upsert: CustomerUpsert | None = None
) -> None:
    customer = held.customer
    given = change.model_dump(exclude_none=True, exclude={"contacts"})
    before, number = (customer.portal_access, customer.email), customer.number
    differs = apply(customer, given)
    contacts_differ = await _merge_contacts(session, held, upsert) if upsert else False
    if not differs and not contacts_differ:
        return
    await changed(session, held)
    if customer.number != number:
        await reserve_numbers(session, customer, number, customer.number)
    if before != (customer.portal_access, customer.email):
        await customer_changed(session, customer.id, emails=[before[1], customer.email])


async def _merge_contacts(session: AsyncSession, held: Held, upsert: CustomerUpsert) -> bool:
    """Contacts with a known address are changed, others are new; none is removed."""
    known = {contact.email: contact for contact in held.contacts}
    differ = False
    for wanted in upsert.contacts:
        if wanted.email in known:
            given = wanted.model_dump(exclude_unset=True, exclude_none=True)
            if apply(known[wanted.email], given):
                differ = True
                if not given.keys().isdisjoint(VIEW_RIGHTS):
                    await contact_changed(session, known[wanted.email], emails=[wanted.email])
        else:
            check_count(held)
            contact = new_contact(held.customer, wanted)
            held.contacts.append(contact)
            session.add(contact)
            differ = True
    return differ


_EXAMPLE: JsonDict = {
    "number": "20931", "name": "Bäckerei Huber", "email": "post@huber.example", "language": "de",
    "address": {"line1": "Marktplatz 1", "post_code": "86150", "city": "Augsburg", "country": "DE"},
    "contacts": [{"name": "Eva Huber", "email": "eva@huber.example", "function": "Buchhaltung"}],
}  # fmt: skip


class CustomerMessage(CustomerUpsert):
    """The JSON of a message in the queue `customers`: the body of the PUT, and the number with it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    number: Number


async def ingest_customer(app: FastAPI, merchant_id: UUID, message: IngestMessage) -> None:
    """The same message again changes nothing."""
    customer = CustomerMessage.model_validate_json(message.body)
    await upsert_customer(app.state.dependencies, merchant_id, customer.number, customer)

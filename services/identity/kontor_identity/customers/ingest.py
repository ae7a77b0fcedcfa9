"""Customers that other systems hand in over the bus: the same use case as PUT /v1/customers/by-number/{number}."""

from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_identity.customers.inputs import CustomerUpsert, Number
from kontor_identity.customers.service import upsert_in
from kontor_service.errors import invalid_from


class CustomerMessage(CustomerUpsert):
    """The JSON of a message in the queue `customers`: the body of the PUT, and the number with it."""

    number: Number


def read_customer(data: bytes) -> CustomerMessage:
    """Raises Invalid, which names every field that is wrong."""
    try:
        return CustomerMessage.model_validate_json(data)
    except ValidationError as error:
        raise invalid_from(error.errors()) from error


async def take_customer(session: AsyncSession, merchant_id: UUID, message: CustomerMessage) -> dict[str, Any]:
    """The upsert in the consumer's transaction. Raises NameMissing."""
    held, created = await upsert_in(session, merchant_id, message.number, message)
    return held.answer(created=created)

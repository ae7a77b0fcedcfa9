"""Customers that other systems hand in over the bus: the same use case as PUT /v1/customers/by-number/{number}."""

from pydantic import ValidationError

from kontor_bus.ingest import IngestMessage, Refused
from kontor_identity.customers.inputs import CustomerUpsert, Number
from kontor_identity.customers.service import upsert_customer
from kontor_identity.parts import Parts
from kontor_service.errors import Problem, Unavailable, invalid_from


class CustomerMessage(CustomerUpsert):
    """The JSON of a message in the queue `customers`: the body of the PUT, and the number with it."""

    number: Number


async def take_customer(parts: Parts, message: IngestMessage) -> None:
    """Refuses, with every field that is wrong, what cannot become a customer. The same message again changes nothing."""
    merchant_id = await parts.db.pool.fetchval("SELECT merchant_by_slug($1)", message.merchant)
    if merchant_id is None:
        raise Refused(f"there is no merchant {message.merchant}")
    try:
        customer = read_customer(message.body)
        await upsert_customer(parts, merchant_id, customer.number, customer)
    except Unavailable:
        raise
    except Problem as problem:
        found = [f"{error['field']}: {error['message']}" for error in problem.errors]
        raise Refused("; ".join(found) or f"{problem.field or problem.code}: {problem.detail}") from problem


def read_customer(data: bytes) -> CustomerMessage:
    """Raises Invalid, which names every field that is wrong."""
    try:
        return CustomerMessage.model_validate_json(data)
    except ValidationError as error:
        raise invalid_from(error.errors()) from error

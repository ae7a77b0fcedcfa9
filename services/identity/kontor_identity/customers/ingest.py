"""Customers that other systems hand in over the bus: the same use case as PUT /v1/customers/by-number/{number}."""

from uuid import UUID

from fastapi import FastAPI

from kontor_bus.ingest import IngestMessage
from kontor_identity.customers.inputs import CustomerUpsert, Number
from kontor_identity.customers.service import upsert_customer


class CustomerMessage(CustomerUpsert):
    """The JSON of a message in the queue `customers`: the body of the PUT, and the number with it."""

    number: Number


async def ingest_customer(app: FastAPI, merchant_id: UUID, message: IngestMessage) -> None:
    """The same message again changes nothing."""
    customer = CustomerMessage.model_validate_json(message.body)
    await upsert_customer(app.state.dependencies, merchant_id, customer.number, customer)

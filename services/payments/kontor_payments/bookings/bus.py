"""Payments that other systems hand in over the bus: the same use case as POST /v1/incoming-payments."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import FastAPI

from kontor_bus.ingest import IngestMessage
from kontor_payments.bookings.incoming import ingest_payment
from kontor_payments.bookings.inputs import IncomingPaymentInput


async def ingest_message(app: FastAPI, merchant_id: UUID, message: IngestMessage) -> None:
    payment = IncomingPaymentInput.model_validate_json(message.body)
    await ingest_payment(
        app.state.dependencies, merchant_id, payment, received_from=message.sender, at=datetime.now(UTC)
    )

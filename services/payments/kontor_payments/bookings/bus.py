"""Payments that other systems hand in over the bus: the same use case as POST /v1/incoming-payments."""

from datetime import UTC, datetime
from uuid import UUID

from fastapi import FastAPI

from kontor_bus.ingest import IngestMessage
from kontor_payments.bookings import incoming
from kontor_payments.bookings.inputs import IncomingWanted


async def take(app: FastAPI, merchant_id: UUID, message: IngestMessage) -> None:
    state = app.state
    wanted = IncomingWanted.model_validate_json(message.body)
    told = wanted.told(by=message.sender, at=datetime.now(UTC))
    await incoming.take(state.db, state.clock, merchant_id, told)
    state.wake.set()

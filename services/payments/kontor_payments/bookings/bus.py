"""Payments that other systems hand in over the bus: the same use case as POST /v1/incoming-payments."""

from datetime import UTC, datetime

from fastapi import FastAPI
from pydantic import ValidationError

from kontor_bus.ingest import IngestMessage, Refused
from kontor_payments.bookings import incoming
from kontor_payments.bookings.inputs import IncomingWanted
from kontor_service.errors import Problem, invalid_from


class MerchantUnknown(Exception):
    """The broker vouches for the merchant, but identity's word of it has not arrived here yet: tried again later."""


async def take(app: FastAPI, message: IngestMessage) -> None:
    """Raises Refused with a reason for the sender; anything else is tried again."""
    state = app.state
    async with state.db.connection() as connection:
        merchant_id = await connection.fetchval("SELECT * FROM merchants_by_slug($1)", message.merchant)
    if merchant_id is None:
        raise MerchantUnknown(message.merchant)
    try:
        wanted = IncomingWanted.model_validate_json(message.body)
        told = wanted.told(by=f"system:{message.user}", at=datetime.now(UTC))
        await incoming.take(state.db, state.clock, merchant_id, told)
    except ValidationError as error:
        raise Refused(str(invalid_from(error.errors()))) from error
    except Problem as problem:
        if problem.status >= 500:
            raise
        raise Refused(f"{problem.code}: {problem.detail}") from problem
    state.wake.set()

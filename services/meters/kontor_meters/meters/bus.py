"""Meters that other systems hand in over the bus: the same use case as POST /v1/incoming-meters."""

from fastapi import FastAPI
from pydantic import TypeAdapter, ValidationError

from kontor_bus.ingest import IngestMessage, Refused
from kontor_meters.meters import service
from kontor_meters.meters.inputs import IncomingMeter
from kontor_service.errors import Problem, invalid_from

_MESSAGE = TypeAdapter(IncomingMeter | list[IncomingMeter])


class MerchantUnknown(Exception):
    """The broker vouches for the merchant, but identity's word of it has not arrived here yet: tried again later."""


async def take(app: FastAPI, message: IngestMessage) -> None:
    """One meter or a list, of which each is kept by itself.

    Raises Refused with the reasons for the sender; anything else is tried again.
    """
    state = app.state
    async with state.db.connection() as connection:
        merchant_id = await connection.fetchval("SELECT * FROM merchants_by_slug($1)", message.merchant)
    if merchant_id is None:
        raise MerchantUnknown(message.merchant)
    try:
        told = _MESSAGE.validate_json(message.body)
    except ValidationError as error:
        raise Refused(str(invalid_from(error.errors()))) from error
    wrong = []
    for one in told if isinstance(told, list) else [told]:
        try:
            await service.upsert(state.db, state.clock, merchant_id, one)
        except Problem as problem:
            if problem.status >= 500:
                raise
            wrong.append(f"{one.external_id}: {problem.code}: {problem.detail}")
    state.wake.set()
    if wrong:
        raise Refused("; ".join(wrong)[:1_000])

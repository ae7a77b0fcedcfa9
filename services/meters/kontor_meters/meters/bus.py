"""Meters that other systems hand in over the bus: the same use case as POST /v1/incoming-meters."""

import json

from fastapi import FastAPI

from kontor_bus.ingest import IngestMessage, Refused
from kontor_meters.meters import incoming
from kontor_service.errors import Problem


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
        told = json.loads(message.body)
        wanted = told if isinstance(told, list) else [told]
        results = await incoming.take_each(state.db, state.clock, merchant_id, wanted)
    except (ValueError, RecursionError) as error:
        raise Refused(f"json_broken: {error}") from error
    except Problem as problem:
        if problem.status >= 500:
            raise
        raise Refused(f"{problem.code}: {problem.detail}") from problem
    state.wake.set()
    wrong = [f"{one['index']}: {one['error']['code']}: {one['error']['detail']}" for one in results if "error" in one]
    if wrong:
        raise Refused("; ".join(wrong)[:1_000])

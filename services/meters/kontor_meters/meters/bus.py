"""Meters that other systems hand in over the bus: the same use case as POST /v1/incoming-meters."""

from typing import Any
from uuid import UUID

from fastapi import FastAPI

from kontor_bus.ingest import IngestMessage, Refused
from kontor_meters.meters import incoming
from kontor_service.ingest import json_of


async def accept(app: FastAPI, merchant_id: UUID, message: IngestMessage) -> None:
    """One meter or a list, of which each is stored by itself. Raises Refused with what is wrong with which."""
    state = app.state
    told = json_of(message)
    results = await incoming.accept_each(state.db, state.clock, merchant_id, told if isinstance(told, list) else [told])
    state.wake.set()
    wrong = [f"{one['index']}: {_reason(one['error'])}" for one in results if "error" in one]
    if wrong:
        raise Refused("; ".join(wrong)[:1_000])


def _reason(error: dict[str, Any]) -> str:
    """The code, and every field that is wrong."""
    fields = "; ".join(f"{each['field']}: {each['message']}" for each in error.get("errors", ()))
    return f"{error['code']}: {fields or error['detail']}"

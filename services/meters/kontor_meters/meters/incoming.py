"""Meters that another system hands in, one or many, over HTTP and over the bus."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from sqlmodel import select

from kontor_bus.ingest import IngestMessage, Refused
from kontor_meters import events
from kontor_meters.copies import meters_arrive
from kontor_meters.meters.inputs import IncomingMeter
from kontor_meters.meters.service import add_in, change_in
from kontor_meters.models import Meter
from kontor_service.errors import Problem, TooLarge, invalid_from
from kontor_service.i18n import N_
from kontor_service.ingest import json_of
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["meters"])
_MOST = 500


@router.post("/incoming-meters")
async def submit(
    request: Request, wanted: Annotated[Any, Body()], principal: Annotated[Principal, Depends(require("meters:submit"))]
) -> JSONResponse:
    """The fields of a meter, with external_id as its key: 201 new, 200 brought up to date.

    A list of up to 500 answers `results`, for each what it came to or its `error`, and how many `failed`.
    """
    if isinstance(wanted, list):
        results = await _accept_each(request.app, principal.merchant, wanted)
        return JSONResponse({"results": results, "failed": sum("error" in result for result in results)})
    answer, is_new = await _accept_one(request.app, principal.merchant, wanted)
    return JSONResponse(answer, status_code=201 if is_new else 200)


async def accept(app: FastAPI, merchant_id: UUID, message: IngestMessage) -> None:
    """From the bus: one meter or a list, of which each is stored by itself. Raises Refused with what is wrong with which."""
    body = json_of(message)
    results = await _accept_each(app, merchant_id, body if isinstance(body, list) else [body])
    wrong = [f"{one['index']}: {_reason(one['error'])}" for one in results if "error" in one]
    if wrong:
        raise Refused("; ".join(wrong)[:1_000])


def _reason(error: dict[str, Any]) -> str:
    """The error as one line of text: its code, and the message of every wrong field."""
    fields = "; ".join(f"{each['field']}: {each['message']}" for each in error.get("errors", ()))
    return f"{error['code']}: {fields or error['detail']}"


async def _accept_each(app: FastAPI, merchant_id: UUID, raw: Sequence[Any]) -> list[dict[str, Any]]:
    """For each its result or its `error`: what is wrong with one does not keep out the others. Raises TooLarge."""
    if len(raw) > _MOST:
        raise TooLarge(N_("At most %(most)s entries are accepted here."), code="too_many", field="", most=_MOST)
    results: list[dict[str, Any]] = []
    for index, one in enumerate(raw):
        try:
            answer, _ = await _accept_one(app, merchant_id, one)
            results.append({"index": index} | answer)
        except Problem as problem:
            if problem.status >= 500:
                raise
            results.append({"index": index, "error": problem.as_dict()})
    return results


async def _accept_one(app: FastAPI, merchant_id: UUID, raw: Any) -> tuple[dict[str, Any], bool]:
    """Stores one meter; returns its result and whether the meter is new. Raises Invalid, and the errors of adding or
    changing a meter."""
    try:
        wanted = IncomingMeter.model_validate(raw)
    except ValidationError as error:
        raise invalid_from(error.errors()) from error
    async with app.state.db.transaction(merchant_id) as session:
        await meters_arrive(session, merchant_id)
        known = (await session.exec(select(Meter.id).where(Meter.external_id == wanted.external_id))).first()
        if known is None:
            answer = events.meter_result(*await add_in(session, merchant_id, wanted))
        else:
            answer = events.meter_result(*await change_in(session, app.state.clock, known, wanted))
    app.state.wake.set()
    return answer, known is None

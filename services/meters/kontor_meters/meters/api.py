"""Meters by staff, and by other systems (G1, G5)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse

from kontor_meters.meters import ending, service
from kontor_meters.meters.inputs import EndWanted, ExchangeWanted, IncomingMeter, MeterWanted
from kontor_service.errors import Problem
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["meters"])
Editor = Annotated[Principal, Depends(require("meters:edit"))]
System = Annotated[Principal, Depends(require("meters:submit"))]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100)]


@router.post("/meters", status_code=201)
async def add(request: Request, wanted: MeterWanted, principal: Editor, key: Key = None) -> dict[str, Any]:
    state = request.app.state
    answer = await service.add(state.db, principal.merchant, wanted, key)
    state.wake.set()
    return answer


@router.post("/meters/{meter_id}")
async def change(request: Request, meter_id: UUID, wanted: MeterWanted, principal: Editor) -> dict[str, Any]:
    """What is left out stays as it is."""
    state = request.app.state
    answer = await service.change(state.db, state.clock, principal.merchant, meter_id, wanted)
    state.wake.set()
    return answer


@router.post("/meters/{meter_id}/end")
async def end(
    request: Request, meter_id: UUID, wanted: EndWanted, principal: Editor, key: Key = None
) -> dict[str, Any]:
    state = request.app.state
    answer = await ending.end(state.db, state.clock, principal, meter_id, wanted, key)
    state.wake.set()
    return answer


@router.post("/meters/{meter_id}/exchange", status_code=201)
async def exchange(
    request: Request, meter_id: UUID, wanted: ExchangeWanted, principal: Editor, key: Key = None
) -> dict[str, Any]:
    """The new meter; old one and readings under `results`. What is odd about an end reading is 422 until `insist`."""
    state = request.app.state
    answer = await ending.exchange(state.db, state.clock, principal, meter_id, wanted, key)
    state.wake.set()
    return answer


@router.post("/incoming-meters")
async def take_incoming(
    request: Request, wanted: IncomingMeter | list[IncomingMeter], principal: System
) -> JSONResponse:
    """One: 201 new, 200 brought up to date. A list of up to 500: `results`, each with what it came to or its `error`."""
    state = request.app.state
    if isinstance(wanted, IncomingMeter):
        answer, is_new = await service.upsert(state.db, state.clock, principal.merchant, wanted)
        state.wake.set()
        return JSONResponse(answer, status_code=201 if is_new else 200)
    results = []
    for index, one in enumerate(wanted[:500]):
        try:
            answer, _ = await service.upsert(state.db, state.clock, principal.merchant, one)
            results.append({"index": index} | answer)
        except Problem as problem:
            results.append({"index": index, "error": problem.as_dict()})
    state.wake.set()
    return JSONResponse({"results": results, "failed": sum("error" in result for result in results)})

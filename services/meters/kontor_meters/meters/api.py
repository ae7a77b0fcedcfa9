"""Meters by staff, and by other systems (G1, G5)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Header, Request
from fastapi.responses import JSONResponse

from kontor_meters.meters import incoming, removal, service
from kontor_meters.meters.inputs import EndInput, ExchangeInput, MeterInput
from kontor_meters.wake import wakes_jobs
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["meters"], dependencies=[Depends(wakes_jobs, scope="function")])
Editor = Annotated[Principal, Depends(require("meters:edit"))]
System = Annotated[Principal, Depends(require("meters:submit"))]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100)]


@router.post("/meters", status_code=201)
async def add(request: Request, wanted: MeterInput, principal: Editor, key: Key = None) -> dict[str, Any]:
    state = request.app.state
    return await service.add(state.db, principal.merchant, wanted, key)


@router.post("/meters/{meter_id}")
async def change(request: Request, meter_id: UUID, wanted: MeterInput, principal: Editor) -> dict[str, Any]:
    """What is left out stays as it is."""
    state = request.app.state
    return await service.change(state.db, state.clock, principal.merchant, meter_id, wanted)


@router.post("/meters/{meter_id}/end")
async def end(request: Request, meter_id: UUID, wanted: EndInput, principal: Editor, key: Key = None) -> dict[str, Any]:
    state = request.app.state
    return await removal.end(state.db, state.clock, principal, meter_id, wanted, key)


@router.post("/meters/{meter_id}/exchange", status_code=201)
async def exchange(
    request: Request, meter_id: UUID, wanted: ExchangeInput, principal: Editor, key: Key = None
) -> dict[str, Any]:
    """The new meter; old one and readings under `results`. What is odd about an end reading is 422 until `insist`."""
    state = request.app.state
    return await removal.exchange(state.db, state.clock, principal, meter_id, wanted, key)


@router.post("/incoming-meters")
async def submit_meters(request: Request, wanted: Annotated[Any, Body()], principal: System) -> JSONResponse:
    """The fields of a meter, with external_id as its key: 201 new, 200 brought up to date.

    A list of up to 500 answers `results`, for each what it came to or its `error`, and how many `failed`.
    """
    state = request.app.state
    if isinstance(wanted, list):
        results = await incoming.accept_each(state.db, state.clock, principal.merchant, wanted)
        return JSONResponse({"results": results, "failed": sum("error" in result for result in results)})
    answer, is_new = await incoming.accept_one(state.db, state.clock, principal.merchant, wanted)
    return JSONResponse(answer, status_code=201 if is_new else 200)

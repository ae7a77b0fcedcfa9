"""Requests for readings, by staff."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request

from kontor_meters.requests import service
from kontor_meters.requests.inputs import RequestInput
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/requests", tags=["requests"])
Editor = Annotated[Principal, Depends(require("meters:edit"))]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100)]


@router.post("", status_code=201)
async def ask(request: Request, wanted: RequestInput, principal: Editor, key: Key = None) -> dict[str, Any]:
    """Asks each customer of the group once, however many meters."""
    state = request.app.state
    return await service.ask(state.db, state.clock, principal, wanted, key)


@router.post("/{request_id}/remind")
async def remind(request: Request, request_id: UUID, principal: Editor) -> dict[str, Any]:
    state = request.app.state
    return await service.remind(state.db, state.clock, principal.merchant, request_id)


@router.post("/{request_id}/close")
async def close(request: Request, request_id: UUID, principal: Editor) -> dict[str, Any]:
    """What is missing stays missing."""
    state = request.app.state
    return await service.close(state.db, state.clock, principal.merchant, request_id)

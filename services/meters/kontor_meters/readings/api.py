"""Readings by customers, by link and by staff (G3)."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response, UploadFile

from kontor_meters.readings import entry, photos, review
from kontor_meters.readings.inputs import Correction, Decision, ReadingsInput
from kontor_meters.wake import wakes_jobs
from kontor_service.tokens import SERVICE_RIGHT, Principal, require

router = APIRouter(prefix="/v1", tags=["readings"], dependencies=[Depends(wakes_jobs, scope="function")])
Reader = Annotated[Principal, Depends(require("meters:enter", "meters:edit"))]
Editor = Annotated[Principal, Depends(require("meters:edit"))]
Viewer = Annotated[Principal, Depends(require("meters:read", SERVICE_RIGHT))]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100)]


@router.post("/readings")
async def enter(request: Request, wanted: ReadingsInput, principal: Reader, key: Key = None) -> dict[str, Any]:
    """`results` in the order of the input.

    `outcome`: stored; questioned (stored, staff decide); asks_back (warnings, nothing stored until `insist`); refused.
    By link the answer holds outcomes and findings alone.
    """
    state = request.app.state
    return await entry.enter(state.db, state.clock, principal, wanted.readings, key)


@router.post("/readings/{reading_id}/accept")
async def accept(
    request: Request, reading_id: UUID, principal: Editor, wanted: Decision | None = None
) -> dict[str, Any]:
    state = request.app.state
    return await review.accept(state.db, state.clock, principal, reading_id, wanted.note if wanted else "")


@router.post("/readings/{reading_id}/reject")
async def reject(
    request: Request, reading_id: UUID, principal: Editor, wanted: Decision | None = None
) -> dict[str, Any]:
    state = request.app.state
    return await review.reject(state.db, state.clock, principal, reading_id, wanted.note if wanted else "")


@router.post("/readings/{reading_id}/correct")
async def correct(request: Request, reading_id: UUID, wanted: Correction, principal: Editor) -> dict[str, Any]:
    """The new reading first, then the one it took the place of."""
    state = request.app.state
    return await review.correct(state.db, state.clock, principal, reading_id, wanted.value, wanted.note)


@router.post("/photos", status_code=201)
async def upload_photo(request: Request, file: UploadFile, principal: Reader) -> dict[str, str]:
    """JPEG, PNG, WebP or HEIC of up to 25 MB; kept as JPEG of at most 1600 px without what the camera wrote into it."""
    state = request.app.state
    return {"sha256": await photos.store(state.db, state.files, state.clock, principal, file)}


@router.get("/readings/{reading_id}/photo")
async def photo(request: Request, reading_id: UUID, principal: Viewer) -> Response:
    state = request.app.state
    content = await photos.of_reading(state.db, state.files, principal, reading_id)
    return Response(content, media_type=photos.MEDIA_TYPE, headers={"Cache-Control": "private, no-store"})

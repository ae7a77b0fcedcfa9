"""POST /v1/incoming-readings and what became of one."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from kontor_meters.batches import incoming
from kontor_meters.batches.bulk import Sender
from kontor_meters.batches.items import MOST_BYTES, BodyBroken
from kontor_service.errors import TooLarge
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/incoming-readings", tags=["incoming readings"])
Submitter = Annotated[Principal, Depends(require("meters:submit"))]


@router.post("")
async def submit(request: Request, principal: Submitter) -> dict[str, Any]:
    """JSON or CSV, plain or gzip, at most 32 MiB. What is wrong with single items is in the answer; the rest is stored."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await read_body(request, MOST_BYTES)
    return await incoming.take(
        request.app.state.bulk, principal.merchant, body, media_type, Sender("http", principal.subject)
    )


@router.get("/{batch_id}")
async def status(request: Request, batch_id: UUID, principal: Submitter) -> dict[str, Any]:
    return await incoming.answer(request.app.state.bulk, principal.merchant, batch_id)


async def read_body(request: Request, most: int) -> bytes:
    """Raises TooLarge while reading, not after; BodyBroken where nothing came."""
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > most:
        raise too_large(most)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise too_large(most)
    if not body:
        raise BodyBroken("The body is empty")
    return bytes(body)


def too_large(most: int) -> TooLarge:
    return TooLarge(f"At most {most // 1024**2} MiB are accepted", code="file_too_large")

"""Batches over HTTP: files of readings and meters by staff (preview, store, drop, result), bodies by other systems."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import Response

from kontor_meters.batches import files, incoming
from kontor_meters.batches.dependencies import Dependencies, Sender
from kontor_meters.batches.formats.columns import template
from kontor_meters.batches.formats.items import MOST_BYTES, BodyBroken
from kontor_meters.batches.models import Batch, BatchNotFound
from kontor_meters.batches.pipeline import lines
from kontor_meters.batches.result import result_file
from kontor_service.errors import TooLarge
from kontor_service.i18n import N_
from kontor_service.models import LARGEST
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/batches", tags=["batches"])
incoming_router = APIRouter(prefix="/v1/incoming-readings", tags=["incoming readings"])
Editor = Annotated[Principal, Depends(require("meters:edit"))]
Reader = Annotated[Principal, Depends(require("meters:edit", "meters:read"))]
Submitter = Annotated[Principal, Depends(require("meters:submit"))]
Kind = Literal["readings", "meters"]
After = Annotated[int, Query(ge=0, le=LARGEST)]
_PAGE = 200


@router.post("", status_code=201)
async def upload(
    request: Request, principal: Editor, file: Annotated[UploadFile, File()], kind: Annotated[Kind, Form()]
) -> dict[str, Any]:
    """The batch in preview. Nothing is stored before /store."""
    content = await file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _too_large()
    sender = Sender("csv", principal.name or principal.subject)
    return await files.add(_deps(request), principal.merchant, kind, content, file.filename or "", sender)


@router.post("/{batch_id}/store")
async def store(request: Request, batch_id: UUID, principal: Editor) -> dict[str, Any]:
    return await files.store(_deps(request), principal.merchant, batch_id)


@router.post("/{batch_id}/drop")
async def drop(request: Request, batch_id: UUID, principal: Editor) -> dict[str, Any]:
    return await files.drop(_deps(request), principal.merchant, batch_id)


@router.get("/template.csv")
async def template_file(principal: Reader, kind: Annotated[Kind, Query()]) -> Response:
    """The columns with two lines as examples, in the reader's language."""
    return _csv(template(kind, principal.language).encode(), f"kontor-{kind}.csv")


@router.get("/{batch_id}/problems")
async def problems(request: Request, batch_id: UUID, principal: Reader, after: After = 0) -> dict[str, Any]:
    """In the order in which they were found, in the reader's language. `next` is the next page's `after`, null at the end."""
    async with _deps(request).db.transaction(principal.merchant) as session:
        if await session.get(Batch, batch_id) is None:
            raise BatchNotFound
        rows = await lines.page(session, batch_id, after, _PAGE)
    found = [lines.spoken(row) for row in rows]
    return {"problems": found, "next": rows[-1].id if len(rows) == _PAGE else None}


@router.get("/{batch_id}/result.csv")
async def result(request: Request, batch_id: UUID, principal: Reader) -> Response:
    """Every line of the file with what became of it, in the reader's language."""
    content = await result_file(_deps(request), principal.merchant, batch_id)
    return _csv(content, f"result-{batch_id}.csv")


@incoming_router.post("")
async def submit(request: Request, principal: Submitter) -> dict[str, Any]:
    """JSON or CSV, plain or gzip, at most 32 MiB. What is wrong with single items is in the answer; the rest is stored."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    sender = Sender("http", principal.subject)
    return await incoming.accept(_deps(request), principal.merchant, await _body(request), media_type, sender)


@incoming_router.get("/{batch_id}")
async def status(request: Request, batch_id: UUID, principal: Submitter) -> dict[str, Any]:
    return await incoming.answer(_deps(request), principal.merchant, batch_id)


async def _body(request: Request) -> bytes:
    """Raises TooLarge while reading, not after; BodyBroken where nothing came."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > MOST_BYTES:
        raise _too_large()
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            raise _too_large()
    if not body:
        raise BodyBroken(N_("There was nothing in the request."))
    return bytes(body)


def _too_large() -> TooLarge:
    return TooLarge(
        N_("At most %(megabytes)s MiB are accepted."), code="file_too_large", megabytes=MOST_BYTES // 1024**2
    )


def _csv(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _deps(request: Request) -> Dependencies:
    found: Dependencies = request.app.state.batches
    return found

"""Files of readings and meters by staff: preview, store, drop, result."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import Response

from kontor_meters.batches import files, lines
from kontor_meters.batches.bulk import Bulk, Sender
from kontor_meters.batches.columns import template
from kontor_meters.batches.incoming_api import too_large
from kontor_meters.batches.items import MOST_BYTES
from kontor_meters.batches.models import Batch, BatchNotFound
from kontor_meters.batches.result import result_file
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/batches", tags=["batches"])
Editor = Annotated[Principal, Depends(require("meters:edit"))]
Reader = Annotated[Principal, Depends(require("meters:edit", "meters:read"))]
Kind = Literal["readings", "meters"]
_PAGE = 200
_CSV = "text/csv; charset=utf-8"


@router.post("", status_code=201)
async def upload(
    request: Request, principal: Editor, file: Annotated[UploadFile, File()], kind: Annotated[Kind, Form()]
) -> dict[str, Any]:
    """The batch in preview. Nothing is stored before /store."""
    content = await file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise too_large(MOST_BYTES)
    sender = Sender("csv", principal.name or principal.subject, principal.language)
    return await files.add(_bulk(request), principal.merchant, kind, content, file.filename or "", sender)


@router.post("/{batch_id}/store")
async def store(request: Request, batch_id: UUID, principal: Editor) -> dict[str, Any]:
    return await files.store(_bulk(request), principal.merchant, batch_id)


@router.post("/{batch_id}/drop")
async def drop(request: Request, batch_id: UUID, principal: Editor) -> dict[str, Any]:
    return await files.drop(_bulk(request), principal.merchant, batch_id)


@router.get("/template.csv")
async def template_file(principal: Reader, kind: Annotated[Kind, Query()]) -> Response:
    """The columns with two lines as examples, in the reader's language."""
    name = {"Content-Disposition": f'attachment; filename="kontor-{kind}.csv"'}
    return Response(template(kind, principal.language).encode(), media_type=_CSV, headers=name)


@router.get("/{batch_id}/problems")
async def problems(request: Request, batch_id: UUID, principal: Reader, after: int = 0) -> dict[str, Any]:
    """In the order in which they were found, in the reader's language. `next` is the next page's `after`, null at the end."""
    async with _bulk(request).db.transaction(principal.merchant) as session:
        if await session.get(Batch, batch_id) is None:
            raise BatchNotFound
        rows = await lines.page(session, batch_id, after, _PAGE)
    told = [lines.told(row, principal.language) for row in rows]
    return {"problems": told, "next": rows[-1].id if len(rows) == _PAGE else None}


@router.get("/{batch_id}/result.csv")
async def result(request: Request, batch_id: UUID, principal: Reader) -> Response:
    """Every line of the file with what became of it, in the reader's language."""
    content = await result_file(_bulk(request), principal.merchant, batch_id, principal.language)
    name = {"Content-Disposition": f'attachment; filename="result-{batch_id}.csv"'}
    return Response(content, media_type=_CSV, headers=name)


def _bulk(request: Request) -> Bulk:
    found: Bulk = request.app.state.bulk
    return found

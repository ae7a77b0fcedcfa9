"""Files of documents, from our own address: the copy decides who may see them, documents has the bytes."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from kontor_gateway.edge import edge_of
from kontor_gateway.reading.ask import ask
from kontor_service.errors import NotFound

router = APIRouter(include_in_schema=False)
api_router = APIRouter(prefix="/api/portal/v1/{slug}/documents/{document_id}", tags=["portal"])

Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]{2,40}$")]
# What a browser shows by itself and cannot be made to run anything by: the rest is downloaded.
_SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})


@router.get("/{slug}/dokumente/{document_id}/datei/{file_id}")
@api_router.get("/files/{file_id}", summary="A file of a document", response_class=Response)
async def file(request: Request, slug: Slug, document_id: UUID, file_id: UUID) -> Response:
    """`?download=1` asks for a download instead of a view. Private files are not found here."""
    record = await ask(request, slug, "document", document_id)
    files: list[dict[str, Any]] = orjson.loads(record["document"])["files"] if record["document"] else []
    found = next((one for one in files if one["id"] == str(file_id)), None)
    if found is None:
        raise NotFound
    content = await _from_owner(request, record["merchant"], f"/v1/documents/{document_id}/files/{file_id}")
    inline = found["media_type"] in _SHOWN and "download" not in request.query_params
    return _answer(content, found["media_type"], found["name"], inline=inline)


@router.get("/{slug}/dokumente/{document_id}/xrechnung")
@api_router.get("/xrechnung", summary="The invoice as XRechnung", response_class=Response)
async def xrechnung(request: Request, slug: Slug, document_id: UUID) -> Response:
    record = await ask(request, slug, "document", document_id)
    if record["document"] is None:
        raise NotFound
    content = await _from_owner(request, record["merchant"], f"/v1/documents/{document_id}/xrechnung")
    number = orjson.loads(record["entry"])["number"] or str(document_id)
    return _answer(content, "application/xml", f"{number}-xrechnung.xml", inline=False)


async def _from_owner(request: Request, merchant: str, path: str) -> bytes:
    """Raises Unavailable where documents is down: the page says so in words."""
    edge = edge_of(request)
    token = await edge.source.service("documents", UUID(orjson.loads(merchant)["id"]))
    return (await edge.owner("documents").request("GET", path, token=token)).content


def _answer(content: bytes, media_type: str, name: str, *, inline: bool) -> Response:
    kind = "inline" if inline else "attachment"
    headers = {"content-disposition": f"{kind}; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(content, media_type=media_type, headers=headers)

"""Files of documents, from our own address: the copy decides who may see them, documents has the bytes."""

from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_documents_pages.portal.document_view import can_download
from kontor_documents_pages.portal.draft_standing import draft_standing
from kontor_edge.answers import file_response
from kontor_edge.owners import fetch_as_edge
from kontor_edge.portal import Slug, query_view
from kontor_service.errors import Forbidden, NotFound
from kontor_service.i18n import N_

DownloadOff = Forbidden.named("download_off", N_("Documents of this type cannot be printed or downloaded here."))

# As client generators know a binary answer.
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}
router = APIRouter(include_in_schema=False)
api_router = APIRouter(prefix="/api/portal/v1/{slug}/documents/{document_id}", tags=["portal"])


@router.get("/{slug}/dokumente/{document_id}/datei/{file_id}")
@api_router.get("/files/{file_id}", summary="A file of a document", responses=_FILE, response_class=Response)
async def file(request: Request, slug: Slug, document_id: UUID, file_id: UUID) -> Response:
    """`?download=1` asks for a download instead of a view. Private files are not found here."""
    record = await query_view(request, "document", asked=document_id)
    files: list[dict[str, Any]] = orjson.loads(record["document"])["files"] if record["document"] else []
    if files and not can_download(orjson.loads(record["merchant"]), orjson.loads(record["entry"])["type"]):
        raise DownloadOff
    found = next((one for one in files if one["id"] == str(file_id)), None)
    if found is None:
        raise NotFound
    content = await _from_owner(request, record["merchant"], f"/v1/documents/{document_id}/files/{file_id}")
    return file_response(content, found["media_type"], found["name"], save="download" in request.query_params)


@router.get("/{slug}/dokumente/{document_id}/zusatz/{version_id}")
@api_router.get(
    "/standing/{version_id}",
    summary="Terms or another text that goes with a document",
    responses=_FILE,
    response_class=Response,
)
async def standing_document(request: Request, slug: Slug, document_id: UUID, version_id: UUID) -> Response:
    """In the version that went along with this document. `?download=1` as for its files."""
    record = await query_view(request, "document", asked=document_id)
    standing = await draft_standing(request, record)
    if standing is None:
        standing = orjson.loads(record["document"]).get("standing_documents") or [] if record["document"] else []
    found = next((one for one in standing if one["id"] == str(version_id)), None)
    if found is None:
        raise NotFound
    content = await _from_owner(request, record["merchant"], f"/v1/standing-documents/versions/{version_id}/file")
    return file_response(content, found["media_type"], found["name"], save="download" in request.query_params)


async def _from_owner(request: Request, merchant: str, path: str) -> bytes:
    """Raises Unavailable where documents is down: the page says so in words."""
    return (await fetch_as_edge(request, "documents", path, UUID(orjson.loads(merchant)["id"]))).content

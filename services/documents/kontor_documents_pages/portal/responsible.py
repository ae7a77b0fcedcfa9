"""The picture of who answers for a document (B17), for whoever may see the document and nobody else."""

from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.owners import fetch_as_edge
from kontor_edge.portal import Slug, query_view
from kontor_service.errors import NotFound

_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}
router = APIRouter(include_in_schema=False)
api_router = APIRouter(prefix="/api/portal/v1/{slug}/documents/{document_id}", tags=["portal"])

# In place of a picture that has been removed since the document was issued.
_SILHOUETTE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="#8886"/>'
    b'<circle cx="32" cy="25" r="11" fill="#888"/><path d="M10 64a22 22 0 0 1 44 0z" fill="#888"/></svg>'
)
_AN_HOUR = {"cache-control": "private, max-age=3600"}


@router.get("/{slug}/dokumente/{document_id}/ansprechpartner.jpg")
@api_router.get("/responsible/picture", summary="Picture of the contact", responses=_PICTURE, response_class=Response)
async def picture(request: Request, slug: Slug, document_id: UUID) -> Response:
    """404 where the document has no contact with a picture."""
    record = await query_view(request, "document", asked=document_id)
    who = (orjson.loads(record["document"])["responsible"] or {}) if record["document"] else {}
    sha256 = who.get("picture_sha256")
    if not sha256:
        raise NotFound
    merchant = UUID(orjson.loads(record["merchant"])["id"])
    try:
        found = await fetch_as_edge(request, "identity", f"/v1/staff-pictures/{sha256}", merchant)
    except NotFound:
        return Response(_SILHOUETTE, media_type="image/svg+xml", headers=_AN_HOUR)
    return Response(found.content, media_type="image/jpeg", headers=_AN_HOUR)

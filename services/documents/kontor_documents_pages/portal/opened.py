"""A customer reads a document: told by its page once a person gives a sign (seen.js), for mail scanners open pages too."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.owners import command
from kontor_edge.portal import Slug, query_view
from kontor_service.errors import NotFound
from kontor_web import read_form

router = APIRouter(include_in_schema=False)


@router.post("/{slug}/dokumente/{document_id}/gelesen")
async def opened(request: Request, slug: Slug, document_id: UUID) -> Response:
    """Documents keeps the first time, and decides whose document it is. Where it is down, the next visit tells it."""
    form = await read_form(request)
    if (await query_view(request, "document", asked=document_id))["document"] is None:
        raise NotFound
    seen = {name: form.count(name, most=2**31) for name in ("revision", "comment_number") if form.value(name)}
    await command(request, "documents", "documents:read", "POST", f"/v1/documents/{document_id}/opened", json=seen)
    return Response(status_code=204)

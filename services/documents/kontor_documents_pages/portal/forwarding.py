"""A quote is forwarded to a colleague who may accept it (B18): by the page's button, or as JSON."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from kontor_documents_pages.portal.withdrawn import why_unseen
from kontor_edge.acting import act
from kontor_edge.owners import command
from kontor_edge.portal import Slug, query_view
from kontor_service.i18n import gettext as _
from kontor_web import read_form

router = APIRouter(include_in_schema=False)
api_router = APIRouter(prefix="/api/portal/v1/{slug}", tags=["portal"])


class Forwarding(BaseModel):
    """`contact_id`: one of the document's `forward_to`."""

    contact_id: UUID


class Forwarded(BaseModel):
    id: UUID


@api_router.post("/documents/{document_id}/forward", summary="Forward a quote to a colleague", response_model=Forwarded)
async def forward_as_json(request: Request, slug: str, document_id: UUID, body: Forwarding) -> dict[str, Any]:
    """The person gets a mail with a link of their own. 422 for one who cannot accept the quote; 409 with `code`:
    `forwarded_already` (within an hour), `already_decided`, `withdrawn`."""
    await _visible(request, document_id)
    return await command(
        request, "documents", "documents:read", "POST", f"/v1/documents/{document_id}/forward",
        json=body.model_dump(mode="json"),
    )  # fmt: skip


@router.post("/{slug}/dokumente/{document_id}/weiterleiten")
async def forward(request: Request, slug: Slug, document_id: UUID) -> Response:
    """To whom it may go is decided by documents."""
    form = await read_form(request)
    await _visible(request, document_id)
    return await act(
        request, "documents", "documents:read", "POST", f"/v1/documents/{document_id}/forward",
        back=f"/{slug}/dokumente/{document_id}", good=_("Forwarded. Your colleague gets a mail with a link."),
        json={"contact_id": form.value("contact_id")},
    )  # fmt: skip


async def _visible(request: Request, document_id: UUID) -> None:
    """Raises NotFound for what the reader does not see, Withdrawn for what they no longer see."""
    if (await query_view(request, "document", asked=document_id))["document"] is None:
        raise await why_unseen(request, document_id)

"""A quote is forwarded to a colleague who may accept it (B18)."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import act
from kontor_edge.portal import Slug, query_view
from kontor_service.errors import NotFound
from kontor_service.i18n import gettext as _
from kontor_web import read_form

router = APIRouter(include_in_schema=False)


@router.post("/{slug}/dokumente/{document_id}/weiterleiten")
async def forward(request: Request, slug: Slug, document_id: UUID) -> Response:
    """To whom it may go is decided by documents."""
    form = await read_form(request)
    if (await query_view(request, "document", asked=document_id))["document"] is None:
        raise NotFound
    return await act(
        request, "documents", "documents:read", "POST", f"/v1/documents/{document_id}/forward",
        back=f"/{slug}/dokumente/{document_id}", good=_("Forwarded. Your colleague gets a mail with a link."),
        json={"contact_id": form.value("contact_id")},
    )  # fmt: skip

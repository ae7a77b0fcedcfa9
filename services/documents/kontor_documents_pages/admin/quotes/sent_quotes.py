"""What staff do with a quote that the customer has: more time, a request that is answered; and the signature to look at."""

from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import act
from kontor_edge.answers import file_response
from kontor_edge.edge import pages
from kontor_edge.owners import send
from kontor_edge.staff import current_staff
from kontor_service.i18n import gettext as _
from kontor_web import read_form

router = APIRouter()


@router.post("/{document_id:uuid}/verlaengern")
async def extend(request: Request, document_id: UUID) -> Response:
    """A later last day; an expired quote is open again."""
    await current_staff(request)
    form = await read_form(request)
    day, here = form.day("valid_until", required=True), f"/dokumente/{document_id}"
    if day is None:
        return pages(request).redirect(here, bad=form.errors["valid_until"])
    return await act(
        request, "documents", "documents:release", "POST", f"/v1/documents/{document_id}/extend",
        json={"valid_until": day.isoformat()}, back=here, good=_("Extended. The customer can accept the quote until then."),
    )  # fmt: skip


@router.post("/{document_id:uuid}/erledigt")
async def request_done(request: Request, document_id: UUID) -> Response:
    """What the customer asked for is answered."""
    await current_staff(request)
    await read_form(request)
    return await act(
        request, "documents", "documents:release", "POST", f"/v1/documents/{document_id}/request-done",
        back=f"/dokumente/{document_id}", good=_("The request is dealt with."),
    )  # fmt: skip


@router.get("/{document_id:uuid}/unterschrift/{number}")
async def signature(request: Request, document_id: UUID, number: str) -> Response:
    """The signature of an acceptance as a picture, for those who may read documents."""
    await current_staff(request)
    path = f"/v1/documents/{document_id}/evidence/{quote(number, safe='')}/signature"
    answer = await send(request, "documents", "documents:read", "GET", path)
    return file_response(answer.content, "image/png", _("signature.png"), save=False)

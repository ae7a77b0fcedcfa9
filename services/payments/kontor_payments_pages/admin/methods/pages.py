"""POST /abbuchungen/{document_id}: charges an open document to the customer's saved method."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.payments.v1.payments_pb2_codes import FailureCode
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import command
from kontor_edge.staff import current_staff
from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import long
from kontor_web import read_form

router = APIRouter(prefix="/abbuchungen")

BOOK = "payments:book"


@router.post("/{document_id:uuid}")
async def charge(request: Request, document_id: UUID) -> Response:
    staff = await current_staff(request)
    form = await read_form(request)
    slug, back = staff.merchant["slug"], f"/dokumente/{document_id}"
    wanted = {
        "documents": [str(document_id)],
        "return_url": f"{edge_of(request).settings.portal_url}/{slug}/dokumente/{document_id}/zurueck",
        "language": staff.merchant.get("language") or "de",
    }
    try:
        key = form.text("key", limit=100) or None
        answer = await command(request, "payments", BOOK, "POST", "/v1/charges", json=wanted, key=key)
    except Problem as problem:
        if problem.status in (401, 404):
            raise
        return pages(request).redirect(back, bad=problem.detail)
    return pages(request).redirect(back, **_said(answer))


def _said(answer: dict[str, Any]) -> dict[str, str]:
    """How the page says what became of it: by kind of note."""
    state = answer.get("state", "")
    if "status" in answer:
        return {"info": _("Nothing is left to pay. Nothing was charged.")}
    if state == "completed":
        return {"good": _("Charged. The document shows whether the money is here or on its way.")}
    if state == "requires_action":
        return {"warn": _("The customer's bank wants them to confirm. They are sent an e-mail with the link.")}
    if state in ("cancelled", "failed", "expired"):
        reason = long(FailureCode, FailureCode.known(answer["failure"]) or FailureCode.FAILED)
        return {"bad": _("Nothing was charged. %(reason)s", reason=reason)}
    return {"warn": _("The payment provider has not answered yet. It is asked again; nothing is charged twice.")}

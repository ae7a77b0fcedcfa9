"""Sharing one document by hand (C23): recipient, subject and text can be changed before it goes."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_documents_pages.admin.document import DocumentView, document
from kontor_edge.acting import submit
from kontor_edge.edge import pages
from kontor_edge.owners import query_owner
from kontor_edge.staff import Staff, page_context
from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter()

_GETS = {
    **dict.fromkeys(("quote", "order_confirmation", "sales_order"), "gets_quotes"),
    "reminder": "gets_reminders",
}


def usual_recipients(view: DocumentView) -> list[str]:
    """Who gets mails about this type: the contact persons chosen for it, else the customer's own address. Pure."""
    if view.customer is None:
        return []
    wants = _GETS.get(view.data["type"], "gets_invoices")
    chosen = [c["email"] for c in view.customer["contacts"] if c["email"] and c[wants]]
    return chosen or ([view.customer["email"]] if view.customer["email"] else [])


@router.get("/{document_id}/teilen")
async def share_page(request: Request, document_id: UUID) -> Response:
    staff, view, _row = await document(request, document_id)
    words = await _usual_words(request, staff, view)
    form = Form.of({"subject": words.get("subject", ""), "text": words.get("text", ""), "recipient": ""})
    return _page(request, staff, view, form, words)


@router.post("/{document_id}/teilen")
async def share(request: Request, document_id: UUID) -> Response:
    staff, view, _row = await document(request, document_id)
    form = await read_form(request)
    recipient, subject = form.email("recipient"), form.text("subject", limit=200)
    text = form.text("text", limit=10_000, lines=True)
    usual = {"subject": form.value("usual_subject"), "text": form.value("usual_text").replace("\r\n", "\n").strip()}
    # What was not touched stays the template's, in the language of each recipient.
    wanted: dict[str, Any] = {"recipient": recipient}
    wanted["subject"] = "" if subject == usual["subject"] else subject
    wanted["text"] = "" if text == usual["text"] else text
    answer, status = await submit(
        request, form, "documents", "documents:release", f"/v1/documents/{document_id}/share", json=wanted,
        names={"customer.email": "recipient"},
    )  # fmt: skip
    if answer is None:
        return _page(request, staff, view, form, usual, status)
    return pages(request).redirect(f"/dokumente/{document_id}", good=_("Shared. The mail is on its way."))


def _page(
    request: Request, staff: Staff, view: DocumentView, form: Form, usual: dict[str, str], status: int = 200
) -> Response:
    return pages(request).render(
        request, "documents/share.html", page_context(request, staff, "release", live=False), status=status,
        view=view, doc=view.data, form=form,
        usual=usual, recipients=usual_recipients(view),
    )  # fmt: skip


async def _usual_words(request: Request, staff: Staff, view: DocumentView) -> dict[str, str]:
    """Subject and text of the template in force; nothing where notifications does not answer or the role has no right to see
    it: the fields are then empty, and the template is used all the same."""
    language = (view.customer or {}).get("language") or staff.merchant.get("language") or "de"
    try:
        found = await query_owner(request, "notifications", "templates:edit", "/v1/templates")
    except Problem:
        return {}
    kind = f"document_shared:{view.data['type']}"
    words: dict[str, Any] = next((t for t in found["templates"] if t["kind"] == kind and t["language"] == language), {})
    return {"subject": words.get("subject", ""), "text": words.get("text", "").replace("\r\n", "\n").strip()}

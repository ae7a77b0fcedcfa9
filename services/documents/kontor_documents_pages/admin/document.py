"""One document: what it says, where it stands, what happened to it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents_pages import content
from kontor_documents_pages.admin.conversation.view import commentable, conversation_of
from kontor_documents_pages.admin.quotes.facts import quote_facts
from kontor_documents_pages.admin.story import Happened, story
from kontor_edge.acting import new_key
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import GLANCE_SECONDS, fetch_as_edge
from kontor_edge.query import loads, loads_all
from kontor_edge.staff import Staff, page_context, query_view
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import N_
from kontor_web import Form

router = APIRouter()


DocumentMissing = NotFound.named("document_not_found", N_("There is no such document."))


@dataclass(frozen=True)
class DocumentView:
    """Everything around a document that the copy knows. `status` is its payment state; None where nothing is to be paid."""

    data: dict[str, Any]
    status: str | None
    payment: dict[str, Any] | None
    customer: dict[str, Any] | None
    suggested: dict[str, Any] | None
    payments: list[dict[str, Any]]
    mails: list[dict[str, Any]]
    link: dict[str, Any] | None
    related: list[dict[str, Any]]
    # The customer's saved payment method, as they know it, that an open amount can be charged to.
    chargeable: str | None

    @property
    def id(self) -> str:
        return str(self.data["id"])

    @property
    def pdf(self) -> dict[str, Any] | None:
        return next((file for file in self.data["files"] if file["role"] == "pdf"), None)

    @property
    def entry(self) -> dict[str, Any]:
        """As lists know it, for the pieces that show either."""
        payment = {name: self.payment[name] for name in ("open_minor", "last_failure")} if self.payment else None
        return self.data | {"status": self.status, "payment": payment}


async def document(request: Request, document_id: UUID) -> tuple[Staff, DocumentView, Record]:
    """Raises DocumentMissing for one that does not exist or is another merchant's."""
    staff, row = await query_view(request, "document", asked=document_id)
    if row["document"] is None:
        raise DocumentMissing()
    view = DocumentView(
        data=loads(row["document"]),
        status=row["status"],
        payment=loads(row["payment"]),
        customer=loads(row["customer"]),
        suggested=loads(row["suggested"]),
        payments=loads(row["payments"], []),
        mails=loads(row["mails"], []),
        link=loads(row["link"]),
        related=loads_all(row["related"]),
        chargeable=row["chargeable"],
    )
    return staff, view, row


@router.get("/{document_id}")
async def show(request: Request, document_id: UUID) -> Response:
    staff, view, row = await document(request, document_id)
    as_pdf = request.query_params.get("ansicht") == "pdf" and view.pdf is not None
    said: dict[str, Any] | None = None
    history: dict[str, Any] | None = None
    if not as_pdf:
        found = row["content"] or await _fetched(request, staff, view.data["content_sha256"])
        said = orjson.loads(found) if found else None
        history = await _history(request, staff, document_id)
    quote = await quote_facts(request, staff, view.data) if view.data["type"] == DocumentType.QUOTE else None
    talk, context = conversation_of(row, staff, edge_of(request).clock.now()), page_context(request, staff, "documents")
    return pages(request).render(
        request, "documents/document.html", context, staff=staff, view=view, doc=view.data, said=said,
        history=history, happened=_happened(view, history, talk), as_pdf=as_pdf, parts=content, key=new_key(),
        no_link=why_no_link(staff, view), quote=quote, talk=talk, commentable=commentable(staff, view.data),
        form=Form.of({"booked_on": staff.today.isoformat()}), comment_form=Form.of({"key": new_key()}),
    )  # fmt: skip


async def _fetched(request: Request, staff: Staff, sha256: str) -> str | None:
    """Content that nobody has looked at before; None where documents does not answer."""
    edge = edge_of(request)
    return await edge.content.fetch(edge.views, staff.merchant_id, sha256) if sha256 else None


async def _history(request: Request, staff: Staff, document_id: UUID) -> dict[str, Any] | None:
    """None where documents does not answer: the page is there all the same."""
    try:
        answer = await fetch_as_edge(
            request, "documents", f"/v1/documents/{document_id}/history", staff.merchant_id, timeout=GLANCE_SECONDS
        )
    except Problem:
        return None
    found: dict[str, Any] = answer.json()
    return found


def _happened(view: DocumentView, history: dict[str, Any] | None, talk: dict[str, Any]) -> list[Happened]:
    return story(history["entries"] if history else None, view.data["moments"], talk["readers"], view.payment)


def why_no_link(staff: Staff, view: DocumentView) -> str | None:
    """Why this document has no address to copy (A9), as a code; None where it has one. Pure."""
    if view.customer is None:
        return "unmatched"
    if not staff.merchant.get("portal_enabled"):
        return "portal_off"
    shown = {t["type"]: t["visible_from"] for t in staff.merchant.get("document_types", ()) if t["visible"]}
    first_state = shown.get(view.data["type"])
    if first_state is None or (first_state == "accepted" and view.data.get("outcome") != "accepted"):
        return "type_off"
    if view.data["state"] not in ("shared", "cancelled"):
        return "private"
    access = view.customer["portal_access"]
    if access == "off" or (access in ("", "default") and not staff.merchant.get("portal_access_default")):
        return "customer_off"
    return "revoked" if view.link and view.link["revoked"] else None

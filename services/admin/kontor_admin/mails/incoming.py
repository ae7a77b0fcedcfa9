"""Mails that came in: those that became comments by themselves, and those that staff assign to a document or discard."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.notifications.v1.notifications_pb2_codes import IncomingState
from kontor_edge.acting import act
from kontor_edge.edge import pages
from kontor_edge.listing import staff_listing
from kontor_edge.lists import STAFF, Filter, ListColumn, ListPage
from kontor_edge.owners import query_owner
from kontor_edge.query import loads
from kontor_edge.sorting import search_patterns
from kontor_edge.staff import current_staff, page_context, query_view
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_web import read_form

RIGHT = "mails:assign"
_HERE = "/mails/eingang"
router = APIRouter(prefix="/eingang")

_CHOICES = 10

INCOMING_MAILS = ListPage(
    "incoming_mails", STAFF,
    source="incoming_mail i LEFT JOIN customer c ON c.id = i.customer_id AND c.merchant_id = i.merchant_id",
    where="i.merchant_id = r.merchant_id AND NOT i.deleted",
    # What they say is not in it.
    id="i.id", entry="""'{"customer":' || coalesce(to_json(c.name)::text, 'null') || ',' || substr(i.data::text, 2)""",
    sort="time", sorts={"time": "i.by_time"},
    columns=(
        ListColumn("from", N_("From")),
        ListColumn("subject", N_("Subject")),
        ListColumn("state", N_("Status")),
        ListColumn("when", N_("When"), css="nowrap"),
    ),
    others=(
        Filter("state", "i.state = {it}", words={code: code.word for code in IncomingState}, label=N_("Status"), every=N_("Any status")),
    ),
    search=("i.words",), hint=N_("Sender, subject, number"),
)  # fmt: skip


@router.get("")
async def incoming_mails(request: Request) -> Response:
    staff, listing = await staff_listing(request, INCOMING_MAILS)
    return pages(request).render(
        request, "mails/incoming.html", page_context(request, staff, "mails"), staff=staff, listing=listing
    )


@router.get("/{incoming_mail_id:uuid}")
async def incoming_mail(request: Request, incoming_mail_id: UUID) -> Response:
    """What the mail says, and the documents that it may be about."""
    query = request.query_params.get("q", "")
    staff, row = await query_view(
        request, "incoming_mail", asked=incoming_mail_id, of_words=search_patterns(query), many=_CHOICES
    )
    mail = loads(row["mail"])
    if mail is None:
        raise NotFound
    return pages(request).render(
        request, "mails/incoming_mail.html", page_context(request, staff, "mails", live=False), staff=staff, mail=mail,
        said=await _content(request, incoming_mail_id), choices=loads(row["choices"], []), q=query, most=_CHOICES,
    )  # fmt: skip


async def _content(request: Request, incoming_mail_id: UUID) -> dict[str, Any]:
    """{text, whole_text, files}; empty if notifications does not answer or staff may not see it."""
    try:
        return await query_owner(request, "notifications", RIGHT, f"/v1/incoming-mails/{incoming_mail_id}")
    except Problem as problem:
        if problem.status == 401:
            raise
        return {}


@router.post("/{incoming_mail_id:uuid}/zuordnen")
async def assign(request: Request, incoming_mail_id: UUID) -> Response:
    await current_staff(request)
    return await act(
        request, "notifications", RIGHT, "POST", f"/v1/incoming-mails/{incoming_mail_id}/assign", back=f"{_HERE}/{incoming_mail_id}",
        json={"document_id": (await read_form(request)).text("document_id")},
        good=_("Assigned. The e-mail becomes a comment on the document."),
    )  # fmt: skip


@router.post("/{incoming_mail_id:uuid}/verwerfen")
async def discard(request: Request, incoming_mail_id: UUID) -> Response:
    await current_staff(request)
    await read_form(request)
    return await act(
        request, "notifications", RIGHT, "POST", f"/v1/incoming-mails/{incoming_mail_id}/discard", back=_HERE,
        good=_("Discarded."),
    )  # fmt: skip

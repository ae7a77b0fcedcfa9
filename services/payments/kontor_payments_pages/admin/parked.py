"""Reported payments that wait for their document: staff name the document, or refuse them with a reason."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.payments.v1.payments_pb2_codes import IncomingPaymentState
from kontor_edge.acting import act
from kontor_edge.edge import pages
from kontor_edge.listing import staff_listing
from kontor_edge.lists import STAFF, Filter, ListColumn, ListPage
from kontor_edge.query import loads
from kontor_edge.sorting import search_patterns
from kontor_edge.staff import current_staff, page_context, query_view
from kontor_service.errors import NotFound
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_web import Link, read_form

_HERE = "/zahlungen/wartend"
router = APIRouter(prefix=_HERE)

_CHOICES = 20

PARKED = ListPage(
    "parked_payments", STAFF,
    source="incoming_payment p", where="p.merchant_id = r.merchant_id AND NOT p.deleted AND p.state = coalesce(of_state, 'parked')",
    id="p.id", entry="p.data::text", sort="time", order="asc", sorts={"time": "p.by_time"}, fixed=True,
    columns=(
        ListColumn("document", N_("Waits for")),
        ListColumn("paid_on", N_("Paid on"), shown="day", css="nowrap"),
        ListColumn("reference", N_("Reference")),
        ListColumn("amount", N_("Amount"), num=True, css="num amount"),
        ListColumn("decide", ""),
    ),
    others=(Filter("state", "true", words={code: code.word for code in IncomingPaymentState}),),
    search=("p.words",), hint=N_("Number, amount, reference"),
)  # fmt: skip


@router.get("")
async def parked_payments(request: Request) -> Response:
    staff, listing = await staff_listing(request, PARKED)
    refused = listing.query.values["state"] == IncomingPaymentState.REFUSED
    tabs = [
        Link(_("Waiting"), _HERE, current=not refused, count=staff.waiting.get("payments", 0)),
        Link(_("Refused"), f"{_HERE}?state=refused", current=refused),
    ]
    return pages(request).render(
        request, "payments/parked.html", page_context(request, staff, "payments"), staff=staff, listing=listing, choices=tabs,
        refused=refused,
    )  # fmt: skip


@router.get("/{payment_id}/zuordnen")
async def assign_page(request: Request, payment_id: UUID) -> Response:
    query = request.query_params.get("q", "")
    staff, row = await query_view(
        request, "parked_payment", asked=payment_id, of_words=search_patterns(query), many=_CHOICES
    )
    payment = loads(row["payment"])
    if payment is None:
        raise NotFound
    return pages(request).render(
        request, "payments/assign.html", page_context(request, staff, "payments", live=False), payment=payment,
        choices=loads(row["choices"], []), q=query, most=_CHOICES,
    )  # fmt: skip


@router.post("/{payment_id}/zuordnen")
async def assign(request: Request, payment_id: UUID) -> Response:
    await current_staff(request)
    return await act(
        request, "payments", "payments:book", "POST", f"/v1/incoming-payments/{payment_id}/assign", back=_HERE,
        json={"document_id": (await read_form(request)).text("document_id")}, good=_("Payment booked."),
    )  # fmt: skip


@router.post("/{payment_id}/ablehnen")
async def refuse(request: Request, payment_id: UUID) -> Response:
    await current_staff(request)
    form = await read_form(request)
    reason = form.text("reason", limit=500, required=True)
    if not form.ok:
        return pages(request).redirect(_HERE, bad=_("Please say why the payment is refused."))
    return await act(
        request, "payments", "payments:book", "POST", f"/v1/incoming-payments/{payment_id}/refuse", back=_HERE,
        json={"reason": reason}, good=_("Refused. The system that reported the payment is told."),
    )  # fmt: skip

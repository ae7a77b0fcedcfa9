"""GET /zahlungen"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.payments.v1.payments_pb2_codes import PaymentProvider
from kontor_edge.edge import pages
from kontor_edge.listing import staff_listing
from kontor_edge.lists import STAFF, Filter, ListColumn, ListPage
from kontor_edge.staff import page_context
from kontor_payments_pages.admin.payouts.staff_page import money_tabs
from kontor_service.i18n import N_

router = APIRouter(prefix="/zahlungen")

_STATES = {
    "succeeded": N_("Received"),
    "pending": N_("On its way"),
    "failed": N_("Failed"),
    "refund_pending": N_("On its way back"),
    "refunded": N_("Refunded"),
    "disputed": N_("Disputed"),
    "reversed": N_("Taken back by the bank"),
    "paid_out": N_("Paid out"),
}
_PAYOUTS = {"paid": N_("Paid out to your account"), "waiting": N_("Not paid out yet")}

PAYMENTS = ListPage(
    "payments", STAFF,
    source="payment p LEFT JOIN customer c ON c.id = p.customer_id AND c.merchant_id = p.merchant_id",
    where="p.merchant_id = r.merchant_id AND NOT p.deleted",
    id="p.id", entry="""'{"customer":' || coalesce(to_json(c.name)::text, 'null') || ',' || substr(p.data::text, 2)""",
    sort="time", sorts={"time": "p.by_time"},
    columns=(
        ListColumn("when", N_("When"), css="nowrap"),
        ListColumn("document", N_("Document")),
        ListColumn("customer", N_("Customer")),
        ListColumn("method", N_("Payment method")),
        ListColumn("state", N_("Status")),
        ListColumn("amount", N_("Gross"), num=True, css="num amount", short=N_("Gross")),
        ListColumn("fee", N_("Fee"), num=True, css="num", short=N_("Fee")),
        ListColumn("net", N_("Net"), num=True, css="num", short=N_("Net")),
        ListColumn("payout", N_("Payout"), short=N_("Payout")),
    ),
    others=(
        Filter("state", "p.state = {it}", words=_STATES, label=N_("Status"), every=N_("Any status")),
        Filter(
            "provider", "p.provider = {it}", words={code: code.word for code in PaymentProvider}, label=N_("Provider"),
            every=N_("Any provider"), further=True,
        ),
        Filter(
            "payout", "((p.data ->> 'payout_id') <> '') = ({it} = 'paid')", words=_PAYOUTS, label=N_("Payout"),
            every=N_("Paid out or not"), further=True,
        ),
    ),
    search=("p.words", "c.words"), hint=N_("Number, customer, amount, reference"),
)  # fmt: skip


@router.get("")
async def payments(request: Request) -> Response:
    staff, listing = await staff_listing(request, PAYMENTS)
    tabs = money_tabs("payments", staff)
    return pages(request).render(
        request, "payments/list.html", page_context(request, staff, "payments"), staff=staff, listing=listing, tabs=tabs
    )

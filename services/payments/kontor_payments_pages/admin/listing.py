"""GET /zahlungen"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.listing import staff_listing
from kontor_edge.lists import STAFF, Filter, ListColumn, ListPage
from kontor_edge.staff import page_context
from kontor_service.i18n import N_

router = APIRouter(prefix="/zahlungen")

_STATES = {
    "succeeded": N_("Received"),
    "pending": N_("On its way"),
    "failed": N_("Failed"),
    "refunded": N_("Refunded"),
    "paid_out": N_("Paid out"),
}

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
        ListColumn("amount", N_("Amount"), num=True, css="num amount"),
    ),
    others=(Filter("state", "p.state = {it}", words=_STATES, label=N_("Status"), every=N_("Any status")),),
    search=("p.words", "c.words"), hint=N_("Number, customer, amount, reference"),
)  # fmt: skip


@router.get("")
async def payments(request: Request) -> Response:
    staff, listing = await staff_listing(request, PAYMENTS)
    return pages(request).render(
        request, "payments/list.html", page_context(request, staff, "payments"), staff=staff, listing=listing
    )

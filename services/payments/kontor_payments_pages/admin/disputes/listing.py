"""GET /zahlungen/anfechtungen"""

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.payments.v1.payments_pb2_codes import DisputeState
from kontor_edge.edge import pages
from kontor_edge.listing import staff_listing
from kontor_edge.lists import STAFF, Filter, ListColumn, ListPage
from kontor_edge.staff import page_context
from kontor_service.i18n import N_

router = APIRouter(prefix="/zahlungen/anfechtungen")

DISPUTES = ListPage(
    "disputes", STAFF,
    source="dispute p LEFT JOIN customer c ON c.id = p.customer_id AND c.merchant_id = p.merchant_id",
    where="p.merchant_id = r.merchant_id AND NOT p.deleted",
    id="p.id", entry="""'{"customer":' || coalesce(to_json(c.name)::text, 'null') || ',' || substr(p.data::text, 2)""",
    sort="time", sorts={"time": "p.by_time"},
    columns=(
        ListColumn("when", N_("Since"), css="nowrap"),
        ListColumn("document", N_("Document")),
        ListColumn("customer", N_("Customer")),
        ListColumn("reason", N_("Reason")),
        ListColumn("state", N_("Status")),
        ListColumn("answer", N_("Answer by"), css="nowrap", short=N_("Answer by")),
        ListColumn("amount", N_("Amount"), num=True, css="num amount"),
    ),
    others=(
        Filter(
            "state", "p.state = {it}", words={code: code.word for code in DisputeState}, label=N_("Status"), every=N_("Any status"),
        ),
    ),
    search=("p.words", "c.words"), hint=N_("Number, customer, amount, reference"),
)  # fmt: skip


@router.get("")
async def disputes(request: Request) -> Response:
    staff, listing = await staff_listing(request, DISPUTES)
    return pages(request).render(
        request, "disputes/list.html", page_context(request, staff, "payments"), staff=staff, listing=listing
    )

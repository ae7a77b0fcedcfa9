"""The list of quotes: what is open, drafted, decided, expired (C22, for staff)."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.listing import staff_listing
from kontor_edge.lists import STAFF, Filter, ListColumn, ListPage
from kontor_edge.staff import page_context
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_web import Link

router = APIRouter()

# What staff ask for: code → its name. `open` is sent and not decided, `soon` of those what ends within a week, `unpaid`
# accepted and the payment failed afterwards, `overpaid` those for which more was paid than is asked for now.
STANDS = {
    "draft": N_("Drafts"), "open": N_("Open"), "soon": N_("Expire soon"), "accepted": N_("Accepted"), "unpaid": N_("Payment failed"),
    "overpaid": N_("To be paid back"), "declined": N_("Declined"),
    "expired": N_("Expired"), "withdrawn": N_("Withdrawn"), "superseded": N_("Superseded"),
}  # fmt: skip

QUOTES = ListPage(
    "quotes", STAFF,
    source="""document d
            LEFT JOIN document_payment p ON p.document_id = d.id
            LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id""",
    where="d.merchant_id = r.merchant_id AND d.type = 'quote' AND NOT d.deleted",
    id="d.id", entry="_entry(d.brief, NULL, p.brief, c.name)", sort="received", sorts={"received": "d.by_received"},
    columns=(
        ListColumn("number", N_("Quote")),
        ListColumn("customer", N_("Customer")),
        ListColumn("valid", N_("Valid until"), sort="d.by_valid", css="nowrap", short=N_("valid until")),
        ListColumn("state", N_("Status")),
        ListColumn("amount", N_("Amount"), num=True, css="num amount"),
    ),
    others=(
        Filter(
            "stand",
            """(d.stand = {it} OR {it} = 'accepted' AND d.stand = 'promised'
                OR {it} = 'unpaid' AND d.stand = 'accepted' AND p.failed
                OR {it} = 'overpaid' AND p.overpaid_minor > 0
                OR {it} = 'soon' AND d.stand = 'open' AND d.valid_until <= r.today + 7)""",
            words=STANDS, alias="stand",
        ),
        Filter("customer", "d.customer_id = {it}", kind="uuid"),
    ),
    search=("d.words", "c.words"), hint=N_("Number, customer, amount"),
    facts={"stands": ("json", "_quote_stands(r.merchant_id, r.today)")},
)  # fmt: skip


@router.get("")
async def quotes(request: Request) -> Response:
    staff, listing = await staff_listing(request, QUOTES)
    return pages(request).render(
        request, "quotes/list.html", page_context(request, staff, "documents"), staff=staff, listing=listing,
        tabs=_stand_tabs(listing.fact("stands", {}), listing.query.values["stand"]),
    )  # fmt: skip


def _stand_tabs(many: dict[str, Any], current: str | None) -> list[Link]:
    every = Link(_("All"), "/angebote", current=current is None)
    return [every] + [
        Link(_(name), f"/angebote?stand={code}", current=code == current, count=many[code])
        for code, name in STANDS.items()
        if many.get(code) or code == current
    ]

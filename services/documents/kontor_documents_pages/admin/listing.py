"""The list of documents: search, filter, sort, keyset paging (C2, for staff)."""

from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents_pages.filters import check_days, label_options
from kontor_edge.edge import pages
from kontor_edge.listing import staff_listing
from kontor_edge.lists import STAFF, Filter, ListColumn, ListPage
from kontor_edge.paging import capped
from kontor_edge.staff import page_context
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import plural
from kontor_web import Link

router = APIRouter()

_TYPES = ", ".join(f"'{code}'" for code in DocumentType)
_STATES = {
    "waiting": N_("Waiting"), "shared": N_("Shared"), "unread": N_("Shared, unread"), "withdrawn": N_("Withdrawn"),
    "cancelled": N_("Cancelled"),
}  # fmt: skip
# The contracts and orders of the latest documents that name one, for the page's select.
_LABELS = """(SELECT '[' || string_agg(DISTINCT recent.label_brief, ',') || ']' FROM (
            SELECT d.label_brief FROM document d
            WHERE d.merchant_id = r.merchant_id AND d.label IS NOT NULL AND NOT d.deleted ORDER BY d.by_received DESC LIMIT {cap}
        ) recent)"""
_STATUSES = {
    "open": N_("Open"), "overdue": N_("Overdue"), "partly_paid": N_("Partly paid"), "on_its_way": N_("On its way"),
    "paid": N_("Paid in full"), "credit": N_("Credit"),
}  # fmt: skip

DOCUMENTS = ListPage(
    "documents", STAFF,
    source="""document d
            LEFT JOIN document_payment p ON p.document_id = d.id
            LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id
            CROSS JOIN LATERAL (SELECT _status(d.state, p.state, d.due_date, p.open_minor, r.today) AS status) s""",
    where="d.merchant_id = r.merchant_id AND NOT d.deleted",
    id="d.id", entry="_entry(d.brief, s.status, p.brief, c.name)", sort="received", sorts={"received": "d.by_received"},
    columns=(
        ListColumn("number", N_("Document"), sort="d.by_number"),
        ListColumn("customer", N_("Customer")),
        ListColumn("date", N_("Date"), sort="d.by_date", css="nowrap", short=N_("of")),
        ListColumn("due", N_("Due"), sort="d.by_due", css="nowrap", short=N_("due")),
        ListColumn("state", N_("Status")),
        ListColumn("amount", N_("Amount"), sort="d.by_amount", num=True, css="num amount"),
    ),
    others=(
        Filter("type", "d.type = {it}", words={code: code.plural for code in DocumentType}),
        Filter(
            "state", "(d.state = {it} OR {it} = 'unread' AND d.state = 'shared' AND d.opened_at IS NULL)", words=_STATES,
            label=N_("Status"), every=N_("Any status"),
        ),
        Filter(
            "status", "(s.status = {it} OR {it} = 'open' AND s.status IN ('partly_paid', 'overdue'))", words=_STATUSES,
            label=N_("Payment"), every=N_("Paid or not"),
        ),
        Filter("customer", "d.customer_id = {it}", kind="uuid"),
        Filter(
            "label",
            """(d.label = {it} OR d.label IS NULL AND d.thread_id IN (
                SELECT o.thread_id FROM document o WHERE o.merchant_id = r.merchant_id AND o.label = {it} AND NOT o.deleted))""",
            label=N_("Contract or order"), further=True, description="Number of the contract or order that they belong to",
        ),
        Filter(
            "from", "d.by_date >= {it}", kind="day", label=N_("From"), otherwise="''", description="Issued on this day or later"
        ),
        Filter(
            "to", "d.by_date <= {it}", kind="day", label=N_("Until"), otherwise="'~'", description="Issued on this day or before"
        ),
    ),
    search=("d.words", "c.words"), hint=N_("Number, customer, amount"),
    facts={"counts": ("json", f"""(SELECT json_object_agg(kind.type, kind.many) FROM (
            SELECT t.type, (SELECT count(*) FROM (
                SELECT FROM document d WHERE d.merchant_id = r.merchant_id AND d.type = t.type AND NOT d.deleted LIMIT {{cap}}
            ) capped) AS many
            FROM unnest(ARRAY[{_TYPES}]) t (type)
        ) kind WHERE kind.many > 0)"""), "labels": ("text", _LABELS)},
)  # fmt: skip


@router.get("")
async def documents(request: Request) -> Response:
    staff, listing = await staff_listing(request, DOCUMENTS)
    listing.choices["label"] = label_options(listing)
    check_days(listing)
    return pages(request).render(
        request, "documents/list.html", page_context(request, staff, "documents"), staff=staff, listing=listing,
        types=_types(request, listing.fact("counts", {})),
    )  # fmt: skip


def _types(request: Request, counts: dict[str, int]) -> list[Link]:
    """One entry per type there is, with how many."""
    asked = request.query_params.get("type", "")
    kept = {k: v for k, v in request.query_params.items() if k not in ("type", "after", "before")}

    def url(kind: str) -> str:
        return "/dokumente?" + urlencode(kept | ({"type": kind} if kind else {}))

    every = Link(_("All"), url(""), current=not asked, count=capped(sum(counts.values())))
    return [every] + [
        Link(plural(DocumentType, kind), url(kind), current=kind == asked, count=capped(counts[kind]))
        for kind in tuple(DocumentType)
        if kind in counts
    ]

"""The lists about meters, as the admin's pages and its API show them (G1, G3, G4)."""

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.listing import Listing
from kontor_edge.lists import STAFF, Filter, ListColumn, ListPage
from kontor_edge.paging import capped
from kontor_meters_pages.admin.staff_page import LIVE, query_list, render
from kontor_meters_pages.words import kind_name
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _

router = APIRouter()

KINDS = ("electricity", "gas", "water", "heat")
DOUBTED = ("to_be_checked", "implausible")


class _Unread(Filter):
    """Last read before a date, before so many days, or never."""

    def parse(self, query: Mapping[str, str]) -> str | None:
        text = query.get(self.name, "")
        if text in self.words:
            return text
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            return None


METERS = ListPage(
    "meters", STAFF,
    source="meter m LEFT JOIN customer c ON c.id = m.customer_id AND c.merchant_id = m.merchant_id",
    where="""m.merchant_id = r.merchant_id AND NOT m.deleted
              AND (of_use IS NOT NULL AND of_unread IS NULL OR m.used_to IS NULL OR m.used_to > r.today)""",
    id="m.id", entry="_meter_entry(m.brief, c.name)", sort="number", order="asc",
    columns=(
        ListColumn("tick", "", css="tick"),
        ListColumn("number", N_("Meter"), sort="m.by_number"),
        ListColumn("customer", N_("Customer")),
        ListColumn("place", N_("Place"), sort="m.by_place", css="place"),
        ListColumn("value", N_("Last value"), num=True, css="num values"),
        ListColumn("read", N_("Last read"), sort="m.by_read", css="nowrap", short=N_("read")),
    ),
    others=(
        Filter("kind", "m.kind = {it}", words=dict.fromkeys(KINDS, ""), label=N_("Kind"), every=N_("All kinds")),
        Filter("customer", "m.customer_id = {it}", "uuid"),
        Filter("use", "{it} = 'all' OR m.used_to <= r.today", label=N_("Use"), every=N_("In use"),
               words={"ended": N_("Out of use"), "all": N_("In use or not")}),
        _Unread("unread", "m.by_read < _unread_before({it}, at)", label=N_("Last read"), every=N_("Read or not"), words={
            "30": N_("Not read for 30 days"), "90": N_("Not read for 3 months"), "180": N_("Not read for 6 months"),
            "365": N_("Not read for a year"), "never": N_("Never read"),
        }),
    ),
    search=("m.words", "c.words"), hint=N_("Number, customer, street, market location"),
    facts={
        "counts": ("json", "_meters_by_kind(r.merchant_id)"),
        "customer": ("text", "(SELECT o.name FROM customer o WHERE o.id = of_customer AND o.merchant_id = r.merchant_id)"),
    },
)  # fmt: skip
# What waits for a decision of staff, oldest first; who has more decides on these first.
TO_CHECK = ListPage(
    "readings_to_check", STAFF,
    source="""reading d JOIN meter m ON m.id = d.meter_id AND m.merchant_id = d.merchant_id
            LEFT JOIN customer c ON c.id = d.customer_id AND c.merchant_id = d.merchant_id""",
    where="d.merchant_id = r.merchant_id AND d.state IN ('to_be_checked', 'implausible') AND NOT d.deleted",
    id="d.id", entry="_reading_to_check(d.data, d.series_id, m.brief, c.name)",
    sort="entered", order="asc", sorts={"entered": "d.by_entered"}, fixed=True, size=20,
    others=(
        Filter("state", "d.state = {it}", words=dict.fromkeys(DOUBTED, ""), alias="art"),
        Filter("customer", "d.customer_id = {it}", "uuid", alias="kunde"),
    ),
    facts={"groups": ("json", "_readings_in_doubt(r.merchant_id)")},
)  # fmt: skip
# The customers of one request.
INVITATIONS = ListPage(
    "reading_request", STAFF, given="asked uuid",
    source="reading_invitation a LEFT JOIN customer c ON c.id = a.customer_id AND c.merchant_id = a.merchant_id",
    where="a.request_id = asked AND a.merchant_id = r.merchant_id AND NOT a.deleted",
    id="a.id", entry="json_build_object('invitation', a.data, 'customer', c.brief::json)::text",
    sort="name", order="asc", sorts={"name": "coalesce(c.by_name, '')"}, fixed=True,
    columns=(
        ListColumn("customer", N_("Customer")),
        ListColumn("meters", N_("Meters")),
        ListColumn("state", N_("Status")),
        ListColumn("enter", "", css="num"),
    ),
    others=(
        Filter(
            "state", "(a.state = {it} OR {it} = 'missing' AND a.state IN ('invited', 'reminded'))",
            words=dict.fromkeys(("missing", "done", "closed"), ""),
        ),
    ),
    search=("c.words",), hint=N_("Name, number, city, e-mail"),
    facts={
        "request": ("json", """(SELECT q.data FROM reading_request q
            WHERE q.id = asked AND q.merchant_id = r.merchant_id AND NOT q.deleted)"""),
        "groups": ("json", """(SELECT json_object_agg(g.state, g.many) FROM (
            SELECT a.state, count(*) AS many FROM reading_invitation a
            WHERE a.request_id = asked AND a.merchant_id = r.merchant_id AND NOT a.deleted GROUP BY a.state) g)"""),
    },
)  # fmt: skip

REQUESTS = ListPage(
    "reading_requests", STAFF, source="reading_request q", where="q.merchant_id = r.merchant_id AND NOT q.deleted",
    id="q.id", entry="q.data::text", sort="made", sorts={"made": "q.by_made"}, fixed=True,
)  # fmt: skip
BATCHES = ListPage(
    "meter_batches", STAFF, source="batch b", where="b.merchant_id = r.merchant_id AND NOT b.deleted",
    id="b.id", entry="b.data::text", sort="time", sorts={"time": "b.by_time"}, fixed=True, size=20,
    others=(Filter("source", "b.source = {it}"),),
)  # fmt: skip


def with_kinds(listing: Listing) -> Listing:
    """Kinds can be chosen that there are."""
    counts = listing.fact("counts", {})
    kinds = [(kind, f"{kind_name(kind)} ({capped(counts[kind])})") for kind in KINDS if kind in counts]
    listing.choices["kind"] = [("", _("All kinds")), *kinds]
    return listing


@router.get("")
async def meters(request: Request) -> Response:
    staff, listing = await query_list(request, METERS)
    return render(
        request, staff, "list", live=LIVE, listing=with_kinds(listing), tab="all", some=bool(listing.fact("counts")),
    )  # fmt: skip

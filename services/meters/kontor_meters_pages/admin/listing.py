"""The list of meters: search, filter, order, keyset paging (G1)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.paging import PAGE_SIZE, Keyset, Slice, capped, slice_of
from kontor_edge.query import loads
from kontor_edge.sorting import search_patterns, time_key
from kontor_edge.staff import Staff
from kontor_meters_pages.admin.staff_page import ask_meters, frame, now_of, tabs, uuid_of
from kontor_meters_pages.words import kind_name
from kontor_service.i18n import gettext as _
from kontor_web import Column

router = APIRouter()

SORTS = ("number", "place", "read")
KINDS = ("electricity", "gas", "water", "heat")
_UNREAD_DAYS = ("30", "90", "180", "365")


@dataclass(frozen=True)
class Listing:
    staff: Staff
    counts: dict[str, int]
    customer: str | None
    page: Slice
    keyset: Keyset


async def listing(request: Request, size: int = PAGE_SIZE) -> Listing:
    """What the query of this address asks for: q, kind, customer, use (current, ended, all), unread (days, or `never`)."""
    query = request.query_params
    keyset = Keyset.of(request, SORTS, "number", "asc").sized(size)
    kind, use = query.get("kind"), query.get("use", "current")
    staff, row = await ask_meters(
        request, f"meters_by_{keyset.sort}_{keyset.direction}", of_kind=kind if kind in KINDS else None,
        of_customer=uuid_of(query.get("customer")),
        of_use=use if use in ("current", "ended") else None, unread_since=unread_since(query.get("unread", ""), now_of(request)),
        of_words=search_patterns(query.get("q", "")), **keyset.arguments,
    )  # fmt: skip
    return Listing(staff, loads(row["counts"], {}), row["customer"], slice_of(row, keyset), keyset)


def unread_since(asked: str, now: datetime) -> str | None:
    """The instant before which the last reading lies, as the copy writes it: of so many days, of a date, or never at all."""
    if asked == "never":
        return "0"
    if asked in _UNREAD_DAYS:
        return time_key((now - timedelta(days=int(asked))).astimezone(UTC))
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return None
    return time_key(datetime.combine(day, time(), ZoneInfo("Europe/Berlin")).astimezone(UTC))


@router.get("")
async def meters(request: Request) -> Response:
    found = await listing(request)
    query = request.query_params
    return pages(request).render(
        request, "meters/list.html", frame(request, found.staff), staff=found.staff, page=found.page, keyset=found.keyset,
        columns=_columns(), tabs=tabs(found.staff, "all"), q=query.get("q", ""), customer=found.customer,
        kinds=[("", _("Every kind"))] + [(k, f"{kind_name(k)} ({capped(found.counts[k])})") for k in KINDS if k in found.counts],
        uses=[("", _("In use")), ("ended", _("Out of use")), ("all", _("In use or not"))],
        unread=[("", _("Read or not")), ("30", _("Not read for 30 days")), ("90", _("Not read for 3 months")),
                ("180", _("Not read for 6 months")), ("365", _("Not read for a year")), ("never", _("Never read"))],
        filtered=any(query.get(name) for name in ("q", "kind", "use", "unread", "customer")), some=bool(found.counts),
        next=found.page.query(request, after=found.page.after), previous=found.page.query(request, before=found.page.before),
    )  # fmt: skip


def _columns() -> list[Column]:
    return [
        Column("tick", ""),
        Column("number", _("Meter"), sortable=True),
        Column("customer", _("Customer")),
        Column("place", _("Place"), sortable=True),
        Column("value", _("Last value"), num=True),
        Column("read", _("Last read"), sortable=True),
    ]

"""The list of documents: search, filter, sort, keyset paging (C2, for staff)."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_edge.edge import pages
from kontor_edge.paging import PAGE_SIZE, Keyset, Slice, capped, slice_of
from kontor_edge.query import loads
from kontor_edge.sorting import search_patterns
from kontor_edge.staff import Staff, page_context, query_view
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import plural
from kontor_web import Column, Link

router = APIRouter()

SORTS = ("date", "due", "amount", "number", "received")
STATES = ("waiting", "shared", "unread", "withdrawn", "cancelled")
STATUSES = ("open", "overdue", "partly_paid", "on_its_way", "paid")


@dataclass(frozen=True)
class Listing:
    staff: Staff
    counts: dict[str, int]
    page: Slice
    keyset: Keyset


async def listing(request: Request, size: int = PAGE_SIZE) -> Listing:
    """What the query of this address asks for. What it says that is not known is passed over."""
    query = request.query_params
    keyset = Keyset.of(request, SORTS, "received").sized(size)
    staff, row = await query_view(
        request, f"documents_by_{keyset.sort}_{keyset.direction}",
        of_type=_known(query.get("type"), tuple(DocumentType)), of_state=_known(query.get("state"), STATES),
        of_status=_known(query.get("status"), STATUSES),
        of_customer=_uuid(query.get("customer")), of_words=search_patterns(query.get("q", "")), **keyset.arguments,
    )  # fmt: skip
    return Listing(staff, loads(row["counts"], {}), slice_of(row, keyset), keyset)


def _known(value: str | None, values: tuple[str, ...]) -> str | None:
    return value if value in values else None


def _uuid(value: str | None) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


@router.get("")
async def documents(request: Request) -> Response:
    found = await listing(request)
    query = request.query_params
    return pages(request).render(
        request, "documents/list.html", page_context(request, found.staff, "documents"), staff=found.staff, page=found.page,
        keyset=found.keyset, columns=_columns(), types=_types(request, found.counts), q=query.get("q", ""),
        states=[("", _("Every state")), ("waiting", _("Waiting")), ("shared", _("Shared")), ("unread", _("Shared, unread")),
                ("withdrawn", _("Withdrawn")), ("cancelled", _("Cancelled"))],
        statuses=[("", _("Paid or not")), ("open", _("Open")), ("overdue", _("Overdue")), ("partly_paid", _("Partly paid")),
                  ("on_its_way", _("On its way")), ("paid", _("Paid in full"))],
        filtered=any(query.get(name) for name in ("q", "type", "state", "status", "customer")),
        next=found.page.query(request, after=found.page.after), previous=found.page.query(request, before=found.page.before),
    )  # fmt: skip


def _columns() -> list[Column]:
    return [
        Column("number", _("Document"), sortable=True),
        Column("customer", _("Customer")),
        Column("date", _("Date"), sortable=True),
        Column("due", _("Due"), sortable=True),
        Column("state", _("State")),
        Column("amount", _("Amount"), sortable=True, num=True),
    ]


def _types(request: Request, counts: dict[str, int]) -> list[Link]:
    """One entry per type there is, with how many."""
    asked = request.query_params.get("type", "")
    kept = {k: v for k, v in request.query_params.items() if k not in ("type", "after", "before")}

    def url(kind: str) -> str:
        return "/dokumente?" + urlencode(kept | ({"type": kind} if kind else {}))

    total = sum(counts.values())
    every = Link(_("All"), url(""), current=not asked, count=capped(total))
    return [every] + [
        Link(plural(DocumentType, kind), url(kind), current=kind == asked, count=capped(counts[kind]))
        for kind in tuple(DocumentType)
        if kind in counts
    ]

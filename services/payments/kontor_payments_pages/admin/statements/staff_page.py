"""What pages about bank statements share: who may see them, and their tabs."""

from typing import Any
from uuid import UUID

from asyncpg import Record
from fastapi import Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.listing import Listing, staff_listing
from kontor_edge.lists import ListPage
from kontor_edge.staff import Staff, page_context, query_view
from kontor_service.errors import Forbidden
from kontor_service.i18n import gettext as _
from kontor_web import Link

OWNER = "payments"
BOOK = "payments:book"


async def ask_statements(request: Request, function: str, **arguments: Any) -> tuple[Staff, Record]:
    """As `query_view`. Raises Forbidden for a role that does not book payments: an account's statements are for few."""
    staff, row = await query_view(request, function, **arguments)
    _check(staff)
    return staff, row


async def query_list(request: Request, page: ListPage) -> tuple[Staff, Listing]:
    """The same of a list."""
    staff, listing = await staff_listing(request, page)
    _check(staff)
    return staff, listing


def _check(staff: Staff) -> None:
    if not staff.may(BOOK):
        raise Forbidden(_("Your role does not include booking payments."), code="not_allowed")


def render(
    request: Request, staff: Staff, template: str, *, status: int = 200, live: bool = True, **context: Any
) -> Response:
    return pages(request).render(
        request, f"statements/{template}.html", page_context(request, staff, "statements", live=live), status=status, staff=staff,
        **context,
    )  # fmt: skip


def tabs(current: str) -> list[Link]:
    return [
        Link(_("Payments to assign"), "/umsaetze", current=current == "entries"),
        Link(_("Statements"), "/kontoauszuege", current=current == "statements"),
    ]


def uuids_of(texts: list[str]) -> list[UUID]:
    """Those that are ids."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found

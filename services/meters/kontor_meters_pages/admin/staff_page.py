"""Questions to the copy about meters, for those whose role includes them; and the frame that their pages share."""

from dataclasses import replace
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

OWNER = "meters"
EDIT = "meters:edit"
READ = "meters:read"
# News for all pages of a merchant's staff.
LIVE = "/ereignisse"


async def ask_meters(request: Request, function: str, **arguments: Any) -> tuple[Staff, Record]:
    """As `query_view`. Raises Forbidden for a role that does not include meters."""
    staff, row = await query_view(request, function, **arguments)
    _check(staff)
    return staff, row


async def query_list(request: Request, page: ListPage, **arguments: Any) -> tuple[Staff, Listing]:
    """The same of a list."""
    staff, listing = await staff_listing(request, page, **arguments)
    _check(staff)
    return staff, listing


def _check(staff: Staff) -> None:
    if not staff.may(READ):
        raise Forbidden(_("Your role does not include meters."), code="not_allowed")


def render(
    request: Request, staff: Staff, template: str, *, tab: str = "", live: str = "", status: int = 200, **context: Any
) -> Response:  # fmt: skip
    """A page about meters. `tab`: which of the tabs it is; `live`: where its news come from."""
    frame = replace(page_context(request, staff, "meters", live=False), live=live or None)
    return pages(request).render(
        request, f"meters/{template}.html", frame, status=status, staff=staff,
        edits=staff.may(EDIT), tabs=_tabs(staff, tab) if tab else [], **context,
    )  # fmt: skip


def _tabs(staff: Staff, current: str) -> list[Link]:
    """What there is about meters."""
    entries = [
        ("all", _("All meters"), "/zaehler", None),
        ("check", _("To be checked"), "/zaehler/pruefen", staff.waiting.get("meters") or None),
        ("requests", _("Reading requests"), "/zaehler/anfragen", None),
        ("files", _("CSV files"), "/zaehler/dateien", None),
        ("stickers", _("Stickers"), "/zaehler/aufkleber", None),
    ]
    return [Link(label, url, current=name == current, count=count) for name, label, url, count in entries]


def uuid_of(text: str | None) -> UUID | None:
    """None for what is no id, as a filter in an address may be."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def uuids_of(texts: list[str]) -> list[UUID]:
    return [found for text in texts if (found := uuid_of(text)) is not None]

"""What pages about payouts share: who may see them, and the tabs beside the payments."""

from typing import Any

from asyncpg import Record
from fastapi import Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.staff import Staff, page_context, query_view
from kontor_service.errors import Forbidden
from kontor_service.i18n import gettext as _
from kontor_web import Link

OWNER = "payments"
BOOK, SETTINGS = "payments:book", "payments:settings"
PAYOUTS_PATH, EXPECTED_PATH = "/zahlungen/auszahlungen", "/zahlungen/erwartet"
TREES_PATH = "/zahlungen/baeume"


def money_tabs(current: str, staff: Staff) -> list[Link]:
    """None for a role that sees the payments alone."""
    if not staff.may(BOOK):
        return []
    return [
        Link(_("Payments"), "/zahlungen", current=current == "payments"),
        Link(_("Payouts"), PAYOUTS_PATH, current=current == "payouts"),
        Link(_("Expected payments"), EXPECTED_PATH, current=current == "expected"),
        Link(_("Tree planting"), TREES_PATH, current=current == "trees"),
    ]


async def ask_payouts(request: Request, function: str, **arguments: Any) -> tuple[Staff, Record]:
    """As `query_view`. Raises Forbidden for a role that does not book payments."""
    staff, row = await query_view(request, function, **arguments)
    check(staff)
    return staff, row


def check(staff: Staff) -> None:
    if not staff.may(BOOK):
        raise Forbidden(_("Your role does not include booking payments."), code="not_allowed")


def render(
    request: Request, staff: Staff, template: str, *, status: int = 200, live: bool = True, **context: Any
) -> Response:
    return pages(request).render(
        request, f"payouts/{template}.html", page_context(request, staff, "payments", live=live), status=status, staff=staff,
        **context,
    )  # fmt: skip

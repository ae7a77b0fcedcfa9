"""GET /zahlungen/baeume: what counts towards tree planting, and how far it is (D14)."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import submit
from kontor_edge.edge import pages
from kontor_edge.owners import query_owner
from kontor_edge.staff import Staff, current_staff, page_context
from kontor_payments_pages.admin.payouts.staff_page import OWNER, SETTINGS, TREES_PATH, money_tabs
from kontor_service.errors import Forbidden
from kontor_service.formats import typed
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix=TREES_PATH)

_SETTINGS_PATH = "/v1/settings/trees"
_BASES = ("fees", "payments")
# 5 euros of fees, or ten payments, for a square metre.
_USUAL_FEES, _USUAL_PAYMENTS = 500, 10


@router.get("")
async def show(request: Request) -> Response:
    staff, known = await _asked(request)
    counts_fees = known.get("basis", "fees") == "fees"
    fees = known["step"] if known and counts_fees else _USUAL_FEES
    values = {
        "enabled": known.get("enabled", False),
        "basis": known.get("basis", "fees"),
        "fees": typed(fees, "EUR", staff.language),
        "payments": _USUAL_PAYMENTS if counts_fees else known["step"],
        "partner": known.get("partner", ""),
    }
    return _page(request, staff, known, Form.of(values))


@router.post("")
async def change(request: Request) -> Response:
    staff, known = await _asked(request)
    form = await read_form(request)
    basis = form.choice("basis", _BASES)
    step = form.money("fees", "EUR", required=True) if basis == "fees" else form.count("payments", most=1_000_000)
    wanted = {
        "enabled": form.flag("enabled"),
        "basis": basis,
        "step": step,
        "partner": form.text("partner", limit=100),
    }
    answer, status = await submit(
        request, form, OWNER, SETTINGS, _SETTINGS_PATH, method="PUT", json=wanted, names={"step": basis or "fees"}
    )
    if answer is None:
        return _page(request, staff, known, form, status)
    return pages(request).redirect(TREES_PATH, good=_("Saved."))


async def _asked(request: Request) -> tuple[Staff, dict[str, Any]]:
    staff = await current_staff(request)
    if not staff.may(SETTINGS):
        raise Forbidden(_("Your role does not include the settings of payments."), code="not_allowed")
    return staff, await query_owner(request, OWNER, SETTINGS, _SETTINGS_PATH)


def _page(request: Request, staff: Staff, known: dict[str, Any], form: Form, status: int = 200) -> Response:
    return pages(request).render(
        request, "trees/settings.html", page_context(request, staff, "payments", live=False), status=status, staff=staff, form=form,
        known=known, tabs=money_tabs("trees", staff),
    )  # fmt: skip

"""Which ways to pay are offered (D4): the switch of the merchant, providers, single methods."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.settings_pages.tabs import settings_page
from kontor_edge.acting import refused
from kontor_edge.edge import pages
from kontor_edge.owners import command, query_owner
from kontor_edge.staff import Staff, current_staff
from kontor_service.errors import Problem
from kontor_service.formats import typed
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix="/zahlungen")

_RIGHT = "payments:settings"


async def _settings(request: Request, staff: Staff) -> dict[str, Any] | None:
    """What payments has; None where it does not answer."""
    try:
        return await query_owner(request, "payments", _RIGHT, "/v1/settings")
    except Problem as problem:
        if problem.status < 500:
            raise
        return None


@router.get("")
async def show(request: Request) -> Response:
    staff = await current_staff(request)
    return _page(request, staff, await _settings(request, staff), None)


@router.post("")
async def change(request: Request) -> Response:
    staff = await current_staff(request)
    form = await read_form(request)
    known = await query_owner(request, "payments", _RIGHT, "/v1/settings")
    enabled = form.flag("payments_enabled")
    wanted = {
        "providers": [
            {"provider": p["provider"], "enabled": form.has("provider", p["provider"])} for p in known["providers"]
        ],
        "methods": [
            {
                "provider": p["provider"],
                "code": m["code"],
                "enabled": form.has("method", f"{p['provider']}:{m['code']}"),
            }
            for p in known["providers"]
            for m in p["methods"]
        ],
        "offset_credit_notes": form.flag("offset_credit_notes"),
        "partial_payments": form.flag("partial_payments"),
    }
    if least := form.money("partial_minimum", "EUR"):
        wanted["partial_minimum_minor"] = least
    if not form.ok:
        return _page(request, staff, known, form, 422)
    try:
        await command(request, "payments", _RIGHT, "PUT", "/v1/settings", json=wanted)
        if enabled != bool(staff.merchant.get("payments_enabled")):
            await command(
                request, "identity", "merchant:edit", "PATCH", "/v1/merchant", json={"payments_enabled": enabled}
            )
    except Problem as problem:
        return _page(request, staff, known, form, refused(form, problem, {"partial_minimum_minor": "partial_minimum"}))
    return pages(request).redirect("/einstellungen/zahlungen", good=_("Saved. Open invoices are updated in a moment."))


def _page(
    request: Request, staff: Staff, known: dict[str, Any] | None, form: Form | None, status: int = 200
) -> Response:
    if form is None:
        providers = known["providers"] if known else []
        form = Form.of(
            {
                "payments_enabled": bool(staff.merchant.get("payments_enabled")),
                "offset_credit_notes": bool(known and known["offset_credit_notes"]),
                "partial_payments": bool(known and known["partial_payments"]),
                "partial_minimum": typed(known["partial_minimum_minor"], "EUR", staff.language) if known else "",
                "provider": [p["provider"] for p in providers if p["enabled"]],
                "method": [f"{p['provider']}:{m['code']}" for p in providers for m in p["methods"] if m["enabled"]],
            }
        )
    return settings_page(request, staff, "payments", status, form=form, known=known)

"""GET /zahlungen/auszahlungen: the payouts, each with its lines, and files of them for the bookkeeping."""

import re
from datetime import timedelta
from typing import Annotated, Any

from babel.dates import format_date
from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from kontor_edge.acting import submit
from kontor_edge.answers import file_response
from kontor_edge.edge import pages
from kontor_edge.listing import staff_listing
from kontor_edge.owners import query_owner, send
from kontor_edge.query import loads
from kontor_edge.staff import Staff, current_staff
from kontor_payments_pages.admin.payouts.listing import PAYOUTS
from kontor_payments_pages.admin.payouts.staff_page import (
    BOOK,
    OWNER,
    PAYOUTS_PATH,
    SETTINGS,
    ask_payouts,
    check,
    money_tabs,
    render,
)
from kontor_service.errors import Forbidden, NotFound, Problem
from kontor_service.formats import locale_of
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix=PAYOUTS_PATH)

# The page shows so many lines, the file all of them.
_MOST_LINES = 500
_MONTHS = 13
_ACCOUNTS = ("clearing", "debtor", "fees", "transit", "other")
_NUMBERS = ("consultant", "client", "account_length", "fiscal_month")


@router.get("")
async def payouts(request: Request) -> Response:
    staff, listing = await staff_listing(request, PAYOUTS)
    check(staff)
    return render(request, staff, "list", listing=listing, tabs=money_tabs("payouts", staff), months=_months(staff))


def _months(staff: Staff) -> list[tuple[str, str]]:
    """The last ones in which something may have arrived, the next first: payouts are on their way for days."""
    locale = locale_of(staff.language)
    found, day = [], (staff.today.replace(day=1) + timedelta(days=32)).replace(day=1)
    for _number in range(_MONTHS):
        found.append((f"{day:%Y-%m}", format_date(day, "MMMM y", locale=locale)))
        day = (day - timedelta(days=1)).replace(day=1)
    return found


@router.get("/monat")
async def of_month(request: Request) -> Response:
    """A file of all payouts that arrive in a month."""
    check(await current_staff(request))
    month, kind = request.query_params.get("monat", ""), request.query_params.get("als", "")
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise NotFound
    return await _file(request, "/v1/payouts", kind, month, month=month)


@router.get("/datev")
async def datev_page(request: Request) -> Response:
    staff, known = await _settings(request)
    values = {"chart": "SKR03", "account_length": 4, "fiscal_month": 1} | known["settings"]
    if values.get("fee_tax_key") is None:
        values["fee_tax_key"] = known["usual"][values["chart"]]["fee_tax_key"]
    return _settings_page(request, staff, known, Form.of(values))


@router.post("/datev")
async def change_datev(request: Request) -> Response:
    staff, known = await _settings(request)
    form = await read_form(request)
    wanted: dict[str, Any] = {name: form.count(name, most=9_999_999) for name in _NUMBERS}
    wanted |= {name: form.text(name, limit=9) for name in (*_ACCOUNTS, "fee_tax_key")}
    wanted["chart"] = form.choice("chart", list(known["usual"]))
    answer, status = await submit(request, form, OWNER, SETTINGS, "/v1/settings/datev", method="PUT", json=wanted)
    if answer is None:
        return _settings_page(request, staff, known, form, status)
    return pages(request).redirect(PAYOUTS_PATH, good=_("Saved."))


async def _settings(request: Request) -> tuple[Staff, dict[str, Any]]:
    staff = await current_staff(request)
    if not staff.may(SETTINGS):
        raise Forbidden(_("Your role does not include the settings of payments."), code="not_allowed")
    return staff, await query_owner(request, OWNER, SETTINGS, "/v1/settings/datev")


def _settings_page(
    request: Request, staff: Staff, known: dict[str, Any], form: Form, status: int = 200
) -> Response:  # fmt: skip
    return render(request, staff, "datev", status=status, live=False, form=form, known=known, accounts=_ACCOUNTS)


Reference = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]


@router.get("/{reference}")
async def payout(request: Request, reference: Reference) -> Response:
    """By the provider's own id of it."""
    staff, row = await ask_payouts(request, "payout_page", asked=reference)
    found = loads(row["payout"])
    if found is None:
        raise NotFound
    lines, names = found["items"][:_MOST_LINES], loads(row["customers"], {}) or {}
    return render(request, staff, "payout", payout=found, lines=lines, names=names)


@router.get("/{reference}/csv")
async def csv_of_payout(request: Request, reference: Reference) -> Response:
    return await _file_of(request, reference, "csv")


@router.get("/{reference}/datev")
async def datev_of_payout(request: Request, reference: Reference) -> Response:
    return await _file_of(request, reference, "datev")


async def _file_of(request: Request, reference: str, kind: str) -> Response:
    _staff, row = await ask_payouts(request, "payout_page", asked=reference)
    found = loads(row["payout"])
    if found is None:
        raise NotFound
    return await _file(request, f"/v1/payouts/{found['id']}", kind, reference)


async def _file(request: Request, path: str, kind: str, name: str, **params: str) -> Response:
    """The owner's file. Where DATEV's numbers are missing, the form for them."""
    staff = await current_staff(request)
    file, media_type = (
        ("datev.csv", "text/csv; charset=windows-1252") if kind == "datev" else ("items.csv", "text/csv; charset=utf-8")
    )
    wanted = params | ({} if kind == "datev" else {"language": staff.language})
    try:
        answer = await send(request, OWNER, BOOK, "GET", f"{path}/{file}", params=wanted)
    except Problem as problem:
        if problem.status != 409:
            raise
        back = f"{PAYOUTS_PATH}/datev" if problem.code == "datev_not_set_up" and staff.may(SETTINGS) else PAYOUTS_PATH
        return pages(request).redirect(back, warn=problem.detail)
    # DATEV reads only files that begin so.
    said = f"EXTF_Auszahlungen_{name}.csv" if kind == "datev" else _("payouts-%(name)s.csv", name=name)
    return file_response(answer.content, media_type, said, save=True)

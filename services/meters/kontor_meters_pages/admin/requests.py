"""Asking customers for readings until a date, and who is missing (G3)."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import act, new_key, submit
from kontor_edge.edge import pages
from kontor_edge.listing import Listing
from kontor_edge.query import loads
from kontor_edge.staff import Staff
from kontor_meters_pages.admin.entering import REASONS
from kontor_meters_pages.admin.listing import INVITATIONS, KINDS, REQUESTS
from kontor_meters_pages.admin.staff_page import EDIT, LIVE, OWNER, ask_meters, query_list, render, uuid_of, uuids_of
from kontor_service.errors import NotFound
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_web import Form, Link, read_form

router = APIRouter(prefix="/anfragen")

GROUPS = ("all", "kinds", "customers", "meters")
_MOST_NUMBERS = 2000


RequestMissing = NotFound.named("request_not_found", N_("There is no such request."))


@router.get("")
async def requests(request: Request) -> Response:
    staff, listing = await query_list(request, REQUESTS)
    return render(request, staff, "requests", live=LIVE, tab="requests", listing=listing)


@router.get("/neu")
async def new_page(request: Request) -> Response:
    """`?meter=` (several) asks for those, `?kunde=` for a customer's."""
    query = request.query_params
    ids = uuids_of(query.getlist("meter"))
    staff, row = await ask_meters(
        request, "meters_chosen", of_customer=uuid_of(query.get("kunde")), asked=ids or None, many=_MOST_NUMBERS
    )
    begin: dict[str, Any] = {"group": "all", "reason": "regular", "key": new_key()}
    if ids:
        begin |= {"group": "meters", "numbers": "\n".join(loads(entry)["number"] for entry in row["entries"] or ())}
    elif row["customer"]:
        begin |= {"group": "customers", "numbers": loads(row["customer"])["number"]}
    return _page(request, staff, Form.of(begin))


@router.post("/neu")
async def create(request: Request) -> Response:
    form = await read_form(request)
    numbers = [part.strip() for part in form.value("numbers").replace(";", "\n").splitlines() if part.strip()]
    staff, row = await ask_meters(
        request, "numbers_meant", of_what=form.value("group"), numbers=numbers[:_MOST_NUMBERS]
    )
    wanted = _wanted(form, staff.today)
    wanted |= _group(form, numbers, loads(row["found"], {}))
    answer, status = await submit(
        request, form, OWNER, EDIT, "/v1/requests", json=wanted, key=form.value("key"),
        names={"kinds": "group", "customer_ids": "numbers", "meter_ids": "numbers"},
    )  # fmt: skip
    if answer:
        return pages(request).redirect(f"/zaehler/anfragen/{answer['id']}", good=_("The mails are on their way."))
    return _page(request, staff, form, status)


def _wanted(form: Form, today: date) -> dict[str, Any]:
    due, remind = form.day("due_on", required=True), form.day("remind_on")
    if due is not None and due < today:
        form.error("due_on", _("This day has passed."))
    if remind is not None and due is not None and not today < remind <= due:
        form.error("remind_on", _("The reminder must go out after today and by the last day."))
    return {
        "title": form.text("title", required=True, limit=200),
        "due_on": due.isoformat() if due else None,
        "remind_on": remind.isoformat() if remind else None,
        "estimate": form.flag("estimate"),
        "reason": form.choice("reason", REASONS),
    }


def _group(form: Form, numbers: list[str], found: dict[str, str]) -> dict[str, Any]:
    """Who is asked; `found` says which ids the numbers mean."""
    group = form.choice("group", GROUPS)
    if group == "kinds":
        kinds = form.many("kinds", KINDS)
        if not kinds:
            form.error("kinds", _("Please choose at least one."))
        return {"kinds": kinds}
    if group not in ("customers", "meters"):
        return {"kinds": list(KINDS)}
    if not numbers:
        form.error("numbers", _("Please fill in this field."))
    unknown = [number for number in numbers if number not in found]
    if unknown:
        form.error("numbers", _("Not found: %(numbers)s", numbers=", ".join(unknown[:10])))
    name = "customer_ids" if group == "customers" else "meter_ids"
    return {name: list(dict.fromkeys(found[number] for number in numbers if number in found))}


def _page(request: Request, staff: Staff, form: Form, status: int = 200) -> Response:
    return render(request, staff, "request_new", status=status, form=form, kinds=KINDS, reasons=REASONS)


async def reading_request(request: Request, request_id: UUID) -> tuple[Staff, Listing]:
    """The request, how many customers stand where, and a page of them. Raises RequestMissing."""
    staff, listing = await query_list(request, INVITATIONS, asked=request_id)
    if listing.row["request"] is None:
        raise RequestMissing()
    return staff, listing


@router.get("/{request_id:uuid}")
async def show(request: Request, request_id: UUID) -> Response:
    staff, listing = await reading_request(request, request_id)
    found, groups = listing.fact("request"), listing.fact("groups", {})
    return render(
        request, staff, "request", live=LIVE, r=found, groups=groups, listing=listing,
        states=_states(request_id, groups, listing.query.values["state"] or ""),
        missing=groups.get("invited", 0) + groups.get("reminded", 0),
        days_left=(date.fromisoformat(found["due_on"]) - staff.today).days if found["due_on"] else 0,
    )  # fmt: skip


def _states(request_id: UUID, groups: dict[str, int], asked: str) -> list[Link]:
    here = f"/zaehler/anfragen/{request_id}"
    missing = groups.get("invited", 0) + groups.get("reminded", 0)
    entries = [
        ("", _("All"), sum(groups.values())), ("missing", _("Missing"), missing), ("done", _("Read"), groups.get("done", 0)),
        ("closed", _("Closed"), groups.get("closed", 0)),
    ]  # fmt: skip
    return [
        Link(label, f"{here}?state={state}" if state else here, current=state == asked, count=count)
        for state, label, count in entries
        if count or not state or state == "missing"
    ]


@router.post("/{request_id:uuid}/{what}")
async def change(request: Request, request_id: UUID, what: Literal["erinnern", "schliessen"]) -> Response:
    await ask_meters(request, "staff")
    await read_form(request)
    reminds = what == "erinnern"
    good = _("The reminders are on their way.") if reminds else _("The request is closed.")
    return await act(
        request, OWNER, EDIT, "POST", f"/v1/requests/{request_id}/{'remind' if reminds else 'close'}",
        back=f"/zaehler/anfragen/{request_id}", good=good,
    )  # fmt: skip

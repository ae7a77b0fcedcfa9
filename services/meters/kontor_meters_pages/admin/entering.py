"""Readings that a customer told by telephone or letter, entered by staff; correcting one (G3)."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import new_key, submit
from kontor_edge.edge import pages
from kontor_edge.owners import fetch_as_edge
from kontor_edge.query import loads
from kontor_edge.sorting import search_patterns
from kontor_edge.staff import Staff
from kontor_meters_pages.admin.staff_page import EDIT, OWNER, ask_meters, render, uuid_of
from kontor_meters_pages.entering import Entry
from kontor_meters_pages.words import found
from kontor_service.errors import NotFound
from kontor_service.i18n import N_, ngettext
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter()

REASONS = ("regular", "interim", "move_in", "move_out", "final")
_CHOICES = 20
_MOST_METERS = 200


ReadingMissing = NotFound.named("reading_not_found", N_("There is no such reading."))


@router.get("/ablesen")
async def enter_page(request: Request) -> Response:
    """`?kunde=` for all meters of a customer, `?zaehler=` for one; without, the customer is looked for first."""
    query = request.query_params
    customer_id, meter_id = uuid_of(query.get("kunde")), uuid_of(query.get("zaehler"))
    if customer_id is None and meter_id is None:
        return await _whose(request)
    staff, customer, meters = await _chosen(request, customer_id, meter_id)
    begin = {"day": staff.today.isoformat(), "reason": "regular", "key": new_key()}
    return _page(request, staff, Entry(meters, Form.of(begin), staff.today), customer)


async def _whose(request: Request) -> Response:
    query = request.query_params.get("q", "")
    staff, row = await ask_meters(request, "customer_choices", of_words=search_patterns(query), many=_CHOICES)
    choices = [loads(choice) for choice in row["choices"] or ()]
    return render(request, staff, "whose", choices=choices, q=query, more=len(choices) == _CHOICES)


async def _chosen(
    request: Request, customer_id: UUID | None, meter_id: UUID | None
) -> tuple[Staff, dict[str, Any] | None, list[dict[str, Any]]]:
    staff, row = await ask_meters(
        request, "meters_chosen", of_customer=customer_id, asked=[meter_id] if meter_id else None, many=_MOST_METERS
    )
    meters = [loads(entry) for entry in row["entries"] or ()]
    if (customer_id is not None and row["customer"] is None) or (meter_id is not None and not meters):
        raise NotFound(code="meter_not_found")
    return staff, loads(row["customer"]), meters


@router.post("/ablesen")
async def enter(request: Request) -> Response:
    query = request.query_params
    staff, customer, meters = await _chosen(request, uuid_of(query.get("kunde")), uuid_of(query.get("zaehler")))
    form = await read_form(request)
    entry = Entry(meters, form, staff.today, say=found)
    wanted = entry.wanted({"reason": form.choice("reason", REASONS, "regular"), "note": form.text("note", limit=500)})
    if not wanted:
        form.problem = form.problem or _("Please fill in at least one value.")
    answer, status = await submit(
        request, form, OWNER, EDIT, "/v1/readings", json={"readings": wanted}, key=form.value("key")
    )
    if answer:
        entry.note(answer["results"])
    stored = len(entry.done)
    message = ngettext("One reading was stored.", "%(count)s readings were stored.", stored) if stored else None
    if form.ok:
        whose = f"/kunden/{customer['id']}" if customer else "/zaehler"
        return pages(request).redirect(f"/zaehler/{meters[0]['id']}" if len(meters) == 1 else whose, good=message)
    # What comes again is another request than the one before.
    form.values["key"] = [new_key()]
    return _page(request, staff, entry, customer, 422 if answer else status, message)


def _page(
    request: Request, staff: Staff, entry: Entry, customer: dict[str, Any] | None, status: int = 200, stored: str | None = None
) -> Response:  # fmt: skip
    return render(
        request, staff, "enter", status=status, entry=entry, form=entry.form, customer=customer, meters=entry.meters,
        reasons=REASONS, stored=stored, here="/zaehler/ablesen?" + str(request.query_params),
    )  # fmt: skip


async def reading(request: Request, reading_id: UUID) -> tuple[Staff, dict[str, Any]]:
    """A reading with its meter, whose it is, and what was read before. Raises ReadingMissing."""
    staff, row = await ask_meters(request, "meter_reading", asked=reading_id)
    if row["entry"] is None:
        raise ReadingMissing()
    return staff, loads(row["entry"])


@router.get("/staende/{reading_id:uuid}/korrigieren")
async def correct_page(request: Request, reading_id: UUID) -> Response:
    staff, entry = await reading(request, reading_id)
    return _correct(request, staff, entry, Form.of({"value": "", "note": ""}))


@router.post("/staende/{reading_id:uuid}/korrigieren")
async def correct(request: Request, reading_id: UUID) -> Response:
    """The value that is right; the one that was entered stays as history."""
    staff, entry = await reading(request, reading_id)
    form = await read_form(request)
    wanted = {"value": form.text("value", required=True, limit=40), "note": form.text("note", limit=500)}
    answer, status = await submit(request, form, OWNER, EDIT, f"/v1/readings/{reading_id}/correct", json=wanted)
    if answer:
        return pages(request).redirect(_back(form, entry), good=_("The reading was corrected."))
    return _correct(request, staff, entry, form, status)


def _back(form: Form, entry: dict[str, Any]) -> str:
    return "/zaehler/pruefen" if form.value("back") == "check" else f"/zaehler/{entry['meter']['id']}"


def _correct(request: Request, staff: Staff, entry: dict[str, Any], form: Form, status: int = 200) -> Response:
    return render(
        request, staff, "correct", status=status, form=form, entry=entry,
        back=request.query_params.get("von", "") or form.value("back"),
    )  # fmt: skip


@router.get("/staende/{reading_id:uuid}/foto")
async def photo(request: Request, reading_id: UUID) -> Response:
    """The picture of the meter's face, as meters made it anew."""
    staff, entry = await reading(request, reading_id)
    if not entry["reading"]["photo_sha256"]:
        raise NotFound(code="photo_not_found")
    answer = await fetch_as_edge(request, OWNER, f"/v1/readings/{reading_id}/photo", staff.merchant_id)
    headers = {"cache-control": "private, max-age=3600", "x-content-type-options": "nosniff"}
    return Response(answer.content, media_type="image/jpeg", headers=headers)

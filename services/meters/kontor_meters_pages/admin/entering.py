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
from kontor_meters_pages.admin.staff_page import EDIT, OWNER, ask_meters, frame, uuid_of
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
    begin = {"taken_on": staff.today.isoformat(), "reason": "regular", "key": new_key()}
    return _page(request, staff, Form.of(begin), customer, meters)


async def _whose(request: Request) -> Response:
    query = request.query_params.get("q", "")
    staff, row = await ask_meters(request, "customer_choices", of_words=search_patterns(query), many=_CHOICES)
    choices = [loads(choice) for choice in row["choices"] or ()]
    return pages(request).render(
        request,
        "meters/whose.html",
        frame(request, staff, live=False),
        choices=choices,
        q=query,
        more=len(choices) == _CHOICES,
    )


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
    wanted = _wanted(form, meters)
    answer, status = await submit(
        request, form, OWNER, EDIT, "/v1/readings", json={"readings": wanted}, key=form.value("key")
    )
    stored = _take(form, wanted, answer["results"]) if answer else 0
    said = ngettext("One reading was stored.", "%(count)s readings were stored.", stored) if stored else None
    if form.ok:
        back = (
            f"/zaehler/{meters[0]['id']}"
            if len(meters) == 1
            else f"/kunden/{customer['id']}"
            if customer
            else "/zaehler"
        )
        return pages(request).redirect(back, good=said)
    # What comes again is another request than the one before.
    form.values["key"] = [new_key()]
    return _page(request, staff, form, customer, meters, 422 if answer else status, said)


def _wanted(form: Form, meters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each register that has a value."""
    day = form.day("taken_on", required=True)
    reason, note = form.choice("reason", REASONS, "regular"), form.text("note", limit=500)
    entries = []
    for register in (r for m in meters for r in m["registers"]):
        value = form.text(f"v_{register['id']}", limit=40)
        if value:
            insist = form.flag(f"i_{register['id']}")
            entry = {"register_id": register["id"], "value": value, "reason": reason, "insist": insist, "note": note}
            entries.append(entry | {"taken_on": day.isoformat() if day else None})
    if not entries:
        form.problem = form.problem or _("Please fill in at least one value.")
    return entries


def _take(form: Form, wanted: list[dict[str, Any]], results: list[dict[str, Any]]) -> int:
    """Says at its field what stands against a value; takes those out of the form that are stored. How many are."""
    stored = 0
    for entry, result in zip(wanted, results, strict=True):
        name = f"v_{entry['register_id']}"
        if result["outcome"] in ("stored", "questioned"):
            stored += 1
            form.values.pop(name, None)
            form.values.pop(f"i_{entry['register_id']}", None)
            continue
        sentences = [found(finding) for finding in result["findings"] if finding["severity"] != "note"]
        form.error(name, " ".join(sentences) or _("This value was not accepted."))
        if result["outcome"] == "asks_back":
            # The box for insisting is offered from now on.
            form.values.setdefault(f"a_{entry['register_id']}", ["on"])
    return stored


def _page(
    request: Request, staff: Staff, form: Form, customer: dict[str, Any] | None, meters: list[dict[str, Any]], status: int = 200,
    stored: str | None = None,
) -> Response:  # fmt: skip
    return pages(request).render(
        request, "meters/enter.html", frame(request, staff, live=False), status=status, form=form, customer=customer, meters=meters,
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
    return pages(request).render(
        request, "meters/correct.html", frame(request, staff, live=False), status=status, form=form, entry=entry,
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

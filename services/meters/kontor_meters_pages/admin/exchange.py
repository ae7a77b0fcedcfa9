"""A meter is exchanged for another, or taken out of use: the end of the one, the start of the next (G5)."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import new_key, refused, submit
from kontor_edge.edge import pages
from kontor_edge.staff import Staff
from kontor_meters_pages.admin import form as fields
from kontor_meters_pages.admin.staff_page import EDIT, OWNER, render
from kontor_meters_pages.admin.view import MeterView, meter
from kontor_meters_pages.words import found
from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix="/{meter_id:uuid}")

# Where the registers of the new meter stand.
_NEW = "meter.registers"


@router.get("/wechsel")
async def exchange_page(request: Request, meter_id: UUID) -> Response:
    staff, view = await meter(request, meter_id, 1)
    begin = {"exchanged_on": staff.today.isoformat(), "kind": view.data["kind"], "key": new_key()}
    same = fields.flat([register | {"start_value": ""} for register in view.registers], _NEW)
    return _page(request, staff, view, Form.of(begin | same))


@router.post("/wechsel")
async def exchange(request: Request, meter_id: UUID) -> Response:
    staff, view = await meter(request, meter_id, 1)
    form = await read_form(request)
    # The kind hangs on the pipe: a new meter measures what the old one did.
    form.values["kind"] = [str(view.data["kind"])]
    if fields.reshaped(form, _NEW):
        return _page(request, staff, view, form)
    day = form.day("exchanged_on", required=True)
    new = {
        "number": form.text("meter.number", required=True),
        "external_id": form.text("meter.external_id"),
        "registers": fields.registers(form, _NEW),
    }
    body = {"readings": _end_readings(form, view), "insist": form.flag("insist"), "meter": new}
    names = fields.NAMES | _end_names(form, view)
    answer, status = await submit(
        request, form, OWNER, EDIT, f"/v1/meters/{meter_id}/exchange", json=body | {"exchanged_on": day and day.isoformat()},
        key=form.value("key"), refuse=lambda problem: _refused(form, problem, view, names),
    )  # fmt: skip
    if answer:
        return pages(request).redirect(
            f"/zaehler/{_new_meter(answer, meter_id)}", good=_("The meter was exchanged. Its consumption continues.")
        )
    return _page(request, staff, view, form, status)


def _new_meter(answer: dict[str, Any], old: UUID) -> str:
    """The one that hangs there now, of all that the exchange changed."""
    results: list[dict[str, Any]] = [answer, *answer.get("results", ())]
    ids = [str(one["id"]) for one in results if one.get("kind") == "meters.meter"]
    return next((one for one in ids if one != str(old)), str(old))


def _page(request: Request, staff: Staff, view: MeterView, form: Form, status: int = 200) -> Response:
    return render(
        request, staff, "exchange", status=status, form=form, view=view, m=view.data,
        **fields.shown(form, view.data["kind"], _NEW),
    )  # fmt: skip


@router.get("/ende")
async def end_page(request: Request, meter_id: UUID) -> Response:
    staff, view = await meter(request, meter_id, 1)
    return _end(request, staff, view, Form.of({"in_use_to": staff.today.isoformat(), "key": new_key()}))


@router.post("/ende")
async def end(request: Request, meter_id: UUID) -> Response:
    staff, view = await meter(request, meter_id, 1)
    form = await read_form(request)
    day = form.day("in_use_to", required=True)
    body = {"readings": _end_readings(form, view), "insist": form.flag("insist")}
    names = _end_names(form, view)
    answer, status = await submit(
        request, form, OWNER, EDIT, f"/v1/meters/{meter_id}/end", json=body | {"in_use_to": day and day.isoformat()},
        key=form.value("key"), refuse=lambda problem: _refused(form, problem, view, names),
    )  # fmt: skip
    if answer:
        return pages(request).redirect(f"/zaehler/{meter_id}", good=_("The meter is out of use."))
    return _end(request, staff, view, form, status)


def _end(request: Request, staff: Staff, view: MeterView, form: Form, status: int = 200) -> Response:
    return render(request, staff, "end", status=status, form=form, view=view, m=view.data)


def _refused(form: Form, problem: Problem, view: MeterView, names: dict[str, str]) -> int:
    """What speaks against an end value is said beside it with what was known before, as for a customer's reading."""
    if problem.code == "missing" and problem.field == "readings":
        for row, register in enumerate(view.registers):
            if not form.value(f"end_{row}") and not register["interval"]:
                form.error(f"end_{row}", _("Please fill in this field."))
        return 422
    name = names.get(problem.field or "", "")
    if problem.status == 422 and name.startswith("end_"):
        unit = view.registers[int(name.removeprefix("end_"))]["unit"]
        form.error(name, found({"code": problem.code, "values": problem.params.get("values", {})}, unit))
        return 422
    return refused(form, problem, names)


def _end_readings(form: Form, view: MeterView) -> list[dict[str, str]]:
    """Of each register that has a value; one that nobody could read any more ends without."""
    values = [(register["id"], form.text(f"end_{row}", limit=40)) for row, register in enumerate(view.registers)]
    return [{"register_id": register_id, "value": value} for register_id, value in values if value]


def _end_names(form: Form, view: MeterView) -> dict[str, str]:
    """Where the owner's findings belong: it counts only the values that were sent."""
    sent = [f"end_{row}" for row in range(len(view.registers)) if form.value(f"end_{row}").strip()]
    return {f"readings[{number}].value": name for number, name in enumerate(sent)}

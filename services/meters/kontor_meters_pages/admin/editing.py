"""Adding and changing a meter (G1)."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import new_key, submit
from kontor_edge.edge import pages
from kontor_edge.query import loads
from kontor_edge.staff import Staff
from kontor_meters_pages.admin import form as fields
from kontor_meters_pages.admin.staff_page import EDIT, OWNER, ask_meters, render, uuid_of
from kontor_meters_pages.admin.view import meter
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter()

# Names to choose a customer from while typing; the others are found by their number.
_SUGGESTED = 300


@router.get("/neu")
async def new_page(request: Request) -> Response:
    """`?art=gas` begins with the registers that are usual there, `?kunde=` with its customer."""
    query = request.query_params
    asked = query.get("art", "")
    staff, row = await ask_meters(request, "meters_chosen", of_customer=uuid_of(query.get("kunde")), asked=None, many=1)
    customer = loads(row["customer"]) if query.get("kunde") else None
    number = customer["number"] if customer else ""
    if asked not in fields.PRESETS:
        return render(request, staff, "presets", presets=list(fields.PRESETS), customer=customer)
    begin = {"customer_number": number, "in_use_from": staff.today.isoformat(), "key": new_key()}
    return await _page(request, staff, Form.of(fields.preset(asked) | begin))


@router.post("/neu")
async def create(request: Request) -> Response:
    staff, _row = await ask_meters(request, "staff")
    form = await read_form(request)
    if fields.reshaped(form):
        return await _page(request, staff, form)
    found = fields.wanted(form)
    answer, status = await submit(
        request, form, OWNER, EDIT, "/v1/meters", json=found, key=form.value("key"), names=fields.NAMES
    )
    if answer:
        return pages(request).redirect(f"/zaehler/{answer['id']}", good=_("The meter was added."))
    return await _page(request, staff, form, status=status)


@router.get("/{meter_id:uuid}/bearbeiten")
async def edit_page(request: Request, meter_id: UUID) -> Response:
    staff, view = await meter(request, meter_id, 1)
    number = {"customer_number": view.customer["number"]} if view.customer else {}
    return await _page(request, staff, Form.of(fields.flat(view.data | number)), view.data)


@router.post("/{meter_id:uuid}/bearbeiten")
async def edit(request: Request, meter_id: UUID) -> Response:
    staff, view = await meter(request, meter_id, 1)
    form = await read_form(request)
    if fields.reshaped(form):
        return await _page(request, staff, form, view.data)
    found = fields.wanted(form)
    answer, status = await submit(request, form, OWNER, EDIT, f"/v1/meters/{meter_id}", json=found, names=fields.NAMES)
    if answer:
        return pages(request).redirect(f"/zaehler/{meter_id}", good=_("Saved."))
    return await _page(request, staff, form, view.data, status)


async def _page(
    request: Request, staff: Staff, form: Form, there: dict[str, Any] | None = None, status: int = 200
) -> Response:
    _staff, row = await ask_meters(request, "customer_choices", of_words=None, many=_SUGGESTED)
    return render(
        request, staff, "edit", status=status, form=form, there=there,
        customers=[loads(choice) for choice in row["choices"] or ()], **fields.shown(form, form.value("kind")),
    )  # fmt: skip

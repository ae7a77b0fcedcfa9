"""Meters as JSON: the same functions as the pages, under the same session cookie."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

import orjson
from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile
from starlette.responses import Response

from kontor_edge.answers import json_answer
from kontor_edge.described import answers
from kontor_edge.listing import portal_listing
from kontor_edge.lists import query_parameter
from kontor_edge.portal import query_view
from kontor_meters_pages.periods import read_period
from kontor_meters_pages.portal.answers import Consumption, Day, Meter, Meters, Outcomes, Photo
from kontor_meters_pages.portal.entering import store_photo, store_readings
from kontor_meters_pages.portal.listing import METERS
from kontor_meters_pages.portal.meter_view import MeterView, meter_record, meter_view
from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.errors import Invalid, Unavailable
from kontor_service.i18n import N_

router = APIRouter(prefix="/api/portal/v1/{slug}", tags=["portal"])

_LARGEST_PHOTO = 26 * MEBIBYTE
_PHOTO_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}
        }
    },
}


_PERIOD_PARAMETERS = [
    query_parameter("year", "Its months; the latest year that is known without it", type="integer"),
    query_parameter("month", "The days of this month of the year", type="integer", minimum=1, maximum=12),
    query_parameter("years", "1: all years"),
]


class ReadingInput(BaseModel):
    """`value` as it stands on the meter, with comma or point. `insist`: it is right although it was asked back."""

    register_id: Annotated[UUID, Field(examples=["01939a5e-6f1c-7c3a-9d2e-2f6a51b6c0de"])]
    value: Annotated[str, Field(min_length=1, max_length=40, examples=["12345,6"])]
    taken_on: Annotated[date, Field(examples=["2026-11-27"])]
    reason: Literal["regular", "move_in", "move_out", "interim", "final"] | None = None
    photo_sha256: Annotated[str | None, Field(pattern=r"^[0-9a-f]{64}$")] = None
    insist: bool = False


class Readings(BaseModel):
    readings: Annotated[list[ReadingInput], Field(min_length=1, max_length=200)]


@router.get("/meters", summary="Meters", openapi_extra={"parameters": METERS.parameters}, **answers(Meters))
async def meters(request: Request, slug: str) -> Response:
    """`meters` with their registers and last readings, `invitations` (what is to be read until when), `next` (cursor or null)."""
    listing = await portal_listing(request, METERS)
    body = (
        f'{{"meters":[{",".join(listing.entries)}],"invitations":[{",".join(listing.row["invitations"] or ())}],'
        f'"next":{orjson.dumps(listing.after).decode()}}}'
    )
    return json_answer(request, body.encode())


@router.get("/meters/{meter_id}", summary="One meter", **answers(Meter))
async def meter(request: Request, slug: str, meter_id: UUID) -> Response:
    """The meter, `chain` (all that hung in its place, the oldest first), `readings` (the latest 200) and `invitations`."""
    record = await meter_record(request, meter_id)
    lists = ",".join(f'"{name}":[{",".join(record[name] or ())}]' for name in ("chain", "readings", "invitations"))
    return json_answer(request, f"{record['meter'][:-1]},{lists}}}".encode())


@router.get(
    "/meters/{meter_id}/consumption",
    summary="What was used",
    openapi_extra={"parameters": _PERIOD_PARAMETERS},
    **answers(Consumption),
)
async def consumption(request: Request, slug: str, meter_id: UUID) -> Response:
    """By months of a year, days of a month, or years; thousandths of `unit`, null where nothing is known.

    One entry of `blocks` for each direction (consumption, feed_in), its `parts` by tariff, `before` the year before.
    `ways`: how each month came about (measured, read, partly, estimated, missing). `projections`: of the running year.
    """
    view = meter_view(await meter_record(request, meter_id))
    return json_answer(request, orjson.dumps(_consumption(view, request)))


def _consumption(view: MeterView, request: Request) -> dict[str, Any]:
    period = read_period(request.query_params, view.today, view.used.years)
    blocks = [
        {"direction": block.direction, "unit": block.unit, "before": block.before, "total": block.sum,
         "parts": [{"tariff": part.tariff, "amounts": part.amounts} for part in block.parts]}
        for block in view.used.blocks(period)
    ]  # fmt: skip
    return {
        "step": period.step, "year": period.year, "month": period.month if period.step == "days" else None,
        "years": view.used.years, "blocks": blocks, "ways": view.used.ways(period.year),
        "projections": view.used.projections(view.today.year),
    }  # fmt: skip


@router.get("/meters/{meter_id}/days/{day}", summary="A day by the quarter hour", response_model=Day)
async def quarter_hours(request: Request, slug: str, meter_id: UUID, day: date) -> dict[str, Any]:
    """For registers that send by themselves: 92, 96 or 100 `values` from midnight, thousandths of `unit`; 503 while their
    owner does not answer."""
    view = meter_view(await meter_record(request, meter_id))
    found = await view.day(request, day)
    if found is None:
        raise Unavailable
    return {
        "date": day.isoformat(),
        "registers": [{"register_id": one.register["id"], "unit": one.unit, "values": one.amounts} for one in found],
    }


@router.post(
    "/photos",
    summary="A photo of a meter, to be named with its readings",
    status_code=201,
    response_model=Photo,
    openapi_extra={"requestBody": _PHOTO_BODY},
)
@takes(_LARGEST_PHOTO)
async def photo(request: Request, slug: str) -> dict[str, str]:
    """JPEG, PNG, WebP or HEIC, at most 25 MiB; `sha256` names it."""
    await query_view(request, "reader")
    async with request.form(max_files=1, max_fields=10) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Invalid(N_("A picture is needed here, PNG or JPEG."), field="file")
        return {"sha256": await store_photo(request, file)}


@router.post("/readings", summary="Enter readings", response_model=Outcomes, response_model_exclude_unset=True)
async def enter(
    request: Request,
    slug: str,
    body: Readings,
    idempotency_key: Annotated[str | None, Header(max_length=100)] = None,
) -> dict[str, Any]:
    """`results` in the order of the input, each with its `outcome`: `stored`; `questioned` (insisted on: the merchant
    looks at it); `asks_back` (send it again with `insist` if it is right); `refused`. `findings` say why."""
    await query_view(request, "reader")
    readings = [one.model_dump(mode="json", exclude_none=True) for one in body.readings]
    results = await store_readings(request, readings, idempotency_key or str(uuid4()))
    shown = ("register_id", "outcome", "findings", "id", "version")
    return {"results": [{name: result[name] for name in shown if name in result} for result in results]}

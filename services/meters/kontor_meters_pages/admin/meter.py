"""One meter: what it is, what was read, what was used, what hung there before (G1, G2, G5)."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.live import news
from kontor_edge.owners import GLANCE_SECONDS, fetch_as_edge
from kontor_edge.staff import Staff
from kontor_meters_pages.admin.consumption import pictures
from kontor_meters_pages.admin.staff_page import OWNER, frame
from kontor_meters_pages.admin.view import ALL, SHOWN, MeterView, meter
from kontor_service.errors import Problem
from kontor_web.charts import bars, day_labels, month_labels, quarter_hours

router = APIRouter()


@router.get("/{meter_id:uuid}")
async def show(request: Request, meter_id: UUID) -> Response:
    """`?alle` shows every reading; `?jahr=2025` another year's consumption, `?monat=2025-11` the days of a month."""
    staff, view = await meter(request, meter_id, ALL if "alle" in request.query_params else SHOWN)
    year, month = _period(request, view)
    page_frame = replace(frame(request, staff), live=f"/zaehler/{meter_id}/ereignisse")
    return pages(request).render(
        request, "meters/meter.html", page_frame, staff=staff, view=view, m=view.data, pictures=pictures(view.years, year, month),
        year=year, month=month, years=sorted({int(y["year"]) for y in view.years}, reverse=True), in_use=view.in_use(staff.today),
        bars=bars, axis=_axis(view, year, month), months=month_labels(), smart=any(r["interval"] for r in view.registers),
    )  # fmt: skip


@dataclass(frozen=True)
class Axis:
    """What stands below the bars, also on phones, and where the table's rows lead."""

    labels: list[str]
    short: list[str]
    links: list[str | None]


def _axis(view: MeterView, year: int, month: int | None) -> Axis:
    if month is None:
        links: list[str | None] = [f"?monat={year}-{m:02d}" for m in range(1, 13)]
        return Axis(month_labels(), month_labels(short=True), links)
    labels = day_labels(year, month)
    smart = any(register["interval"] for register in view.registers)
    days = [f"/zaehler/{view.id}/tag/{year}-{month:02d}-{int(day):02d}" if smart else None for day in labels]
    return Axis(labels, [day if int(day) % 5 == 1 else "" for day in labels], days)


def _period(request: Request, view: MeterView) -> tuple[int, int | None]:
    """What is asked for where there is something of it, else the last year."""
    known = [int(y["year"]) for y in view.years]
    asked = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", request.query_params.get("monat", ""), re.ASCII)
    if asked and int(asked[1]) in known:
        return int(asked[1]), int(asked[2])
    year = request.query_params.get("jahr", "")
    return (int(year) if re.fullmatch(r"\d{4}", year, re.ASCII) and int(year) in known else max(known, default=0)), None


@router.get("/{meter_id:uuid}/tag/{day}")
async def quarter_hours_of(request: Request, meter_id: UUID, day: date) -> Response:
    """A day of a smart meter, every 15 minutes. Only its owner has these values."""
    staff, view = await meter(request, meter_id, 1)
    smart = [register for register in view.registers if register["interval"]]
    found = [(register, await _values(request, staff, register["series_id"], day)) for register in smart]
    return pages(request).render(
        request, "meters/day.html", frame(request, staff, live=False), staff=staff, view=view, m=view.data, found=found, day=day,
        before=day - timedelta(days=1), after=day + timedelta(days=1), today=staff.today, quarter_hours=quarter_hours,
    )  # fmt: skip


async def _values(request: Request, staff: Staff, series_id: str, day: date) -> dict[str, Any] | None:
    """None where meters does not answer."""
    try:
        answer = await fetch_as_edge(
            request, OWNER, f"/v1/series/{series_id}/days/{day.isoformat()}", staff.merchant_id, timeout=GLANCE_SECONDS
        )
    except Problem:
        return None
    found: dict[str, Any] = answer.json()
    return found


@router.get("/{meter_id:uuid}/ereignisse")
async def events(request: Request, meter_id: UUID) -> Response:
    """News of this meter: also of its consumption, which is no news for other pages."""
    staff, _view = await meter(request, meter_id, 1)
    return news(request, {staff.topic, f"meter:{meter_id}"})

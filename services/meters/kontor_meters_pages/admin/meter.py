"""One meter: what it is, what was read, what was used, what hung there before (G1, G2, G5)."""

import re
from datetime import date, timedelta
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.answers import file_response
from kontor_edge.live import news
from kontor_meters_pages.admin.staff_page import render
from kontor_meters_pages.admin.view import ALL, SHOWN, MeterView, meter
from kontor_meters_pages.charts import day_chart, used_chart
from kontor_meters_pages.consumption import Used
from kontor_meters_pages.periods import Period
from kontor_meters_pages.quarters import days_of
from kontor_meters_pages.sums import csv_text
from kontor_service.i18n import gettext as _
from kontor_web.charts import month_labels

router = APIRouter()


@router.get("/{meter_id:uuid}")
async def show(request: Request, meter_id: UUID) -> Response:
    """`?alle` shows every reading; `?jahr=2025` another year's consumption, `?monat=2025-11` the days of a month."""
    staff, view = await meter(request, meter_id, ALL if "alle" in request.query_params else SHOWN)
    used = Used(view.years)
    period = _period(request, used)
    return render(
        request, staff, "meter", live=f"/zaehler/{meter_id}/ereignisse", view=view, m=view.data, used=used, period=period,
        blocks=[block for block in used.blocks(period) if block.sum is not None], years=used.years[::-1], chart=used_chart,
        links=_links(view, period), months=month_labels(), in_use=view.in_use(staff.today), smart=bool(view.interval_registers),
    )  # fmt: skip


def _links(view: MeterView, period: Period) -> list[str | None]:
    """Where the rows of the table lead: to a month, to a day of a smart meter."""
    if period.step == "months":
        return [f"?monat={period.year}-{month:02d}" for month in range(1, 13)]
    days = (f"/zaehler/{view.id}/tag/{period.year}-{period.month:02d}-{int(day):02d}" for day in period.labels([]))
    return [day if view.interval_registers else None for day in days]


def _period(request: Request, used: Used) -> Period:
    """What is asked for where there is something of it, else the last year."""
    query, known = request.query_params, used.years or [0]
    asked = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", query.get("monat", ""), re.ASCII)
    if asked and int(asked[1]) in known:
        return Period("days", int(asked[1]), int(asked[2]))
    return Period("months", next((year for year in known if str(year) == query.get("jahr")), known[-1]))


@router.get("/{meter_id:uuid}/tag/{day}")
async def quarter_hours_of(request: Request, meter_id: UUID, day: date) -> Response:
    """A day of a smart meter, every 15 minutes. Only its owner has these values."""
    staff, view = await meter(request, meter_id, 1)
    return render(
        request, staff, "day", m=view.data, day=day, today=staff.today,
        found=await days_of(request, staff.merchant_id, view.interval_registers, day), chart=day_chart, before=day - timedelta(days=1),
        after=day + timedelta(days=1),
    )  # fmt: skip


@router.get("/{meter_id:uuid}/verbrauch.csv")
async def export(request: Request, meter_id: UUID) -> Response:
    """Every month that is known; `?nach=tagen` every day."""
    _staff, view = await meter(request, meter_id, 1)
    text = csv_text(view.years, "days" if request.query_params.get("nach") == "tagen" else "months")
    name = _("%(name)s-consumption.csv", name=view.data["number"])
    return file_response(text.encode(), "text/csv; charset=utf-8", name, save=True)


@router.get("/{meter_id:uuid}/ereignisse")
async def events(request: Request, meter_id: UUID) -> Response:
    """News of this meter: also of its consumption, which is no news for other pages."""
    staff, _view = await meter(request, meter_id, 1)
    return news(request, {staff.topic, f"meter:{meter_id}"})

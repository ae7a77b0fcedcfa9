"""One meter: what was used there, its readings, and what was used as a file."""

from typing import Literal
from urllib.parse import quote
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.paging import parse_whole
from kontor_edge.portal import Slug, page_context
from kontor_edge.query import loads_all
from kontor_meters_pages.charts import day_chart, used_chart
from kontor_meters_pages.periods import LATEST, OLDEST, Period, read_period
from kontor_meters_pages.portal.listing import may_enter
from kontor_meters_pages.portal.meter_view import MeterView, meter_record, meter_view
from kontor_meters_pages.portal.used_table import neighbours, rows
from kontor_meters_pages.portal.words import explained
from kontor_meters_pages.sums import csv_text
from kontor_service.i18n import gettext as _
from kontor_web import Column

router = APIRouter(include_in_schema=False)


@router.get("/{slug}/zaehler/{meter_id}")
async def meter(request: Request, slug: Slug, meter_id: UUID) -> Response:
    record = await meter_record(request, meter_id)
    context = page_context(record, "meters", live=f"/{slug}/live?about=meters")
    view = meter_view(record)
    period = read_period(request.query_params, view.today, view.used.years)
    here = f"/{slug}/zaehler/{meter_id}"
    day = await view.day(request, period.day) if period.day else []
    return pages(request).render(
        request, "meters/meter.html", context, slug=slug, here=here, view=view, period=period,
        allowed=may_enter(record) and not view.over, neighbours=neighbours(view, period),
        shown=[(block, rows(view, period, block, here)) for block in view.used.blocks(period)], chart=used_chart,
        explained=explained(view, period.year), columns=_columns(),
        day=day, day_chart=day_chart, projections=_projections(view, period),
    )  # fmt: skip


@router.get("/{slug}/zaehler/{meter_id}/verbrauch.csv")
async def file(request: Request, slug: Slug, meter_id: UUID) -> Response:
    """`?by=days` or months; `?year=` only that year."""
    record = await meter_record(request, meter_id)
    page_context(record, "meters")
    by: Literal["days", "months"] = "days" if request.query_params.get("by") == "days" else "months"
    year = parse_whole(request.query_params, "year", OLDEST, LATEST)
    rows_of = [row for row in loads_all(record["consumption"]) if year in (None, row["year"])]
    number = "".join(sign if sign.isalnum() else "-" for sign in orjson.loads(record["meter"])["number"])
    name = "-".join(part for part in (number, str(year or ""), by) if part)
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}.csv"}
    return Response(csv_text(rows_of, by), media_type="text/csv; charset=utf-8", headers=headers)


def _columns() -> list[Column]:
    return [
        Column("taken_at", _("Read on")),
        Column("value", _("Reading"), num=True),
        Column("source", _("How")),
        Column("state", _("Status")),
    ]


def _projections(view: MeterView, period: Period) -> list[dict[str, object]]:
    """Where the running year is looked at."""
    return view.used.projections(period.year) if period.year == view.today.year and period.step == "months" else []

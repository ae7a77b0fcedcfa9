"""One meter: what it is, what was read, what was used, what hung there before (G1, G2, G5)."""

from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.acting import pages
from kontor_admin.meters.asking import frame
from kontor_admin.meters.consumption import pictures
from kontor_admin.meters.view import ALL, SHOWN, MeterView, meter
from kontor_web import stream
from kontor_web.charts import bars, month_labels

router = APIRouter()


@router.get("/{meter_id:uuid}")
async def show(request: Request, meter_id: UUID) -> Response:
    """`?alle` shows every reading, `?jahr=2025` another year's consumption."""
    staff, view = await meter(request, meter_id, ALL if "alle" in request.query_params else SHOWN)
    year = _year(request, view)
    page_frame = replace(frame(request, staff), live=f"/zaehler/{meter_id}/ereignisse")
    return pages(request).render(
        request, "meters/meter.html", page_frame, staff=staff, view=view, m=view.data, pictures=pictures(view.years, year), year=year,
        years=sorted({int(y["year"]) for y in view.years}, reverse=True), in_use=view.in_use(staff.today), bars=bars,
        labels=month_labels(), short=month_labels(short=True),
    )  # fmt: skip


def _year(request: Request, view: MeterView) -> int:
    """The one asked for where there is something of it, else the last."""
    known = [int(y["year"]) for y in view.years]
    asked = request.query_params.get("jahr", "")
    return int(asked) if asked.isascii() and asked.isdigit() and int(asked) in known else max(known, default=0)


@router.get("/{meter_id:uuid}/ereignisse")
async def events(request: Request, meter_id: UUID) -> Response:
    """News of this meter: also of its consumption, which is no news for other pages."""
    staff, _view = await meter(request, meter_id, 1)
    return stream(request, request.app.state.hub, {staff.topic, f"meter:{meter_id}"})

"""Bars of what was used, drawn on the server (kontor_web.charts)."""

from datetime import date

from markupsafe import Markup

from kontor_gateway.meters.consumption import Block
from kontor_gateway.meters.meter_view import MeterView
from kontor_gateway.meters.periods import Period
from kontor_gateway.meters.quarters import Day
from kontor_gateway.meters.used_table import Row
from kontor_web import charts
from kontor_web.i18n import reader
from kontor_web.meter_sums import expected_months
from kontor_web.meters import direction_name, tariff_name


def chart(view: MeterView, period: Period, block: Block, rows: list[Row], title: str) -> Markup:
    """This period, its tariffs stacked, beside the one a year before."""
    by_months = period.step == "months"
    labels = charts.month_labels() if by_months else [row.short for row in rows]
    return charts.bars(
        f"used-{block.direction}-{block.unit}",
        labels,
        [(_part_name(block, part.tariff), part.amounts) for part in block.parts],
        unit=block.unit,
        title=title,
        name=str(period.year),
        before=block.before if any(amount is not None for amount in block.before) else None,
        before_name=str(period.year - 1),
        bases=view.used.ways(period.year) if by_months else None,
        expected=_expected(view, period, block) if by_months else None,
        short=charts.month_labels(short=True) if by_months else labels,
        table=False,
    )


def day_chart(day: Day, on: date, title: str) -> Markup:
    """A day by the quarter hour, with its table."""
    return charts.quarter_hours(
        f"day-{day.register['id']}", day.values, day=on.isoformat(), zone=reader().zone, unit=day.unit, title=title
    )


def _part_name(block: Block, tariff: str) -> str:
    return tariff_name(tariff) if len(block.parts) > 1 else direction_name(block.direction)


def _expected(view: MeterView, period: Period, block: Block) -> list[tuple[int, int, int] | None] | None:
    if period.year != view.today.year:
        return None
    same = (block.direction, block.unit)
    found = next((p for p in view.used.projections(period.year) if (p["direction"], p["unit"]) == same), None)
    return expected_months(block.totals, found)

"""Bars of what was used, drawn on the server (kontor_web.charts)."""

from datetime import date

from markupsafe import Markup

from kontor_gateway.meters.consumption import Block
from kontor_gateway.meters.meter_view import MeterView
from kontor_gateway.meters.periods import Period
from kontor_gateway.meters.quarters import Day
from kontor_gateway.meters.used_table import Row
from kontor_service.i18n import reader
from kontor_web import charts
from kontor_web.meter_sums import expected_months
from kontor_web.meters import direction_name, tariff_name


def chart(view: MeterView, period: Period, block: Block, rows: list[Row], title: str) -> Markup:
    """This period, its tariffs stacked, beside the one a year before."""
    by_months = period.step == "months"
    labels = charts.month_labels() if by_months else [row.short for row in rows]
    return charts.bars(
        f"used-{block.direction}-{block.unit}",
        labels,
        [(_part_name(period, block, part.tariff), part.amounts) for part in block.parts],
        unit=block.unit,
        title=title,
        name=str(period.year),
        before=block.before if any(amount is not None for amount in block.before) else None,
        before_name=str(period.year - 1),
        bases=view.used.ways(period.year) if by_months else None,
        expected=_expected(view, period, block) if period.step != "days" else None,
        short=charts.month_labels(short=True) if by_months else labels,
        table=False,
    )


def day_chart(day: Day, on: date, title: str) -> Markup:
    """A day by the quarter hour, with its table."""
    return charts.quarter_hours(
        f"day-{day.register['id']}", day.values, day=on.isoformat(), zone=reader().zone, unit=day.unit, title=title
    )


def _part_name(period: Period, block: Block, tariff: str) -> str:
    """With one tariff the year alone is named; beside other years it is what it is."""
    if len(block.parts) > 1:
        return tariff_name(tariff)
    return direction_name(block.direction) if period.step == "years" else ""


def _expected(view: MeterView, period: Period, block: Block) -> list[tuple[int, int, int] | None] | None:
    """What a month of the running year, or all of it, will come to."""
    same = (block.direction, block.unit)
    running = view.used.projections(view.today.year)
    found = next((p for p in running if (p["direction"], p["unit"]) == same and p["expected"]), None)
    if found is None:
        return None
    if period.step == "years":
        whole = (found["low"], found["expected"], found["high"])
        return [whole if year == view.today.year else None for year in view.used.years]
    return expected_months(block.totals, found) if period.year == view.today.year else None

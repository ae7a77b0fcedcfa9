"""Bars of what was used, drawn on the server (kontor_web.charts)."""

from datetime import date

from markupsafe import Markup

from kontor_meters_pages.consumption import Block
from kontor_meters_pages.portal.meter_view import MeterView
from kontor_meters_pages.portal.periods import Period
from kontor_meters_pages.portal.quarters import Day
from kontor_meters_pages.portal.used_table import Row
from kontor_meters_pages.words import bases, direction_name, tariff_name
from kontor_service.i18n import reader
from kontor_web import charts


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
        bases=bases(view.used.ways(period.year)) if by_months else None,
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
    if period.step != "years":
        return view.used.expected(block, period.year) if period.year == view.today.year else None
    found = view.used.projection(block, view.today.year)
    whole = (found["low"], found["expected"], found["high"]) if found else None
    return [whole if year == view.today.year else None for year in view.used.years]

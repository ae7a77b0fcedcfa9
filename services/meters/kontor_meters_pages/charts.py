"""Bars of what was used, drawn on the server (kontor_web.charts)."""

from collections.abc import Sequence
from datetime import date

from kontor_meters_pages.consumption import Block, Used
from kontor_meters_pages.periods import Period
from kontor_meters_pages.quarters import Day
from kontor_meters_pages.sums import Expected
from kontor_meters_pages.words import bases, direction_name, tariff_name
from kontor_service.i18n import reader
from kontor_web.charts import Chart, month_labels, quarter_hours


def used_chart(
    used: Used, block: Block, period: Period, today: date, *, links: Sequence[str | None] | None = None, table: bool = True
) -> Chart:  # fmt: skip
    """This period, its tariffs stacked, beside the one a year before."""
    by_months = period.step == "months"
    title = direction_name(block.direction)
    # With one tariff the period alone is named; beside other years it is what it is.
    alone = title if period.step == "years" else ""
    return Chart(
        f"used-{block.direction}-{block.unit}",
        period.labels(used.years),
        [(tariff_name(p.tariff) if len(block.parts) > 1 else alone, p.amounts) for p in block.parts],
        unit=block.unit,
        title=f"{title} {period.name}".rstrip(),
        name=period.name,
        before=block.before if block.sum_before is not None else None,
        before_name=period.name_before,
        bases=bases(used.ways(period.year, block.direction, block.unit)) if by_months else None,
        expected=_expected(used, block, period, today),
        short=month_labels(short=True) if by_months else None,
        links=links,
        table=table,
    )


def _expected(used: Used, block: Block, period: Period, today: date) -> list[Expected | None] | None:
    """What a month of the running year, or all of it, will come to."""
    if period.step == "months" and period.year == today.year:
        return used.expected(block, period.year)
    if period.step != "years":
        return None
    found = used.projection(block, today.year)
    whole = (found["low"], found["expected"], found["high"]) if found else None
    return [whole if year == today.year else None for year in used.years]


def day_chart(day: Day, on: date, title: str) -> Chart:
    """A day by the quarter hour, with its table."""
    zone = reader().zone
    return quarter_hours(f"day-{day.register['id']}", day.values, day=on, zone=zone, unit=day.unit, title=title)

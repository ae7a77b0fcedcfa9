"""What was used in a period, as rows for people: labels, ways to smaller periods, what happened then."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from babel import dates

from kontor_meters_pages.consumption import Block
from kontor_meters_pages.periods import Period
from kontor_meters_pages.portal.meter_view import MeterView
from kontor_meters_pages.portal.words import exchanged_on, way
from kontor_service.formats import locale_of, short_day
from kontor_service.i18n import reader


@dataclass(frozen=True, slots=True)
class Row:
    """`short` stands under a bar, `label` in the table. Amounts are thousandths, None where nothing is known."""

    label: str
    short: str
    amounts: list[int | None]
    total: int | None
    before: int | None
    notes: list[str]
    url: str | None


def rows(view: MeterView, period: Period, block: Block, here: str) -> list[Row]:
    """One for each year, month or day of the period. `here`: the page's address without query."""
    labels = _labels(view, period)
    exchanges = view.exchanges_in(period)
    ways = view.used.ways(period.year) if period.step == "months" else []
    found = []
    for n, (label, short, query) in enumerate(labels):
        notes = [exchanged_on(day) for day in exchanges.get(n, ())]
        if ways and way(ways[n]):
            notes.append(way(ways[n]))
        known = block.totals[n] is not None
        amounts = [part.amounts[n] for part in block.parts]
        url = f"{here}?{query}" if known and query else None
        found.append(Row(label, short, amounts, block.totals[n], block.before[n], notes, url))
    return found


def neighbours(view: MeterView, period: Period) -> tuple[str | None, str, str | None]:
    """Query of the period before, the name of this one, query of the one after; None where nothing is known any more."""
    years = view.used.years
    first, last = (years[0], years[-1]) if years else (period.year, period.year)
    if period.step == "days":
        before, after = period.first - timedelta(days=1), (period.first + timedelta(days=31)).replace(day=1)
        name = dates.format_date(period.first, "LLLL y", locale=locale_of(reader().language))
        return (
            f"year={before.year}&month={before.month}" if before.year >= first else None,
            name,
            f"year={after.year}&month={after.month}" if after.year <= last and after <= view.today else None,
        )
    return (
        f"year={period.year - 1}" if period.year > first else None,
        str(period.year),
        f"year={period.year + 1}" if period.year < last else None,
    )


def _labels(view: MeterView, period: Period) -> list[tuple[str, str, str]]:
    """(long, short, query of the period it opens) of each."""
    locale = locale_of(reader().language)
    if period.step == "years":
        return [(str(year), str(year), f"year={year}") for year in view.used.years]
    if period.step == "months":
        names = dates.get_month_names("wide", "stand-alone", locale)
        return [(names[n], names[n], f"year={period.year}&month={n}") for n in range(1, 13)]
    days = [date(period.year, period.month, n + 1) for n in range(monthrange(period.year, period.month)[1])]
    quarters = {day for day in days if view.by_the_quarter(day)}
    return [
        (f"{dates.format_date(day, 'EEEEEE', locale=locale)} {short_day(day, reader().language)}", str(day.day),
         f"day={day}" if day in quarters else "")
        for day in days
    ]  # fmt: skip

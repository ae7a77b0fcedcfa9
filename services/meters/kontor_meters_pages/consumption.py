"""What was used at a point, as pages show it: pure functions of the consumption states that a copy answered.

Amounts are thousandths of the unit; None where nothing is known.
"""

from calendar import isleap, monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from kontor_meters_pages.periods import Period
from kontor_meters_pages.sums import NOT_KNOWN, Expected, expected_months, month_sums

DIRECTIONS = ("consumption", "feed_in")
_TARIFFS = ("single", "high", "low")
# The least certain first.
_METHODS = ("days", "season", "last_year")
# The days of a year, cut into the amounts of its periods.
_Cut = Callable[[list[int], int], list[int | None]]


@dataclass(frozen=True, slots=True)
class Part:
    """One tariff's amounts, in the order of the block's periods."""

    tariff: str
    series_id: str
    amounts: list[int | None]

    @property
    def sum(self) -> int | None:
        return total(self.amounts)


@dataclass(frozen=True, slots=True)
class Block:
    """One direction in one unit: what is stacked in one chart. `before`: a year earlier, all tariffs together.

    `comparable`: this period and the same a year before, over the days that are known in both; None where there are none.
    """

    direction: str
    unit: str
    parts: list[Part]
    before: list[int | None]
    comparable: tuple[int, int] | None = None

    @property
    def totals(self) -> list[int | None]:
        return [total(part.amounts[n] for part in self.parts) for n in range(len(self.before))]

    @property
    def sum(self) -> int | None:
        return total(self.totals)

    @property
    def sum_before(self) -> int | None:
        return total(self.before)

    @property
    def most(self) -> int:
        """The largest amount, by which all get their decimals."""
        return max([0, *(amount for amount in (*self.totals, *self.before) if amount is not None)])


class Used:
    """All that is known of a point, by year."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self._rows = rows

    @property
    def years(self) -> list[int]:
        return sorted({row["year"] for row in self._rows if any(day >= 0 for day in row["days"])})

    def knows(self, series_id: str, day: date) -> bool:
        """Whether anything is known of this day that is the reader's."""
        number = _number(day)
        rows = [r["days"] for r in self._rows if r["series_id"] == series_id and r["year"] == day.year]
        return any(number < len(days) and days[number] != NOT_KNOWN for days in rows)

    def blocks(self, period: Period) -> list[Block]:
        """What was used in a period."""
        if period.step == "years":
            return self._by_years()
        if period.step == "months":
            return self._blocks(lambda days, of: month_sums(of, days), period.year, 12)
        length = monthrange(period.year, period.month)[1]
        return self._blocks(lambda days, of: _days(days, of, period.month), period.year, length, period.month)

    def _by_years(self) -> list[Block]:
        """Each year against itself: there is nothing before."""
        years = self.years
        return [
            Block(direction, unit, [
                Part(tariff, series, [total(_known(self._days_of(direction, unit, tariff, year))) for year in years])
                for tariff, series in self._tariffs(direction, unit)
            ], [None] * len(years))
            for direction, unit in self._groups()
        ]  # fmt: skip

    def ways(self, year: int, *group: str) -> list[str]:
        """How each month came about, the least certain of all registers, or of those of a direction and unit; twelve."""
        order = ("missing", "estimated", "partly", "read", "measured")
        found = self.of(*group) if group else self._rows
        rows = [row["months"] for row in found if row["year"] == year and row["months"]]
        return [min((months[n] for months in rows), key=order.index, default="missing") for n in range(12)]

    def expected(self, block: Block, year: int) -> list[Expected | None]:
        """What each month of the running year will come to in all."""
        return expected_months(block.totals, self.projection(block, year))

    def projection(self, block: Block, year: int) -> dict[str, Any] | None:
        same = (block.direction, block.unit)
        return next((p for p in self.projections(year) if (p["direction"], p["unit"]) == same and p["expected"]), None)

    def projections(self, year: int) -> list[dict[str, Any]]:
        """Of the running year, by direction and unit: all tariffs together."""
        found = []
        for direction, unit in self._groups():
            rows = [row for row in self.of(direction, unit) if row["year"] == year and row["projection"]]
            if parts := [row["projection"] for row in rows]:
                sums = {name: sum(p[name] for p in parts) for name in ("low", "expected", "high")}
                months = [sum(p["months"][n] for p in parts if p["months"]) for n in range(12)]
                least = min(parts, key=lambda p: (_METHODS.index(p["method"]), p["based_until"]))
                basis = {"method": least["method"], "based_until": least["based_until"]}
                found.append({"direction": direction, "unit": unit, "months": months} | sums | basis)
        return found

    def _blocks(self, cut: _Cut, year: int, periods: int, month: int | None = None) -> list[Block]:
        blocks = []
        for direction, unit in self._groups():
            parts = [
                Part(tariff, series, cut(self._days_of(direction, unit, tariff, year), year))
                for tariff, series in self._tariffs(direction, unit)
            ]
            earlier = [
                cut(self._days_of(direction, unit, tariff, year - 1), year - 1)
                for tariff, _series in self._tariffs(direction, unit)
            ]
            before = [total(one[n] if n < len(one) else None for one in earlier) for n in range(periods)]
            compared = self._compared(direction, unit, year, month)
            blocks.append(Block(direction, unit, parts, before, compared))
        return blocks

    def _compared(self, direction: str, unit: str, year: int, month: int | None) -> tuple[int, int] | None:
        """What was used then and a year before, tariff by tariff on the days that are known in both."""
        now = then = 0
        for tariff, _series in self._tariffs(direction, unit):
            these = self._days_of(direction, unit, tariff, year)
            earlier = self._days_of(direction, unit, tariff, year - 1)
            for day, other in _same_days(year, month):
                if these[day] != NOT_KNOWN and earlier[other] != NOT_KNOWN:
                    now, then = now + these[day], then + earlier[other]
        return (now, then) if then else None

    def _groups(self) -> list[tuple[str, str]]:
        found = {(row["direction"], row["unit"]) for row in self._rows}
        return sorted(found, key=lambda group: (DIRECTIONS.index(group[0]), group[1]))

    def of(self, direction: str, unit: str) -> list[dict[str, Any]]:
        return [r for r in self._rows if r["direction"] == direction and r["unit"] == unit]

    def _tariffs(self, direction: str, unit: str) -> list[tuple[str, str]]:
        """Each with its series; the latest where there were several."""
        found = {row["tariff"]: row["series_id"] for row in sorted(self.of(direction, unit), key=_year)}
        return sorted(found.items(), key=lambda pair: _TARIFFS.index(pair[0]))

    def _days_of(self, direction: str, unit: str, tariff: str, year: int) -> list[int]:
        """Of all series of this tariff: a customer's year may be told in two of them."""
        rows = [r["days"] for r in self.of(direction, unit) if r["tariff"] == tariff and r["year"] == year]
        days = 366 if isleap(year) else 365
        if len(rows) == 1 and len(rows[0]) == days:
            return list(rows[0])
        return [_joined(row[n] for row in rows if n < len(row)) for n in range(days)]


def total(amounts: Iterable[int | None]) -> int | None:
    """The sum of what is known; None where nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _number(day: date) -> int:
    """Counted from 0."""
    return day.timetuple().tm_yday - 1


@lru_cache(512)
def _same_days(year: int, month: int | None) -> list[tuple[int, int]]:
    """Each day of a year (or of one of its months), with the same day of the year before; without 29 February."""
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if isleap(year) else 365)]
    return [
        (_number(day), _number(day.replace(year=year - 1)))
        for day in days
        if month in (None, day.month) and (day.month, day.day) != (2, 29)
    ]


def _year(row: dict[str, Any]) -> int:
    return int(row["year"])


def _joined(amounts: Iterable[int]) -> int:
    known = [amount for amount in amounts if amount != NOT_KNOWN]
    return sum(known) if known else NOT_KNOWN


def _known(days: Iterable[int]) -> list[int | None]:
    return [None if day == NOT_KNOWN else day for day in days]


def _days(days: list[int], year: int, month: int) -> list[int | None]:
    first = (date(year, month, 1) - date(year, 1, 1)).days
    return _known(days[first : first + monthrange(year, month)[1]])

"""What was used at a point, as pages show it: pure functions of the consumption states that a copy answered.

Amounts are thousandths of the unit; None where nothing is known.
"""

from calendar import isleap, monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from kontor_meters_pages.periods import Period
from kontor_meters_pages.sums import NOT_KNOWN, Expected, expected_months, month_sums

DIRECTIONS = ("consumption", "feed_in")
_TARIFFS = ("single", "high", "low")
# The least certain first.
_METHODS = ("days", "season", "last_year")


@dataclass(frozen=True, slots=True)
class Part:
    """One tariff's amounts, in the order of the block's periods."""

    tariff: str
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
        self.years = sorted({row["year"] for row in rows if any(day != NOT_KNOWN for day in row["days"])})
        groups = {(row["direction"], row["unit"]) for row in rows}
        self._groups = sorted(groups, key=lambda group: (DIRECTIONS.index(group[0]), group[1]))

    def knows(self, series_id: str, day: date) -> bool:
        """Whether anything is known of this day that is the reader's."""
        number = day.timetuple().tm_yday - 1
        rows = [r["days"] for r in self._rows if r["series_id"] == series_id and r["year"] == day.year]
        return any(number < len(days) and days[number] != NOT_KNOWN for days in rows)

    def blocks(self, period: Period) -> list[Block]:
        """What was used in a period."""
        return [self._block(*group, period) for group in self._groups]

    def _block(self, direction: str, unit: str, period: Period) -> Block:
        tariffs = sorted({row["tariff"] for row in self.of(direction, unit)}, key=_TARIFFS.index)

        def days(tariff: str, year: int) -> list[int]:
            return self._days(direction, unit, tariff, year)

        if period.step == "years":
            # Each against itself: there is nothing before.
            sums = [Part(t, [total(_known(days(t, year))) for year in self.years]) for t in tariffs]
            return Block(direction, unit, sums, [None] * len(self.years))
        now = [days(tariff, period.year) for tariff in tariffs]
        then = [days(tariff, period.year - 1) for tariff in tariffs]
        parts = [Part(tariff, _cut(known, period, period.year)) for tariff, known in zip(tariffs, now, strict=True)]
        earlier = zip(*(_cut(known, period, period.year - 1) for known in then), strict=True)
        # A February may have a day more than the one before.
        before = [*map(total, earlier), None][: len(parts[0].amounts)]
        return Block(direction, unit, parts, before, _compared(now, then, period))

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
        for direction, unit in self._groups:
            rows = [row for row in self.of(direction, unit) if row["year"] == year and row["projection"]]
            if parts := [row["projection"] for row in rows]:
                sums = {name: sum(p[name] for p in parts) for name in ("low", "expected", "high")}
                months = [sum(p["months"][n] for p in parts if p["months"]) for n in range(12)]
                least = min(parts, key=lambda p: (_METHODS.index(p["method"]), p["based_until"]))
                basis = {"method": least["method"], "based_until": least["based_until"]}
                found.append({"direction": direction, "unit": unit, "months": months} | sums | basis)
        return found

    def of(self, direction: str, unit: str) -> list[dict[str, Any]]:
        return [r for r in self._rows if r["direction"] == direction and r["unit"] == unit]

    def _days(self, direction: str, unit: str, tariff: str, year: int) -> list[int]:
        """Of all series of this tariff: a customer's year may be told in two of them."""
        rows = [r["days"] for r in self.of(direction, unit) if r["tariff"] == tariff and r["year"] == year]
        sums = [total(_known(amounts)) for amounts in zip_longest(*rows, fillvalue=NOT_KNOWN)]
        days = 366 if isleap(year) else 365
        return [NOT_KNOWN if amount is None else amount for amount in (sums + [None] * days)[:days]]


def total(amounts: Iterable[int | None]) -> int | None:
    """The sum of what is known; None where nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _known(days: Iterable[int]) -> list[int | None]:
    return [None if day == NOT_KNOWN else day for day in days]


def _cut(days: list[int], period: Period, year: int) -> list[int | None]:
    """The days of a year, as the amounts of its months or of one month's days."""
    if period.step == "months":
        return month_sums(year, days)
    first = (date(year, period.month, 1) - date(year, 1, 1)).days
    return _known(days[first : first + monthrange(year, period.month)[1]])


def _compared(now: list[list[int]], then: list[list[int]], period: Period) -> tuple[int, int] | None:
    """What was used then and a year before, tariff by tariff on the days that are known in both; 29 February is in one."""
    known = [
        (day, before)
        for these, earlier in zip(now, then, strict=True)
        for day, before in zip(_every_year(these, period), _every_year(earlier, period), strict=True)
        if NOT_KNOWN not in (day, before)
    ]
    sums = sum(day for day, _before in known), sum(before for _day, before in known)
    return sums if sums[1] else None


def _every_year(days: list[int], period: Period) -> list[int]:
    days = days[:59] + days[-306:]
    if period.step == "months":
        return days
    first = (date(2025, period.month, 1) - date(2025, 1, 1)).days
    return days[first : first + monthrange(2025, period.month)[1]]

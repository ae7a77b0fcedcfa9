"""A year of a series: its days in a row, and how each month came about."""

from calendar import isleap, monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate, pairwise
from typing import Any

from kontor_meters.consumption.days import ESTIMATED, MEASURED, PARTLY, UNKNOWN, Day

NOT_KNOWN = -1


@dataclass(frozen=True, slots=True)
class Year:
    """`days` in thousandths of the unit, -1 where nothing is known; `bases` a letter for each (see days.py)."""

    year: int
    days: tuple[int, ...]
    bases: str

    @property
    def known(self) -> int:
        return len(self.bases) - self.bases.count(UNKNOWN)

    @property
    def until(self) -> date | None:
        """The last day something is known of."""
        place = max((i for i, basis in enumerate(self.bases) if basis != UNKNOWN), default=None)
        return None if place is None else date(self.year, 1, 1) + timedelta(days=place)


def length(year: int) -> int:
    return 366 if isleap(year) else 365


def place(day: date) -> int:
    """0 on 1 January."""
    return day.timetuple().tm_yday - 1


def empty(year: int) -> Year:
    return Year(year, (NOT_KNOWN,) * length(year), UNKNOWN * length(year))


def with_days(year: Year, days: Mapping[date, Day], first: date = date.min, last: date = date.max) -> Year:
    """The year with its days from first to last, both included, as they are known now."""
    amounts, bases = list(year.days), list(year.bases)
    start = date(year.year, 1, 1)
    for i in range(len(amounts)):
        day = start + timedelta(days=i)
        if first <= day <= last:
            found = days.get(day)
            amounts[i], bases[i] = (found.amount, found.basis) if found else (NOT_KNOWN, UNKNOWN)
    return Year(year.year, tuple(amounts), "".join(bases))


def months(year: Year) -> list[str]:
    """measured, read, partly, estimated or missing, from January on."""
    return [_month(bases) for bases in _cut(year.year, year.bases)]


def _month(bases: str) -> str:
    if set(bases) == {UNKNOWN}:
        return "missing"
    if ESTIMATED in bases:
        return "estimated"
    if UNKNOWN in bases or PARTLY in bases:
        return "partly"
    return "measured" if set(bases) == {MEASURED} else "read"


def by_month(year: int, days: Sequence[int]) -> list[int]:
    """Twelve sums of what is known."""
    return [sum(amount for amount in part if amount != NOT_KNOWN) for part in _cut(year, days)]


def _cut(year: int, days: Any) -> list[Any]:
    """What is told day by day, month by month."""
    ends = accumulate(monthrange(year, month)[1] for month in range(1, 13))
    return [days[start:end] for start, end in pairwise((0, *ends))]

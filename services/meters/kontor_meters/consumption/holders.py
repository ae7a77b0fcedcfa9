"""Whose consumption was whose, when people move in and out while the meter hangs on."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

# A customer; None where the meter has none yet; NOBODY between two of them.
Holder = UUID | None
NOBODY = UUID(int=0)
_HANDOVER = ("move_in", "move_out")


@dataclass(frozen=True, slots=True)
class CountedReading:
    """A reading that counts. `customer`: whose the meter was then."""

    at: datetime
    value: Decimal
    estimated: bool = False
    reason: str = "regular"
    customer: Holder = None


@dataclass(frozen=True, slots=True)
class Tenures:
    """Who had the meter by the merchant's books: each from a business date on, the first since ever."""

    customers: Sequence[tuple[date, Holder]] = ((date.min, None),)

    def at(self, day: date) -> Holder:
        place = bisect_right(self.customers, day, key=lambda tenure: tenure[0]) - 1
        return self.customers[max(place, 0)][1]


@dataclass(frozen=True, slots=True)
class Holders:
    """Answers for stretches between readings, and for days of quarter hours."""

    readings: Sequence[CountedReading]
    zone: ZoneInfo
    tenures: Tenures

    def between(self, before: CountedReading, after: CountedReading) -> Holder:
        """Until somebody moves in or out it is theirs who were there; between moving out and moving in it is nobody's,
        and so it is where the customer changed without a reading.
        """
        old, new = self._of(before), self._of(after)
        if after.reason in _HANDOVER:
            return NOBODY if before.reason == "move_out" else old
        return new if old == new or before.reason in _HANDOVER else NOBODY

    def changes(self) -> list[tuple[date, Holder]]:
        """From which day on a day of quarter hours is whose; empty where nobody moved."""
        moves = [r for r in self.readings if r.reason in _HANDOVER]
        if not moves:
            return []
        first = self.readings[0]
        found = [(date.min, NOBODY if first.reason == "move_in" else self._of(first))]
        for move in moves:
            day = self._day(move)
            found.append((day, self._of(move)) if move.reason == "move_in" else (day + timedelta(days=1), NOBODY))
        # On the day of a handover the next one begins, whichever reading was written first.
        return sorted(found, key=lambda change: (change[0], change[1] != NOBODY))

    def _of(self, reading: CountedReading) -> Holder:
        return reading.customer or self.tenures.at(self._day(reading))

    def _day(self, reading: CountedReading) -> date:
        return reading.at.astimezone(self.zone).date()

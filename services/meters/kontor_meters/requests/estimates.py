"""What a meter shows on a day on which nobody read it; pure. Values are what stands on the meter's face.

From its own history: what the same span used a year before, scaled by how the time before it compares with a year
before that (within half and double); where the history does not reach back that far, the average rate since the first
reading. One reading alone says nothing.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from kontor_meters.readings.plausibility import Face, Point, most_per_day, spans_of, used_between

_YEAR = timedelta(days=365)
# How much of the time before tells how this year compares.
_COMPARED = timedelta(days=182)
_LEAST, _MOST = Decimal("0.5"), Decimal(2)


@dataclass(frozen=True)
class Estimate:
    value: Decimal
    method: Literal["last_year", "average"]


@dataclass(frozen=True)
class Curve:
    """What a series has used since its first reading, straight between two readings."""

    instants: Sequence[datetime]
    used: Sequence[Decimal]

    def covers(self, start: datetime, end: datetime) -> bool:
        return len(self.instants) > 1 and self.instants[0] <= start and end <= self.instants[-1]

    def between(self, start: datetime, end: datetime) -> Decimal:
        return self._at(end) - self._at(start)

    def _at(self, instant: datetime) -> Decimal:
        right = bisect_right(self.instants, instant)
        if right == len(self.instants):
            return self.used[-1]
        before, after = self.instants[right - 1], self.instants[right]
        share = Decimal((instant - before).total_seconds()) / Decimal((after - before).total_seconds())
        return self.used[right - 1] + (self.used[right] - self.used[right - 1]) * share


def curve_of(face: Face, registers: Sequence[Sequence[Point]]) -> Curve:
    """Of the registers of a series, one after the other; each one's readings in the order of time."""
    most = most_per_day(face, [span for points in registers for span in spans_of(points)])
    instants: list[datetime] = []
    used: list[Decimal] = []
    total = Decimal(0)
    for points in sorted((points for points in registers if points), key=lambda points: points[0].taken_at):
        # The start reading of the next meter is of the same instant as the end reading of the last one.
        if not instants or points[0].taken_at > instants[-1]:
            instants.append(points[0].taken_at)
            used.append(total)
        for earlier, later in pairwise(points):
            if later.taken_at <= instants[-1]:
                continue
            total += used_between(face, earlier, later, most) or Decimal(0)
            instants.append(later.taken_at)
            used.append(total)
    return Curve(instants, used)


def estimate(face: Face, last: Point, curve: Curve, at: datetime) -> Estimate | None:
    """What the meter shows at that instant, after its last reading; None where nothing can be said."""
    if at <= last.taken_at or len(curve.instants) < 2:
        return None
    start, end = last.taken_at - _YEAR, at - _YEAR
    if curve.covers(start, end):
        return Estimate(_shown(face, last.value + curve.between(start, end) * _scale(curve, start)), "last_year")
    seconds = Decimal((curve.instants[-1] - curve.instants[0]).total_seconds())
    rate = curve.used[-1] / seconds
    return Estimate(_shown(face, last.value + rate * Decimal((at - last.taken_at).total_seconds())), "average")


def _scale(curve: Curve, start: datetime) -> Decimal:
    now_start, now_end = start + _YEAR - _COMPARED, start + _YEAR
    then_start, then_end = start - _COMPARED, start
    if not curve.covers(then_start, now_end):
        return Decimal(1)
    then = curve.between(then_start, then_end)
    if then == 0:
        return Decimal(1)
    return min(_MOST, max(_LEAST, curve.between(now_start, now_end) / then))


def _shown(face: Face, value: Decimal) -> Decimal:
    """With the digits that the face has; through zero where it goes beyond them."""
    return round(value, face.digits_after) % face.rolls_over_at

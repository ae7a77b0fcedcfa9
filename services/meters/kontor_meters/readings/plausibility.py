"""Whether a value can be right; pure. Values are what stands on the meter's face.

How much a meter may use per day follows from what it ever used: three times the highest rate between two readings of
its series that lie at least a week apart, and never less than a floor. A meter without a reading of its first day began
at zero, unless its first reading shows that it was used before. Without such a span, the floor is what a large household,
or else a small business uses of this kind. With one or two it is five times the rate and, where the kind knows no seasons,
at least a quarter of what a business uses: a digit too many is noticed early. Later the floor is a tenth, so that a flat
that stood empty may be lived in again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from kontor.meters.v1.meters_pb2_codes import FindingCode
from kontor_service.events import plain

Severity = Literal["blocker", "warning", "note"]

_MARGIN, _MARGIN_OF_FEW = 3, 5
_SPANS_THAT_TELL = 3
_SHORTEST_SPAN = timedelta(days=7)
# So much of each kind, counted in this unit, a household and a business may use per day while nothing is known.
_FLOORS = {
    ("electricity", "kWh"): (Decimal(50), Decimal(200)),
    ("gas", "m3"): (Decimal(20), Decimal(50)),
    ("gas", "kWh"): (Decimal(220), Decimal(550)),
    ("water", "m3"): (Decimal(2), Decimal(10)),
    ("heat", "kWh"): (Decimal(200), Decimal(500)),
    ("heat", "m3"): (Decimal(20), Decimal(50)),
}
_WITHOUT_SEASONS = ("electricity", "water")
_PER_KWH = {"MWh": Decimal("0.001"), "GJ": Decimal("0.0036")}
# The clocks of phones run ahead.
_TOLERANCE = timedelta(minutes=10)


class Point(NamedTuple):
    taken_at: datetime
    value: Decimal


class Span(NamedTuple):
    """What was used between two readings that follow each other on one register."""

    days: Decimal
    used: Decimal


@dataclass(frozen=True)
class Finding:
    """`values` is what the sentence names, as text."""

    code: FindingCode
    severity: Severity
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Face:
    """What a register can show, and of what."""

    kind: str
    unit: str
    digits_before: int
    digits_after: int
    # Of a customer who is a consumer.
    household: bool = False

    @property
    def rolls_over_at(self) -> Decimal:
        """After so much it begins at zero again."""
        return Decimal(10) ** self.digits_before


@dataclass(frozen=True)
class Surroundings:
    """What stands around a reading: valid ones of the same register, and the days on which the meter is in use."""

    now: datetime
    # Midnight at the merchant.
    in_use_from: datetime
    # Exclusive.
    in_use_to: datetime | None = None
    before: Point | None = None
    after: Point | None = None
    # Another one of the same business day.
    same_day: Point | None = None
    # Of the whole series.
    spans: Sequence[Span] = ()
    # Of the merchant: dates in findings are business dates.
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))


def check(face: Face, point: Point, around: Surroundings) -> list[Finding]:
    """Everything that speaks against the value, or that should be told about it."""
    return [*_time(point, around), *_digits(face, point), *_same_day(point, around), *_course(face, point, around)]


def most_per_day(face: Face, spans: Iterable[Span]) -> Decimal:
    """What this meter may use per day, at most; see above."""
    rates = [span.used / span.days for span in spans if span.days >= _SHORTEST_SPAN.days]
    household, business = _floors(face)
    floor, margin = household if face.household else business, _MARGIN
    if len(rates) >= _SPANS_THAT_TELL:
        floor = business / 10
    elif rates:
        margin = _MARGIN_OF_FEW
        floor = min(floor, business / 4) if face.kind in _WITHOUT_SEASONS else floor
    return max([floor, *(rate * margin for rate in rates)])


def used_between(face: Face, earlier: Point, later: Point, most: Decimal) -> Decimal | None:
    """What was used; through zero where that is within what the meter may use; None where it fell without reason."""
    if later.value >= earlier.value:
        return later.value - earlier.value
    through_zero = later.value + face.rolls_over_at - earlier.value
    within = earlier.value < face.rolls_over_at and through_zero <= most * days_between(earlier, later)
    return through_zero if within else None


def spans_of(points: Sequence[Point]) -> list[Span]:
    """Of one register's valid readings, in the order of time. Where the value fell, nothing is told."""
    return [
        Span(days_between(earlier, later), later.value - earlier.value)
        for earlier, later in pairwise(points)
        if later.value >= earlier.value
    ]


def days_between(earlier: Point, later: Point) -> Decimal:
    """At least one: within a day a whole day's use is possible."""
    seconds = Decimal(int((later.taken_at - earlier.taken_at).total_seconds()))
    return max(Decimal(1), seconds / 86_400)


def _time(point: Point, around: Surroundings) -> list[Finding]:
    if point.taken_at > around.now + _TOLERANCE:
        return [Finding(FindingCode.FUTURE, "blocker")]
    if point.taken_at < around.in_use_from:
        return [Finding(FindingCode.BEFORE_USE, "blocker", {"in_use_from": _day(around, around.in_use_from)})]
    if around.in_use_to is not None and point.taken_at > around.in_use_to:
        return [Finding(FindingCode.AFTER_USE, "blocker", {"in_use_to": _day(around, around.in_use_to)})]
    return []


def _digits(face: Face, point: Point) -> list[Finding]:
    decimals = -int(point.value.normalize().as_tuple().exponent)
    if point.value < face.rolls_over_at and decimals <= face.digits_after:
        return []
    values = {"digits_before": str(face.digits_before), "digits_after": str(face.digits_after)}
    # One digit too many may be our mistake about the meter; more of them are none of it.
    return [Finding(FindingCode.DIGITS, "warning" if point.value < face.rolls_over_at * 10 else "blocker", values)]


def _same_day(point: Point, around: Surroundings) -> list[Finding]:
    other = around.same_day
    if other is None:
        return []
    values = {"value": plain(other.value), "on": _day(around, other.taken_at)}
    return [Finding(FindingCode.DUPLICATE, "note" if other.value == point.value else "warning", values)]


def _course(face: Face, point: Point, around: Surroundings) -> list[Finding]:
    most = most_per_day(face, around.spans)
    found = []
    before = around.before or _start(point, most, around)
    if before is not None:
        found += _since(face, before, point, most, around)
    if around.after is not None and used_between(face, point, around.after, most) is None:
        after = {"next": plain(around.after.value), "next_on": _day(around, around.after.taken_at)}
        found.append(Finding(FindingCode.ABOVE_NEXT, "warning", after))
    return found


def _start(point: Point, most: Decimal, around: Surroundings) -> Point | None:
    """The zero of a new meter whose first reading this is. None on its first day, when the reading is its start value, and where
    even a tenth could not have been used since: then the meter was used before, and nobody knows where it began."""
    start = Point(around.in_use_from, Decimal(0))
    is_start = point.taken_at < around.in_use_from + timedelta(days=1)
    was_used = point.value > most * days_between(start, point) * 10
    return None if is_start or was_used or around.after else start


def _since(face: Face, before: Point, point: Point, most: Decimal, around: Surroundings) -> list[Finding]:
    values = {"before": plain(before.value), "before_on": _day(around, before.taken_at)}
    used = used_between(face, before, point, most)
    if used is None:
        return [Finding(FindingCode.FALLING, "warning", values)]
    if point.value < before.value:
        return [Finding(FindingCode.ROLLOVER, "note", values | {"used": plain(used)})]
    allowed = most * days_between(before, point)
    if used > allowed:
        more = {"used": plain(used), "most": plain(round(allowed, face.digits_after)), "unit": face.unit}
        return [Finding(FindingCode.JUMP, "warning", values | more)]
    return []


def _floors(face: Face) -> tuple[Decimal, Decimal]:
    if (face.kind, face.unit) in _FLOORS:
        return _FLOORS[face.kind, face.unit]
    household, business = _FLOORS[face.kind, "kWh"]
    return household * _PER_KWH[face.unit], business * _PER_KWH[face.unit]


def _day(around: Surroundings, instant: datetime) -> str:
    return instant.astimezone(around.zone).date().isoformat()

"""Consumption per day: from readings by linear interpolation, from 15-minute values where they are there.

Between two readings of a register consumption is spread evenly over the time between them. Each day gets the whole
thousandths between its midnights in the merchant's zone (rounded where the day ends, not day by day), so that the days
between two readings add up to exactly what the register went. Across an exchange nothing is lost or counted twice:
only readings of the same register make a stretch, and a day on which two registers ran gets both.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import lcm
from zoneinfo import ZoneInfo

from kontor_meters.consumption.holders import NOBODY, CountedReading, Holder, Holders, Tenures
from kontor_meters.readings.plausibility import Face, Point, used_between

# What is known of a day. Between readings further apart than SHORT a season does not show.
MEASURED, READ, READ_FAR, ESTIMATED, PARTLY, UNKNOWN = "mrlep."
SHORT = timedelta(days=45)
QUARTER = 900
MILLION = 1_000_000
# Consumption is counted in thousandths of kWh or m³.
PARTS = 1000
# 1 kWh = 3.6 MJ (SI)
_PARTS = {"kWh": Fraction(PARTS), "MWh": Fraction(1000 * PARTS), "GJ": Fraction(10_000 * PARTS, 36)}


@dataclass(frozen=True, slots=True)
class GasPeriod:
    """From this business date on: 1 m³ is `calorific_value` × `state_number` kWh (DVGW G 685)."""

    valid_from: date
    calorific_value: Decimal
    state_number: Decimal


@dataclass(frozen=True, slots=True)
class Measure:
    """What one step of a register is worth.

    `factor` is the transformer ratio: it holds for what stands on the register, not for quantities that the metering
    point operator sends.
    """

    unit: str
    factor: Decimal = Decimal(1)
    gas_periods: Sequence[GasPeriod] = field(default=())

    def parts(self, day: date) -> Fraction:
        """Thousandths of the consumption's unit for one unit of the register, on that day, without the factor.

        Before the first gas period its values hold: without any, the year before could not be compared.
        """
        if self.unit in _PARTS:
            return _PARTS[self.unit]
        period = next((p for p in reversed(self.gas_periods) if p.valid_from <= day), None)
        if period is None and self.gas_periods:
            period = self.gas_periods[0]
        if period is None:
            return Fraction(PARTS)
        return Fraction(period.calorific_value) * Fraction(period.state_number) * PARTS

    @property
    def stated_in(self) -> str:
        return "kWh" if self.unit in _PARTS or self.gas_periods else "m3"


@dataclass(frozen=True, slots=True)
class Measured:
    """The sum of a day's quarter hours in millionths of the register's unit, and how many there are."""

    total: int
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """One register of a series. `readings` by time; `most`: what it may use per day, which tells a rollover from a fall."""

    measure: Measure
    face: Face
    most: Decimal
    readings: Sequence[CountedReading] = ()
    measured: Mapping[date, Measured] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Day:
    """Thousandths of the unit, and how they came about."""

    amount: int
    basis: str


@dataclass(slots=True)
class _Part:
    """What readings say of a day, and how many of its seconds they cover."""

    amount: int = 0
    seconds: int = 0
    basis: str = READ


Days = dict[Holder, dict[date, Day]]


def days_of(
    lines: Sequence[Line], zone: ZoneInfo, tenures: Tenures | None = None, first: date = date.min, last: date = date.max
) -> Days:
    """Every day something is known of, by whose it was. Only days from first to last are sure to be whole."""
    found: Days = defaultdict(dict)
    for line in lines:
        for (holder, day), value in _days_of_line(line, zone, tenures or Tenures(), first, last).items():
            before = found[holder].get(day)
            found[holder][day] = value if before is None else _both(before, value)
    return dict(found)


def _both(one: Day, other: Day) -> Day:
    """A day on which two registers ran: the exchange."""
    basis = next(b for b in (ESTIMATED, PARTLY, READ_FAR, READ, MEASURED) if b in (one.basis, other.basis))
    return Day(one.amount + other.amount, basis)


def _days_of_line(
    line: Line, zone: ZoneInfo, tenures: Tenures, first: date, last: date
) -> dict[tuple[Holder, date], Day]:
    holders = Holders(line.readings, zone, tenures)
    read = _read(line, zone, holders, first, last)
    found = {key: Day(part.amount, part.basis) for key, part in read.items()}
    if not line.measured:
        return found
    changes = Tenures(holders.changes() or tenures.customers)
    for day, measured in line.measured.items():
        holder = changes.at(day)
        if holder != NOBODY:
            found[holder, day] = _mixed(line.measure, day, measured, read.get((holder, day)), zone)
    return found


def _mixed(measure: Measure, day: date, measured: Measured, read: _Part | None, zone: ZoneInfo) -> Day:
    """A full day of quarter hours beats readings; on the day a meter became smart both have their hours."""
    length = midnight(day + timedelta(days=1), zone) - midnight(day, zone)
    covered = measured.count * QUARTER
    rate = measure.parts(day)
    amount = _divided(measured.total * rate.numerator, rate.denominator * MILLION)
    if covered >= length:
        return Day(amount, MEASURED)
    if read is None:
        return Day(amount, PARTLY)
    if read.seconds >= length or read.seconds > covered > length - read.seconds:
        return Day(read.amount, read.basis)
    if read.seconds + covered > length:
        return Day(amount, PARTLY)
    return Day(amount + read.amount, read.basis if read.seconds + covered == length else PARTLY)


def _read(line: Line, zone: ZoneInfo, holders: Holders, first: date, last: date) -> dict[tuple[Holder, date], _Part]:
    found: dict[tuple[Holder, date], _Part] = {}
    for before, after in pairwise(line.readings):
        if after.at.astimezone(zone).date() < first or before.at.astimezone(zone).date() > last:
            continue
        holder = holders.between(before, after)
        distance = used_between(line.face, Point(before.at, before.value), Point(after.at, after.value), line.most)
        if holder == NOBODY or distance is None:
            continue
        basis = _basis(before, after)
        for day, amount, seconds in spread(before.at, after.at, distance, line.measure, zone):
            part = found.setdefault((holder, day), _Part(basis=basis))
            part.amount += amount
            part.seconds += seconds
            part.basis = min(part.basis, basis, key=(ESTIMATED, READ_FAR, READ).index)
    return found


def _basis(before: CountedReading, after: CountedReading) -> str:
    if before.estimated or after.estimated:
        return ESTIMATED
    return READ if after.at - before.at <= SHORT else READ_FAR


def spread(
    start: datetime, end: datetime, distance: Decimal, measure: Measure, zone: ZoneInfo
) -> Iterator[tuple[date, int, int]]:
    """Each day between two instants with its thousandths and how many of its seconds lie between them."""
    stretches = list(_stretches(int(start.timestamp()), int(end.timestamp()), zone))
    rates = {day: measure.parts(day) * Fraction(measure.factor) for day, _ in stretches} if measure.gas_periods else {}
    flat = Fraction(0) if rates else measure.parts(start.date()) * Fraction(measure.factor)
    denominator = lcm(flat.denominator, *(rate.denominator for rate in set(rates.values())))
    numerator, whole = distance.as_integer_ratio()
    below = denominator * whole * sum(seconds for _, seconds in stretches)
    reached = given = 0
    for day, seconds in stretches:
        rate = rates.get(day, flat)
        reached += seconds * rate.numerator * (denominator // rate.denominator)
        until_here = _divided(reached * numerator, below)
        yield day, until_here - given, seconds
        given = until_here


def _stretches(start: int, end: int, zone: ZoneInfo) -> Iterator[tuple[date, int]]:
    """The days in the zone that [start, end) touches, with the seconds it has in each."""
    day = datetime.fromtimestamp(start, zone).date()
    while start < end:
        day_ends = midnight(day + timedelta(days=1), zone)
        yield day, min(end, day_ends) - start
        start, day = day_ends, day + timedelta(days=1)


@lru_cache(20_000)
def midnight(day: date, zone: ZoneInfo) -> int:
    """When the day begins in the zone, in seconds since 1970; days have 23 or 25 hours when clocks change."""
    return int(datetime.combine(day, time.min, zone).timestamp())


def _divided(above: int, below: int) -> int:
    """Rounded half up."""
    return (2 * above + below) // (2 * below)

"""What the running year will come to. Pure; amounts in thousandths of the unit.

What is known stays as it is; only the days that are missing are projected, from the best there is:

- `last_year`: each missing day as the same day last year, times how this year compares with last year on the days known in
  both. Needs 28 such days, and a last year whose days are measured or read at least every 45 days for four fifths (a
  single yearly reading has no seasons). Range: how far the months so far were off that comparison, at least 5 and at most
  30 % of what is missing.
- `season`: each missing day by the kind's standard profile (below), at the level of the days known so far. Needs
  28 days that make up 5 % of the profile. Range: the profile's spread, the wider the less is known, at most 50 %.
- `days`: there are too few days; no amounts.

Standard profiles, how a year is usually spread over its days:

- Electricity: the dynamisation of household load (H0) of VDEW's representative load profiles, 1999, which BDEW still
  publishes: x = -3.92e-10 t⁴ + 3.20e-7 t³ - 7.02e-5 t² + 2.1e-3 t + 1.24 for day t of the year.
- Gas and heat: degree days per month in thousandths, VDI 2067 part 1 (12/1983), table 22, as in the German heating
  cost statements.
- Feed-in: what the sun brings in Germany per month, kWh/m²; long-term means of global radiation (DWD, 1981–2010), rounded.
- Water: every day alike.

Days before the first known one are projected only where last year was the same customer's; days after the end of the
meter never.
"""

from calendar import isleap, monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import sqrt

from kontor_meters.consumption.days import MEASURED, READ, UNKNOWN
from kontor_meters.consumption.years import NOT_KNOWN, Year, by_month, place

ENOUGH_DAYS = 28
_ENOUGH_OF_PROFILE = 0.05
_ENOUGH_OF_LAST_YEAR = 0.8
_LEAST, _MOST = 0.05, 0.30
_MOST_BY_SEASON = 0.50
_DEGREE_DAYS = (170, 150, 130, 80, 40, 40 / 3, 40 / 3, 40 / 3, 30, 80, 120, 160)
_SUN = (21, 37, 75, 119, 154, 159, 160, 136, 91, 53, 25, 17)

# How far the rest of a year may be off its profile: weather for what heats and shines, habits for the others.
_SPREAD = {"electricity": 0.10, "gas": 0.20, "heat": 0.20, "water": 0.10, "feed_in": 0.15}


@dataclass(frozen=True, slots=True)
class Projection:
    """`months`: what is still expected of each, on top of what is known; together `expected` less what is known."""

    low: int
    expected: int
    high: int
    method: str
    based_until: date
    months: tuple[int, ...] = (0,) * 12


def project(this: Year, last: Year | None, kind: str, direction: str, *, ends: date | None = None) -> Projection | None:
    """None where nothing is known of this year. `ends`: the first day on which the meter is no longer in use."""
    if this.until is None:
        return None
    missing = _missing(this, last, ends)
    if this.known < ENOUGH_DAYS:
        return Projection(0, 0, 0, "days", this.until)
    shaped = _by_last_year(this, last, missing) or _by_season(this, kind, direction, missing)
    if shaped is None:
        return Projection(0, 0, 0, "days", this.until)
    method, rest, spread = shaped
    known = sum(amount for amount in this.days if amount != NOT_KNOWN)
    whole = _rounded(rest)
    total = sum(whole)
    low, high = round(total * (1 - spread)), round(total * (1 + spread))
    return Projection(known + low, known + total, known + high, method, this.until, tuple(by_month(this.year, whole)))


def _missing(this: Year, last: Year | None, ends: date | None) -> range | list[int]:
    first = 0 if last is not None and last.known else this.bases.index(this.bases.strip(UNKNOWN)[0])
    stop = len(this.days)
    if ends is not None and ends.year <= this.year:
        stop = place(ends) if ends.year == this.year else 0
    return [i for i in range(first, stop) if this.bases[i] == UNKNOWN]


def _by_last_year(this: Year, last: Year | None, missing: Sequence[int]) -> tuple[str, list[float], float] | None:
    if last is None or not _has_shape(last):
        return None
    both = [(i, _same_day(this, last, i)) for i, basis in enumerate(this.bases) if basis != UNKNOWN]
    both = [(i, j) for i, j in both if last.bases[j] != UNKNOWN]
    now, then = sum(this.days[i] for i, _ in both), sum(last.days[j] for _, j in both)
    if len(both) < ENOUGH_DAYS or then <= 0:
        return None
    ratio = now / then
    usual = sum(amount for amount in last.days if amount != NOT_KNOWN) / last.known
    rest = [0.0] * len(this.days)
    for i in missing:
        amount = last.days[_same_day(this, last, i)]
        rest[i] = ratio * (usual if amount == NOT_KNOWN else amount)
    return "last_year", rest, _off(this, last, both, ratio)


def _has_shape(last: Year) -> bool:
    shaped = last.bases.count(MEASURED) + last.bases.count(READ)
    return shaped >= _ENOUGH_OF_LAST_YEAR * len(last.bases)


def _same_day(this: Year, last: Year, index: int) -> int:
    """The same calendar day; 29 February is compared with the 28th."""
    leap_day = 59
    if len(this.days) > len(last.days) and index >= leap_day:
        return index - 1
    if len(this.days) < len(last.days) and index >= leap_day:
        return index + 1
    return index


def _off(this: Year, last: Year, both: Sequence[tuple[int, int]], ratio: float) -> float:
    """How far stretches of 28 days were off the comparison of all days, root mean square, as a share of it."""
    shares = []
    for start in range(0, len(both) - ENOUGH_DAYS + 1, ENOUGH_DAYS):
        part = both[start : start + ENOUGH_DAYS]
        then = sum(last.days[j] for _, j in part)
        if then > 0 and ratio > 0:
            shares.append(sum(this.days[i] for i, _ in part) / then / ratio - 1)
    if len(shares) < 2:
        return _MOST
    return min(_MOST, max(_LEAST, sqrt(sum(share * share for share in shares) / len(shares))))


def _by_season(this: Year, kind: str, direction: str, missing: Sequence[int]) -> tuple[str, list[float], float] | None:
    shares = season(kind, direction, this.year)
    known = [i for i, basis in enumerate(this.bases) if basis != UNKNOWN]
    share = sum(shares[i] for i in known)
    if share < _ENOUGH_OF_PROFILE:
        return None
    level = sum(this.days[i] for i in known) / share
    rest = [0.0] * len(this.days)
    for i in missing:
        rest[i] = level * shares[i]
    return "season", rest, min(_MOST_BY_SEASON, spread_of(kind, direction) / sqrt(share))


def _rounded(amounts: Sequence[float]) -> list[int]:
    """Whole thousandths whose sum is the rounded sum."""
    whole, reached, given = [], 0.0, 0
    for amount in amounts:
        reached += amount
        whole.append(round(reached) - given)
        given = round(reached)
    return whole


def _profile(kind: str, direction: str) -> str:
    return "feed_in" if direction == "feed_in" else kind


def spread_of(kind: str, direction: str) -> float:
    return _SPREAD.get(_profile(kind, direction), 0.20)


@lru_cache(64)
def season(kind: str, direction: str, year: int) -> tuple[float, ...]:
    """For each day of the year, its share of the year's consumption; the shares add up to 1."""
    weights = _weights(_profile(kind, direction), year)
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def _weights(profile: str, year: int) -> list[float]:
    days = 366 if isleap(year) else 365
    if profile == "electricity":
        return [-3.92e-10 * t**4 + 3.20e-7 * t**3 - 7.02e-5 * t**2 + 2.1e-3 * t + 1.24 for t in range(1, days + 1)]
    if profile in ("gas", "heat"):
        return _by_month(_DEGREE_DAYS, year)
    if profile == "feed_in":
        return _by_month(_SUN, year)
    return [1.0] * days


def _by_month(months: Sequence[float], year: int) -> list[float]:
    lengths = [monthrange(year, month)[1] for month in range(1, 13)]
    return [weight / length for weight, length in zip(months, lengths, strict=True) for _ in range(length)]

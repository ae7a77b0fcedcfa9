"""How a year is usually spread over its days, by kind: the shape a projection takes where last year's is not known.

- Electricity: the dynamisation of household load (H0) of VDEW's representative load profiles, 1999, which BDEW still
  publishes: x = -3.92e-10 t⁴ + 3.20e-7 t³ - 7.02e-5 t² + 2.1e-3 t + 1.24 for day t of the year.
- Gas and heat: degree days per month in thousandths, VDI 2067 part 1 (12/1983), table 22, as in the German heating
  cost statements.
- Feed-in: what the sun brings in Germany per month, kWh/m²; long-term means of global radiation (DWD, 1981–2010), rounded.
- Water: every day alike.
"""

from calendar import isleap, monthrange
from collections.abc import Sequence
from functools import lru_cache

_DEGREE_DAYS = (170, 150, 130, 80, 40, 40 / 3, 40 / 3, 40 / 3, 30, 80, 120, 160)
_SUN = (21, 37, 75, 119, 154, 159, 160, 136, 91, 53, 25, 17)

# How far the rest of a year may be off its profile: weather for what heats and shines, habits for the others.
_SPREAD = {"electricity": 0.10, "gas": 0.20, "heat": 0.20, "water": 0.10, "feed_in": 0.15}


def _profile(kind: str, direction: str) -> str:
    return "feed_in" if direction == "feed_in" else kind


def spread_of(kind: str, direction: str) -> float:
    return _SPREAD.get(_profile(kind, direction), 0.20)


@lru_cache(64)
def season(kind: str, direction: str, year: int) -> tuple[float, ...]:
    """The share of each day of the year; together 1."""
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

"""What hangs in the cellars of the demo merchant's customers, and how it has counted: figures that go with the seasons."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from kontor_standalone.demo.shop import SHOP

_BERLIN = ZoneInfo("Europe/Berlin")
YEARS = 3
# Before the smart meter: whose customer logs in.
EXCHANGED = "1ESY1160004711"
SMART = "1EMH0012345678"
WATER = "8SEN0106553312"
_MONTHS_OF_THE_SMART_METER = 4


@dataclass(frozen=True)
class Counter:
    """A register. `yearly` in its unit; `season` from -1 (all in summer) to 1 (all in winter)."""

    obis: str
    unit: str
    yearly: float
    season: float = 0.0
    tariff: str = "single"
    direction: str = "consumption"
    digits_before: int = 6
    digits_after: int = 0


@dataclass(frozen=True)
class Hung:
    """A meter and where it hangs. Read on the first of every so many months."""

    number: str
    kind: str
    customer_number: str
    counters: tuple[Counter, ...]
    label: str = ""
    detail: str = ""
    every: int = 1


def _water(yearly: float, obis: str = "8-0:1.0.0") -> tuple[Counter, ...]:
    return (Counter(obis, "m3", yearly, 0.05, digits_before=5, digits_after=3),)


_FLATS = [f"{floor}, {side}" for floor in ("EG", "1. OG", "2. OG", "3. OG") for side in ("links", "Mitte", "rechts")]


def _given() -> Iterator[Hung]:
    for meter in SHOP["meters"]:
        yield Hung(**{**meter, "counters": tuple(Counter(**counter) for counter in meter["counters"])})


def _flats() -> Iterator[Hung]:
    """Twelve flats with cold water, warm water and heat each. With what all of them share: forty meters."""
    for number, flat in enumerate(_FLATS, 1):
        people = 1 + number % 4
        yield Hung(f"KW-{2400 + number}", "water", "20102", _water(34.0 * people), "Kaltwasser", flat, 6)
        yield Hung(
            f"WW-{2400 + number}", "water", "20102", _water(14.0 * people, obis="9-0:1.0.0"), "Warmwasser", flat, 6
        )
        heat = Counter("6-0:1.0.0", "kWh", 2600 + 420 * people, 0.95)
        yield Hung(f"WMZ-{2400 + number}", "heat", "20102", (heat,), "Heizung", flat, 6)


HUNG: list[Hung] = [*_given(), *_flats()]


def today_there() -> date:
    """The merchant's date."""
    return datetime.now(_BERLIN).date()


def first_day(today: date) -> date:
    return date(today.year - YEARS, 1, 1)


def exchanged_on(today: date) -> date:
    """The first of a month, so that the old meter's last monthly reading is the day before it went."""
    months = today.year * 12 + today.month - 1 - _MONTHS_OF_THE_SMART_METER
    return date(months // 12, months % 12 + 1, 1)


def as_handed_in(hung: Hung, today: date) -> dict[str, Any]:
    """What an ERP says of the meter."""
    return {
        "external_id": f"demo-{hung.number}", "number": hung.number, "kind": hung.kind, "label": hung.label,
        "customer_number": hung.customer_number, "in_use_from": first_day(today).isoformat(),
        "place": SHOP["places"][hung.customer_number] | {"detail": hung.detail},
        "registers": [_register(counter, today) for counter in hung.counters],
    }  # fmt: skip


# Brennwert in kWh/m³ and Zustandszahl by year, the oldest first.
_GAS_YEARS = (("11.212", "0.9652"), ("11.298", "0.9652"), ("11.341", "0.9652"), ("11.276", "0.9652"))


def _register(counter: Counter, today: date) -> dict[str, Any]:
    found: dict[str, Any] = {
        "obis": counter.obis, "unit": counter.unit, "tariff": counter.tariff, "direction": counter.direction,
        "digits_before": counter.digits_before, "digits_after": counter.digits_after,
    }  # fmt: skip
    if counter.obis.startswith("7-"):
        found["gas_periods"] = [
            {"valid_from": date(first_day(today).year + year, 1, 1).isoformat(), "calorific_value": value, "state_number": state}
            for year, (value, state) in enumerate(_GAS_YEARS)
        ]  # fmt: skip
    return found


def readings(hung: Hung, today: date) -> list[dict[str, str]]:
    """On the first of every so many months until today, or until it was exchanged."""
    until = exchanged_on(today) - timedelta(days=1) if hung.number == EXCHANGED else today
    return [
        {
            "meter": hung.number, "obis": counter.obis, "value": value, "taken_at": day.isoformat(),
            "external_id": f"demo-{hung.number}-{counter.obis}-{day}",
        }
        for counter in hung.counters
        for day, value in _counted(hung, counter, first_day(today), until)
        if day.day == 1 and (day.month - 1) % hung.every == 0
    ]  # fmt: skip


def doubtful(today: date) -> dict[str, str]:
    """A slip of the pen: so much warm water nobody uses. Waits for the merchant's staff."""
    return {
        "meter": "WW-2407", "obis": "9-0:1.0.0", "value": too_much("WW-2407", today), "taken_at": today.isoformat(),
        "external_id": "demo-slip",
    }  # fmt: skip


def too_much(number: str, today: date) -> str:
    """What nobody uses in a year, on top of what the meter shows."""
    hung = next(one for one in HUNG if one.number == number)
    *_, (_, value) = _counted(hung, hung.counters[0], first_day(today), today)
    return f"{float(value) + 900:.3f}"


def last_value(hung: Hung, today: date) -> str:
    """What the first register of an exchanged meter showed when it went."""
    *_, (_, value) = _counted(hung, hung.counters[0], first_day(today), exchanged_on(today))
    return value


def _counted(hung: Hung, counter: Counter, start: date, until: date) -> Iterator[tuple[date, str]]:
    """Every day with what the meter shows at its beginning; the same at each start."""
    chance = Random(f"{hung.number}{counter.obis}")  # noqa: S311 - the same figures at each start are the point
    shown = chance.uniform(0, 10 ** min(counter.digits_before - 2, 4))
    day = start
    while day <= until:
        yield day, f"{math.floor(shown * 10**counter.digits_after) / 10**counter.digits_after:.{counter.digits_after}f}"
        winter = math.cos(2 * math.pi * (day.timetuple().tm_yday - 15) / 365)
        # From year to year a little less: what people save.
        trend = 1 - 0.03 * (day.year - start.year)
        shown += counter.yearly / 365 * (1 + counter.season * winter) * trend * chance.uniform(0.85, 1.15)
        day += timedelta(days=1)


def quarters(today: date) -> dict[str, Any]:
    """What the smart meter of a shop sent, from its first day until this morning."""
    chance = Random(SMART)  # noqa: S311
    start, end = (_midnight(day) for day in (exchanged_on(today), today))
    values = []
    moment = start
    while moment < end:
        values.append(f"{_quarter(moment.astimezone(_BERLIN), chance):.3f}")
        moment += timedelta(minutes=15)
    return {"meter": SMART, "obis": "1-0:1.8.0", "start": start.isoformat(), "step_minutes": 15, "values": values}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _BERLIN).astimezone(UTC)


def _quarter(local: datetime, chance: Random) -> float:
    """kWh: what stands by, and what a shop needs from half past eight to half past six, on Saturdays until two."""
    hour = local.hour + local.minute / 60
    closes = {5: 14.0, 6: 0.0}.get(local.weekday(), 18.5)
    return chance.uniform(0.03, 0.07) + (chance.uniform(0.25, 0.5) if 8.5 <= hour < closes else 0.0)

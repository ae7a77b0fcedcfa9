"""What makes a meter's data right; pure."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID, uuid5

from kontor_meters.models import Register
from kontor_service.errors import FieldError
from kontor_service.i18n import N_

UNITS = {"electricity": ("kWh", "MWh"), "gas": ("m3", "kWh"), "water": ("m3",), "heat": ("kWh", "MWh", "GJ", "m3")}
# More than this many units of its own a register does not count: sums in thousandths of a kWh would not hold it.
_MOST = Decimal(10) ** 13
_LARGE = {"MWh": 1000, "GJ": 278}
# Value group A of an OBIS code (IEC 62056-61): what is metered.
_MEDIA = {"electricity": {1}, "gas": {7}, "water": {8, 9}, "heat": {4, 5, 6}}
# Value group C of electricity: active energy drawn and delivered.
_DIRECTIONS = {"consumption": 1, "feed_in": 2}
_OBIS = re.compile(r"(?:(\d{1,3})-(\d{1,3}):)?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:\*(\d{1,3}))?", re.ASCII)


class Obis(NamedTuple):
    """The value groups; -1 where one is left out."""

    a: int
    b: int
    c: int
    d: int
    e: int
    f: int


def series_of(point_id: UUID, direction: str, tariff: str) -> UUID:
    """The line of registers over every exchange of the meter."""
    return uuid5(point_id, f"{direction}:{tariff}")


def obis(code: str) -> Obis | None:
    """A-B:C.D.E*F, where A-B, E and F may be left out (1.8.0); None for anything else."""
    found = _OBIS.fullmatch(code)
    if found is None:
        return None
    groups = [int(part) if part is not None else -1 for part in found.groups()]
    return Obis(*groups) if max(groups) <= 255 else None


def market_location_is_valid(code: str) -> bool:
    """Eleven digits, the first not 0, the last a check digit (BDEW: odd places once, even places twice, up to the next ten)."""
    if re.fullmatch(r"[1-9]\d{10}", code, re.ASCII) is None:
        return False
    digits = [int(digit) for digit in code]
    weighed = sum(digits[0:10:2]) + 2 * sum(digits[1:10:2])
    return (10 - weighed % 10) % 10 == digits[10]


def problems(kind: str, market_location_id: str, registers: Sequence[Register]) -> Iterator[FieldError]:
    """Everything that is wrong, each with its field."""
    if market_location_id and not market_location_is_valid(market_location_id):
        yield _error("market_location_id", "check_digit", N_("Eleven digits, the last of which is a check digit."))
    if not registers:
        yield _error("registers", "missing", N_("A meter has at least one register."))
    seen: set[tuple[str, str]] = set()
    for index, register in enumerate(registers):
        field = f"registers[{index}]"
        yield from _register_problems(field, kind, register)
        line = (register.direction, register.tariff)
        if line in seen:
            yield _error(f"{field}.tariff", "duplicate", N_("Two registers have the same direction and tariff."))
        seen.add(line)


def _register_problems(field: str, kind: str, register: Register) -> Iterator[FieldError]:
    units = UNITS[kind]
    if register.unit not in units:
        counted = N_("This kind of meter is counted in %(units)s.")
        yield _error(f"{field}.unit", "unit", counted, units=", ".join(units))
    if register.obis:
        yield from _obis_problems(f"{field}.obis", kind, register)
    if Decimal(10) ** register.digits_before * register.factor * _LARGE.get(register.unit, 1) > _MOST:
        yield _error(f"{field}.factor", "too_much", N_("Digits and factor together are beyond what can be summed."))
    gas_from = [period["valid_from"] for period in register.gas_periods]
    if gas_from and kind != "gas":
        yield _error(f"{field}.gas_periods", "not_gas", N_("Only gas has a calorific value."))
    if len(set(gas_from)) < len(gas_from):
        yield _error(f"{field}.gas_periods", "duplicate", N_("Two periods begin on the same day."))


def _obis_problems(field: str, kind: str, register: Register) -> Iterator[FieldError]:
    code = obis(register.obis)
    if code is None:
        yield _error(field, "obis", N_("An OBIS code looks like 1-0:1.8.0."))
    elif code.a not in _MEDIA[kind] | {-1}:
        yield _error(field, "obis_kind", N_("This OBIS code is one of another kind of meter."))
    elif kind == "electricity" and code.c in _DIRECTIONS.values() and code.c != _DIRECTIONS[register.direction]:
        yield _error(field, "obis_direction", N_("The OBIS code says the other direction."))


def _error(field: str, code: str, message: str, **params: str) -> FieldError:
    return {"field": field, "code": code, "message": message, "params": params}

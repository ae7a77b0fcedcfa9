"""From what a system writes to whole millionths of a register's unit. Pure.

Whole numbers instead of NUMERIC: a row of the table is as wide either way, and sums are exact without a thought of scales.
Six decimals are what meters send at most (a load profile through a transformer in MWh).
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode

PARTS = 1_000_000
# In a quarter hour; beyond it the number is not believed. In kWh that is a power of 1 GW.
MOST = {"kWh": 250_000, "MWh": 250, "GJ": 1_000, "m3": 100_000}
# What senders state values in instead: its worth in the register's unit.
_WORTH = {
    ("Wh", "kWh"): Decimal("0.001"),
    ("Wh", "MWh"): Decimal("0.000001"),
    ("MWh", "kWh"): Decimal(1000),
    ("kWh", "MWh"): Decimal("0.001"),
    ("GJ", "MJ"): Decimal(1000),
    ("MJ", "GJ"): Decimal("0.001"),
    ("l", "m3"): Decimal("0.001"),
}
_SPELLINGS = {"m³": "m3", "kwh": "kWh", "wh": "Wh", "mwh": "MWh", "gj": "GJ", "mj": "MJ"}

# Below zero: what is no quantity, and why.
GAP, NOT_A_NUMBER, NEGATIVE, TOO_HIGH, TOO_FINE = -1, -2, -3, -4, -5
CODES = {
    NOT_A_NUMBER: FindingCode.NOT_A_NUMBER,
    NEGATIVE: LineCode.NEGATIVE,
    TOO_HIGH: LineCode.TOO_HIGH,
    TOO_FINE: LineCode.TOO_MANY_DECIMALS,
}

_NUMBER = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,12})?(e-?[0-9]{1,2})?", re.ASCII)
_TYPES = {str, int, float, type(None)}


class Quantities(dict[Any, int]):
    """Remembers what it has read: the values of quarter hours repeat."""

    def __init__(self, unit: str, worth: Decimal = Decimal(1)) -> None:
        self._most = MOST[unit] * PARTS
        self._worth = worth * PARTS

    def __missing__(self, written: Any) -> int:
        found = self._read(written)
        if len(self) < 100_000:
            self[written] = found
        return found

    def read(self, written: Sequence[Any]) -> list[int]:
        """Millionths, or one of the codes below zero."""
        if set(map(type, written)) <= _TYPES:
            return [self[value] for value in written]
        # true equals 1 and would be taken for it.
        return [self[value] if type(value) in _TYPES else NOT_A_NUMBER for value in written]

    def _read(self, written: Any) -> int:
        if written is None:
            return GAP
        text = written.strip() if isinstance(written, str) else repr(written)
        if _NUMBER.fullmatch(text) is None:
            return NOT_A_NUMBER
        parts = Decimal(text.replace(",", ".")) * self._worth
        if parts < 0:
            return NEGATIVE
        if parts > self._most:
            return TOO_HIGH
        return int(parts) if parts == int(parts) else TOO_FINE


def worth(sent_in: str, unit: str) -> Decimal | None:
    """One of the sender's unit in the register's; None where they do not measure the same."""
    spelled = _SPELLINGS.get(sent_in, _SPELLINGS.get(sent_in.lower(), sent_in))
    return Decimal(1) if spelled in ("", unit) else _WORTH.get((spelled, unit))


def decimal_of(parts: int) -> str:
    """Millionths as a plain decimal: 250000 → 0.25"""
    whole, rest = divmod(parts, PARTS)
    return f"{whole}.{rest:06d}".rstrip("0").rstrip(".")

"""A series as it stands in the tables: its registers with readings and daily sums, and who had it when."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.consumption.counting import GasPeriod, Measure
from kontor_meters.consumption.days import Line, Measured
from kontor_meters.consumption.holders import Holder, Taken, Tenures
from kontor_meters.readings.plausibility import Face, Point, most_per_day, spans_of

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Series:
    """Registers by the time their meters came into use; the last one's meter hangs there now."""

    id: UUID
    point_id: UUID
    meter_id: UUID
    kind: str
    obis: str
    direction: str
    tariff: str
    unit: str
    # By the books, now.
    customer_id: Holder
    ends: date | None
    lines: Sequence[Line]


_REGISTERS = """
SELECT r.*, m.kind, m.point_id, m.customer_id, m.in_use_to
FROM register r JOIN meter m ON m.id = r.meter_id
WHERE r.series_id = :series AND NOT m.deleted ORDER BY m.in_use_from, m.id
"""
_READINGS = """
SELECT register_id, taken_at, value, source, reason, customer_id
FROM reading WHERE series_id = :series AND state = 'valid' ORDER BY taken_at
"""
_SUMS = """
SELECT register_id, day, total, count AS quarters FROM interval_day
WHERE register_id = ANY(:registers) AND day BETWEEN :first AND :last
"""


async def load_readings(session: AsyncSession, series_id: UUID) -> dict[UUID, list[Taken]]:
    """The readings that count, by register, in the order of time."""
    found: dict[UUID, list[Taken]] = defaultdict(list)
    for row in await session.execute(text(_READINGS), {"series": series_id}):
        taken = Taken(row.taken_at, row.value, row.source == "estimate", row.reason, row.customer_id)
        found[row.register_id].append(taken)
    return found


async def load_sums(
    session: AsyncSession, registers: Sequence[UUID], first: date, last: date
) -> dict[UUID, dict[date, Measured]]:
    found: dict[UUID, dict[date, Measured]] = defaultdict(dict)
    values = {"registers": list(registers), "first": first, "last": last}
    for row in await session.execute(text(_SUMS), values):
        found[row.register_id][row.day] = Measured(Fraction(row.total, _MILLION), row.quarters)
    return found


async def load_registers(session: AsyncSession, series_id: UUID) -> Sequence[Any]:
    return (await session.execute(text(_REGISTERS), {"series": series_id})).all()


def series_of(rows: Sequence[Any], readings: dict[UUID, list[Taken]], sums: dict[UUID, dict[date, Measured]]) -> Series:
    """`rows` as load_registers gives them; at least one."""
    now = rows[-1]
    # After an exchange the gas is the same gas.
    known: list[dict[str, str]] = next((row.gas_periods for row in reversed(rows) if row.gas_periods), [])
    spans = [span for taken in readings.values() for span in spans_of([Point(r.at, r.value) for r in taken])]
    lines = []
    for row in rows:
        face = Face(row.kind, row.unit, row.digits_before, row.digits_after)
        most = most_per_day(face, spans)
        lines.append(Line(_measure(row, known), face, most, readings.get(row.id, []), sums.get(row.id, {})))
    return Series(
        now.series_id, now.point_id, now.meter_id, now.kind, now.obis, now.direction, now.tariff,
        lines[-1].measure.stated_in, now.customer_id, now.in_use_to, lines,
    )  # fmt: skip


def _measure(row: Any, periods: list[dict[str, str]]) -> Measure:
    gas = tuple(
        GasPeriod(date.fromisoformat(p["valid_from"]), Decimal(p["calorific_value"]), Decimal(p["state_number"]))
        for p in row.gas_periods or (periods if row.unit == "m3" else ())
    )
    return Measure(row.unit, row.factor, gas)


_TENURES = "SELECT since, customer_id FROM tenure WHERE series_id = :series ORDER BY since"
_NEW_TENURE = """
INSERT INTO tenure (merchant_id, series_id, since, customer_id) VALUES (:merchant, :series, :since, :customer)
ON CONFLICT (series_id, since) DO UPDATE SET customer_id = excluded.customer_id
"""


async def tenures_of(
    session: AsyncSession, merchant_id: UUID, series_id: UUID, customer: Holder, today: date
) -> Tenures:
    """Who had it by the books. A customer who is new there begins today; one who was only not known yet began when they
    came into it.
    """
    known = [(row.since, row.customer_id) for row in await session.execute(text(_TENURES), {"series": series_id})]
    if not known or known[-1][1] != customer:
        since = date.min if not known else today if known[-1][1] is not None else known[-1][0]
        values = {"merchant": merchant_id, "series": series_id, "since": since, "customer": customer}
        await session.execute(text(_NEW_TENURE), values)
        known = [*(tenure for tenure in known if tenure[0] != since), (since, customer)]
    return Tenures(known)

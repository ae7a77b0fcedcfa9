"""Series as they stand in the tables: their registers with readings and daily sums, and who had them when.

Everything is asked for many series at once: a round trip for each would be most of the time of summing.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.consumption.days import GasPeriod, Line, Measure, Measured
from kontor_meters.consumption.holders import CountedReading, Holder, Tenures
from kontor_meters.readings.plausibility import Face, Point, most_per_day, spans_of

Sums = Mapping[UUID, Mapping[date, Measured]]


@dataclass(frozen=True, slots=True)
class Window:
    """The days that may have changed, both included."""

    first: date
    last: date

    def years(self) -> range:
        return range(self.first.year, self.last.year + 1)


@dataclass(frozen=True, slots=True)
class Series:
    """Registers by the time their meters came into use; the last one's meter hangs there now."""

    id: UUID
    registers: Sequence[Any]
    # By register.
    readings: Mapping[UUID, Sequence[CountedReading]]
    tenures: Sequence[tuple[date, Holder]]

    @property
    def now(self) -> Any:
        """The last register, with kind, point_id, meter_id, customer_id and in_use_to of its meter."""
        return self.registers[-1]

    @property
    def unit(self) -> str:
        return self._measure(self.now).stated_in

    def lines(self, sums: Sums) -> list[Line]:
        spans = [span for taken in self.readings.values() for span in spans_of([Point(r.at, r.value) for r in taken])]
        return [self._line(row, spans, sums) for row in self.registers]

    def _line(self, row: Any, spans: Sequence[Any], sums: Sums) -> Line:
        face = Face(row.kind, row.unit, row.digits_before, row.digits_after)
        taken = self.readings.get(row.id, ())
        return Line(self._measure(row), face, most_per_day(face, spans), taken, sums.get(row.id, {}))

    def _measure(self, row: Any) -> Measure:
        # After an exchange the gas is the same gas.
        known: list[dict[str, str]] = next((r.gas_periods for r in reversed(self.registers) if r.gas_periods), [])
        periods = row.gas_periods or (known if row.unit == "m3" else [])
        return Measure(row.unit, row.factor, tuple(_period(period) for period in periods))


def _period(period: dict[str, str]) -> GasPeriod:
    valid_from = date.fromisoformat(period["valid_from"])
    return GasPeriod(valid_from, Decimal(period["calorific_value"]), Decimal(period["state_number"]))


_REGISTERS = """
SELECT r.*, m.kind, m.point_id, m.customer_id, m.in_use_to
FROM register r JOIN meter m ON m.id = r.meter_id
WHERE r.series_id = ANY(:series) AND NOT m.deleted ORDER BY m.in_use_from, m.id
"""
_READINGS = """
SELECT series_id, register_id, taken_at, value, source, reason, customer_id
FROM reading WHERE series_id = ANY(:series) AND state = 'valid' ORDER BY taken_at
"""
_TENURES = "SELECT series_id, since, customer_id FROM tenure WHERE series_id = ANY(:series) ORDER BY since"


async def load(session: AsyncSession, wanted: Collection[UUID]) -> dict[UUID, Series]:
    """Without those that no meter has any more."""
    registers = await _by_series(session, _REGISTERS, wanted)
    readings = await _by_series(session, _READINGS, wanted)
    tenures = await _by_series(session, _TENURES, wanted)
    return {
        series_id: Series(
            series_id, rows, _by_register(readings[series_id]), [(t.since, t.customer_id) for t in tenures[series_id]]
        )
        for series_id, rows in registers.items()
    }


async def _by_series(session: AsyncSession, query: str, wanted: Collection[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in await session.execute(text(query), {"series": list(wanted)}):
        found[row.series_id].append(row)
    return found


def _by_register(rows: Iterable[Any]) -> dict[UUID, list[CountedReading]]:
    found: dict[UUID, list[CountedReading]] = defaultdict(list)
    for row in rows:
        taken = CountedReading(row.taken_at, row.value, row.source == "estimate", row.reason, row.customer_id)
        found[row.register_id].append(taken)
    return found


_SUMS = """
SELECT d.register_id, d.day, d.total, d.count AS quarters
FROM unnest(CAST(:registers AS uuid[]), CAST(:first AS date[]), CAST(:last AS date[])) AS w (register_id, first, last)
JOIN interval_day d ON d.register_id = w.register_id AND d.day BETWEEN w.first AND w.last
"""


async def load_sums(session: AsyncSession, wanted: Collection[tuple[UUID, Window]]) -> Sums:
    """The daily sums of registers, each in its window."""
    found: dict[UUID, dict[date, Measured]] = defaultdict(dict)
    values = {
        "registers": [register for register, _window in wanted],
        "first": [window.first for _register, window in wanted],
        "last": [window.last for _register, window in wanted],
    }
    for row in await session.execute(text(_SUMS), values):
        found[row.register_id][row.day] = Measured(row.total, row.quarters)
    return found


_NEW_TENURE = """
INSERT INTO tenure (merchant_id, series_id, since, customer_id) VALUES (:merchant, :series, :since, :customer)
ON CONFLICT (series_id, since) DO UPDATE SET customer_id = excluded.customer_id
"""


async def tenures_of(session: AsyncSession, merchant_id: UUID, series: Series, today: date) -> Tenures:
    """Who had it by the books. A customer who is new there begins today; one who was only not known yet began when they
    came into it.
    """
    known, customer = list(series.tenures), series.now.customer_id
    if not known or known[-1][1] != customer:
        since = date.min if not known else today if known[-1][1] is not None else known[-1][0]
        values = {"merchant": merchant_id, "series": series.id, "since": since, "customer": customer}
        await session.execute(text(_NEW_TENURE), values)
        known = [*(tenure for tenure in known if tenure[0] != since), (since, customer)]
    return Tenures(known)

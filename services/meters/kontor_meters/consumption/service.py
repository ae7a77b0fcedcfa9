"""Rewriting what a series used, where something changed. Call with the series locked (jobs.py)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus import record
from kontor_meters.consumption.days import Days, days_of
from kontor_meters.consumption.events import consumption_state
from kontor_meters.consumption.holders import Holder, Taken
from kontor_meters.consumption.models import Consumption
from kontor_meters.consumption.projection import project
from kontor_meters.consumption.series import Series, load_readings, load_registers, load_sums, series_of, tenures_of
from kontor_meters.consumption.years import Year, empty, months, with_days
from kontor_meters.models import Merchant

Key = tuple[int, Holder]


@dataclass(frozen=True, slots=True)
class Window:
    """The days that may have changed, both included."""

    first: date
    last: date

    def years(self) -> range:
        return range(self.first.year, self.last.year + 1)


_ALWAYS = Window(date(1970, 1, 1), date(2199, 12, 31))


def consumption_id(series_id: UUID, year: int, customer_id: UUID | None) -> UUID:
    return uuid5(series_id, f"{year}:{customer_id or ''}")


async def rewrite(session: AsyncSession, merchant_id: UUID, series_id: UUID, window: Window, now: datetime) -> None:
    """Brings the years of the series up to date and tells of those that are other than before.

    Days outside of the window stay as they are, unless the unit changed with the first calorific value.
    """
    registers = await load_registers(session, series_id)
    rows = {(row.year, row.customer_id): row for row in await _rows(session, series_id)}
    if not registers:
        for row in rows.values():
            _store(session, row, {"deleted": True, "projection": None})
        return
    zone = await _zone(session, merchant_id)
    today = now.astimezone(zone).date()
    readings = await load_readings(session, series_id)
    series = series_of(registers, readings, {})
    if any(row.unit != series.unit for row in rows.values()):
        window = _ALWAYS
    window = _widened(window, readings.values(), zone)
    sums = await load_sums(session, [row.id for row in registers], window.first, window.last)
    series = series_of(registers, readings, sums)
    tenures = await tenures_of(session, merchant_id, series_id, series.customer_id, today)
    years = _years(rows, days_of(series.lines, zone, tenures, window.first, window.last), window)
    for key, year in years.items():
        state = _state(series, key, years, today)
        if key in rows:
            _store(session, rows[key], state)
        elif year.known:
            _add(session, merchant_id, series_id, key, state)


async def _rows(session: AsyncSession, series_id: UUID) -> Iterable[Consumption]:
    return await session.exec(select(Consumption).where(Consumption.series_id == series_id).with_for_update())


async def _zone(session: AsyncSession, merchant_id: UUID) -> ZoneInfo:
    merchant = await session.get(Merchant, merchant_id)
    return ZoneInfo(merchant.time_zone if merchant else "Europe/Berlin")


def _widened(window: Window, registers: Iterable[Sequence[Taken]], zone: ZoneInfo) -> Window:
    """A reading changes all days up to the readings beside it."""
    first, last = window.first, window.last
    for readings in registers:
        days = [reading.at.astimezone(zone).date() for reading in readings]
        first = min(first, max((day for day in days if day < window.first), default=first))
        last = max(last, min((day for day in days if day > window.last), default=last))
    return Window(first, last)


def _years(rows: Mapping[Key, Consumption], found: Days, window: Window) -> dict[Key, Year]:
    """All years of the series: those before as they were, with the days in the window as they are found now."""
    years = {key: Year(row.year, tuple(row.days), row.bases) for key, row in rows.items()}
    for holder, days in found.items():
        for year in {day.year for day in days if window.first <= day <= window.last}:
            years.setdefault((year, holder), empty(year))
    return {
        (number, holder): with_days(year, found.get(holder, {}), window.first, window.last)
        if number in window.years()
        else year
        for (number, holder), year in years.items()
    }


def _state(series: Series, key: Key, years: Mapping[Key, Year], today: date) -> dict[str, Any]:
    number, holder = key
    year = years[key]
    return {
        "deleted": not year.known,
        "customer_id": holder,
        "year": number,
        "point_id": series.point_id,
        "meter_id": series.meter_id,
        "kind": series.kind,
        "obis": series.obis,
        "direction": series.direction,
        "tariff": series.tariff,
        "unit": series.unit,
        "days": list(year.days),
        "bases": year.bases,
        "months": months(year),
        "projection": _projection(series, key, years) if number == today.year else None,
    }


def _projection(series: Series, key: Key, years: Mapping[Key, Year]) -> dict[str, Any] | None:
    number, holder = key
    if holder != series.customer_id:
        return None
    found = project(years[key], years.get((number - 1, holder)), series.kind, series.direction, ends=series.ends)
    if found is None:
        return None
    return asdict(found) | {"based_until": found.based_until.isoformat(), "months": list(found.months)}


def _add(session: AsyncSession, merchant_id: UUID, series_id: UUID, key: Key, state: dict[str, Any]) -> None:
    number, holder = key
    row = Consumption(
        id=consumption_id(series_id, number, holder), merchant_id=merchant_id, series_id=series_id, **state
    )
    session.add(row)
    record(session, pb.ConsumptionChanged(consumption=consumption_state(row)), merchant_id=merchant_id)


def _store(session: AsyncSession, row: Consumption, state: dict[str, Any]) -> None:
    """The version grows only with the content."""
    if all(getattr(row, name) == value for name, value in state.items()):
        return
    row.sqlmodel_update(state)
    row.touch()
    record(session, pb.ConsumptionChanged(consumption=consumption_state(row)), merchant_id=row.merchant_id)

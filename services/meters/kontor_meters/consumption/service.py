"""Rewriting what a series used, where something changed. Call with the series locked (jobs.py)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus import record
from kontor_meters.consumption.days import Days, days_of
from kontor_meters.consumption.holders import CountedReading, Holder
from kontor_meters.consumption.models import Consumption
from kontor_meters.consumption.projection import project
from kontor_meters.consumption.series import Series, Window, load, load_sums, tenures_of
from kontor_meters.consumption.years import Year, empty, months, with_days
from kontor_meters.copies import zone_of
from kontor_service.events import state_of

Key = tuple[int, Holder]


_ALWAYS = Window(date(1970, 1, 1), date(2199, 12, 31))


def consumption_id(series_id: UUID, year: int, customer_id: UUID | None) -> UUID:
    return uuid5(series_id, f"{year}:{customer_id or ''}")


async def rewrite(session: AsyncSession, merchant_id: UUID, windows: Mapping[UUID, Window], now: datetime) -> None:
    """Brings the years of these series up to date and tells of those that are other than before.

    Days outside of a series' window stay as they are, unless its unit changed with the first calorific value.
    """
    zone = await zone_of(session, merchant_id)
    today = now.astimezone(zone).date()
    rows = await _rows(session, windows)
    found = await load(session, windows)
    wide = {series.id: _window(series, windows[series.id], rows[series.id], zone) for series in found.values()}
    sums = await load_sums(session, [(r.id, wide[series.id]) for series in found.values() for r in series.registers])
    for series in found.values():
        tenures = await tenures_of(session, merchant_id, series, today)
        window = wide[series.id]
        days = days_of(series.lines(sums), zone, tenures, window.first, window.last)
        years = _years(rows[series.id], days, window)
        for key, year in years.items():
            state = _state(series, key, years, today)
            if key in rows[series.id]:
                _store(session, rows[series.id][key], state)
            elif year.known:
                own = consumption_id(series.id, *key)
                row = Consumption(id=own, merchant_id=merchant_id, series_id=series.id, **state)
                session.add(row)
                record(session, pb.ConsumptionChanged(consumption=state_of(pb.Consumption, row)))
    for row in (row for series_id in windows.keys() - found.keys() for row in rows[series_id].values()):
        _store(session, row, {"deleted": True, "projection": None})


async def _rows(session: AsyncSession, wanted: Collection[UUID]) -> dict[UUID, dict[Key, Consumption]]:
    query = select(Consumption).where(col(Consumption.series_id).in_(wanted)).order_by(col(Consumption.id))
    found: dict[UUID, dict[Key, Consumption]] = defaultdict(dict)
    for row in await session.exec(query.with_for_update()):
        found[row.series_id][row.year, row.customer_id] = row
    return found


def _window(series: Series, window: Window, rows: Mapping[Key, Consumption], zone: ZoneInfo) -> Window:
    unit = series.unit
    if any(row.unit != unit for row in rows.values()):
        return _ALWAYS
    return _widened(window, series.readings.values(), zone)


def _widened(window: Window, registers: Iterable[Sequence[CountedReading]], zone: ZoneInfo) -> Window:
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
    carried = ("point_id", "meter_id", "kind", "obis", "direction", "tariff")
    return {name: getattr(series.now, name) for name in carried} | {
        "deleted": not year.known,
        "customer_id": holder,
        "year": number,
        "unit": series.unit,
        "days": list(year.days),
        "bases": year.bases,
        "months": months(year),
        "projection": _projection(series, key, years) if number == today.year else None,
    }


def _projection(series: Series, key: Key, years: Mapping[Key, Year]) -> dict[str, Any] | None:
    number, holder = key
    now = series.now
    if holder != now.customer_id:
        return None
    found = project(years[key], years.get((number - 1, holder)), now.kind, now.direction, ends=now.in_use_to)
    if found is None:
        return None
    return asdict(found) | {"based_until": found.based_until.isoformat(), "months": list(found.months)}


def _store(session: AsyncSession, row: Consumption, state: dict[str, Any]) -> None:
    """The version grows only with the content."""
    if all(getattr(row, name) == value for name, value in state.items()):
        return
    row.sqlmodel_update(state)
    row.touch()
    record(session, pb.ConsumptionChanged(consumption=state_of(pb.Consumption, row)))

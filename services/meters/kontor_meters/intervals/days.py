"""The quarter hours of one day of a series."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from sqlalchemy import text
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.copies import zone_of
from kontor_meters.intervals.quantities import decimal_of
from kontor_meters.intervals.rules import STEP
from kontor_meters.models import Register
from kontor_meters.times import start_of
from kontor_service.database import Database
from kontor_service.errors import NotFound
from kontor_service.i18n import N_
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/series", tags=["series"])
Reader = Annotated[Principal, Depends(require("service", "meters:read"))]

_VALUES = text("""
SELECT starts_at, sum(value)::bigint AS value FROM interval_value
WHERE register_id = ANY (:registers) AND starts_at >= :first AND starts_at < :last GROUP BY starts_at
""")


SeriesNotFound = NotFound.named("series_not_found", N_("There is no such series."))


@router.get("/{series_id}/days/{day}")
async def day_of_series(request: Request, series_id: UUID, day: date, caller: Reader) -> dict[str, Any]:
    """`values` in their order from the day's first quarter hour at the merchant: 96, 92 or 100; null where none is known."""
    db: Database = request.app.state.db
    async with db.transaction(caller.merchant) as session:
        zone = await zone_of(session, caller.merchant)
        registers = list(await session.exec(select(Register).where(Register.series_id == series_id)))
        if not registers:
            raise SeriesNotFound
        first, last = start_of(day, zone), start_of(day + timedelta(days=1), zone)
        known = await _values(session, [register.id for register in registers], first, last)
    starts = [first + place * STEP for place in range((last - first) // STEP)]
    return {"date": day.isoformat(), "unit": registers[0].unit, "values": [_value(at, known, zone) for at in starts]}


async def _values(session: AsyncSession, registers: list[UUID], first: datetime, last: datetime) -> dict[datetime, int]:
    """Of all registers of the series: on the day of an exchange each has its part."""
    values = {"registers": registers, "first": first, "last": last}
    rows = await (await session.connection()).execute(_VALUES, values)
    return {row.starts_at: row.value for row in rows}


def _value(at: datetime, known: dict[datetime, int], zone: ZoneInfo) -> dict[str, str] | None:
    return {"from": at.astimezone(zone).isoformat(), "value": decimal_of(known[at])} if at in known else None

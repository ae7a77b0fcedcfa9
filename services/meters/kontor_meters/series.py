"""Everything of a meter's series is to be summed anew: its customer, factor or calorific values are others now."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.consumption.changes import touched
from kontor_meters.copies.identity import time_zone
from kontor_meters.models import Meter, Register
from kontor_meters.times import day_of


async def touch_all(session: AsyncSession, meter: Meter, registers: Sequence[Register], now: datetime) -> None:
    zone = ZoneInfo(await time_zone(session, meter.merchant_id))
    last = max(meter.in_use_to or day_of(now, zone), meter.in_use_from)
    for register in registers:
        await touched(session, meter.merchant_id, register.series_id, meter.in_use_from, last)

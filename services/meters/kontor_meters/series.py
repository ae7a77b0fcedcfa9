"""Everything of a meter's series is to be summed anew: its customer, factor or calorific values are others now."""

from collections.abc import Sequence
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.consumption.changes import touched
from kontor_meters.models import Meter, Register


async def touch_all(session: AsyncSession, meter: Meter, registers: Sequence[Register], today: date) -> None:
    last = max(meter.in_use_to or today, meter.in_use_from)
    for register in registers:
        await touched(session, meter.merchant_id, register.series_id, meter.in_use_from, last)

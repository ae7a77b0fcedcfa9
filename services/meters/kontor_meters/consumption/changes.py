"""Marks left in the transaction of a change: which days of which series have to be summed anew.

A mark is one row that nobody else waits for. The job (jobs.py) takes all marks of a series together, so a hundred
changes in a moment become one new state.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.models import Meter, Register
from kontor_service.database import driver_of

_MARK = """
INSERT INTO consumption_mark (merchant_id, series_id, first_day, last_day)
SELECT $1, * FROM unnest($2::uuid[], $3::date[], $4::date[])
"""


async def mark_meter(session: AsyncSession, meter: Meter, registers: Sequence[Register], today: date) -> None:
    """Everything of a meter's series: its customer, factor or calorific values are others now."""
    last = max(meter.in_use_to or today, meter.in_use_from)
    marks = [(register.series_id, meter.in_use_from, last) for register in registers]
    await mark(await driver_of(session), meter.merchant_id, marks)


async def mark(connection: asyncpg.Connection, merchant_id: UUID, changes: Iterable[tuple[UUID, date, date]]) -> None:
    """(series, first day, last day), both included, in the merchant's zone. The merchant is set in the transaction.

    For a reading its own day is enough: the days up to the readings beside it are found by the job.
    """
    columns = tuple(zip(*changes, strict=True))
    if columns:
        await connection.execute(_MARK, merchant_id, *columns)

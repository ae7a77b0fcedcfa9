"""Marks left in the transaction of a change: which days of which series have to be summed anew.

A mark is one row that nobody else waits for. The job (jobs.py) takes all marks of a series together, so a hundred
changes in a moment become one new state.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

Touch = tuple[UUID, date, date]

_ONE = """
INSERT INTO consumption_mark (merchant_id, series_id, first_day, last_day)
VALUES (:merchant_id, :series_id, :first_day, :last_day)
"""
_MANY = """
INSERT INTO consumption_mark (merchant_id, series_id, first_day, last_day)
SELECT $1, * FROM unnest($2::uuid[], $3::date[], $4::date[])
"""


async def touched(
    connection: AsyncSession | asyncpg.Connection, merchant_id: UUID, series_id: UUID, first_day: date, last_day: date
) -> None:
    """Something changed about these days, both included, in the merchant's zone. The merchant is set in the transaction.

    For a reading its own day is enough: the days up to the readings beside it are found by the job.
    """
    if isinstance(connection, AsyncSession):
        values = {"merchant_id": merchant_id, "series_id": series_id, "first_day": first_day, "last_day": last_day}
        await connection.execute(text(_ONE), values)
    else:
        await touched_many(connection, merchant_id, [(series_id, first_day, last_day)])


async def touched_many(connection: asyncpg.Connection, merchant_id: UUID, touches: Iterable[Touch]) -> None:
    """As `touched`, for a batch: (series, first day, last day)."""
    columns = tuple(zip(*touches, strict=True))
    if columns:
        await connection.execute(_MANY, merchant_id, *columns)

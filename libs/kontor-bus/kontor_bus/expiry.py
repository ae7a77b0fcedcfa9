"""Personal data in events does not stay: the outbox keeps 14 days, the inbox 30, longer than any event lives."""

import asyncio

from kontor_bus.database import Database

OUTBOX_DAYS = 14
INBOX_DAYS = 30
_A_DAY = 24 * 3600.0
_BATCH = 10_000

_OUTBOX = """
    DELETE FROM outbox WHERE id IN (
        SELECT id FROM outbox WHERE published_at < now() - make_interval(days => $1) LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_INBOX = """
    DELETE FROM inbox WHERE ctid IN (
        SELECT ctid FROM inbox WHERE processed_at < now() - make_interval(days => $1) LIMIT $2 FOR UPDATE SKIP LOCKED)
"""


async def expire(database: Database) -> tuple[int, int]:
    """Deletes what is past its time and answers how many rows of outbox and inbox."""
    return await _expire(database, "outbox", _OUTBOX, OUTBOX_DAYS), await _expire(database, "inbox", _INBOX, INBOX_DAYS)


async def expire_daily(database: Database) -> None:
    while True:
        await expire(database)
        await asyncio.sleep(_A_DAY)


async def _expire(database: Database, table: str, statement: str, days: int) -> int:
    total = 0
    async with database.connection() as connection:
        if not await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table):
            return 0
        while True:
            # In batches, so that a long backlog holds no lock for long.
            deleted = int((await connection.execute(statement, days, _BATCH)).split()[-1])
            total += deleted
            if deleted < _BATCH:
                return total

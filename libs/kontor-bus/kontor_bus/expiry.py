"""Personal data in events does not stay: the outbox keeps 14 days, the inbox 30, longer than any event lives."""

from kontor_bus.database import Database

OUTBOX_DAYS = 14
INBOX_DAYS = 30
_BATCH = 10_000

_DELETE = """
    DELETE FROM {table} WHERE ctid IN (
        SELECT ctid FROM {table} WHERE {column} < now() - make_interval(days => $1) LIMIT $2 FOR UPDATE SKIP LOCKED)
"""


async def expire(database: Database) -> tuple[int, int]:
    """Deletes what is past its time and answers how many rows of outbox and inbox."""
    outbox = await _expire(database, "outbox", "published_at", OUTBOX_DAYS)
    return outbox, await _expire(database, "inbox", "processed_at", INBOX_DAYS)


async def _expire(database: Database, table: str, column: str, days: int) -> int:
    total, statement = 0, _DELETE.format(table=table, column=column)
    async with database.connection() as connection:
        if not await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", table):
            return 0
        while True:
            # In batches, so that a long backlog holds no lock for long.
            deleted = int((await connection.execute(statement, days, _BATCH)).split()[-1])
            total += deleted
            if deleted < _BATCH:
                return total

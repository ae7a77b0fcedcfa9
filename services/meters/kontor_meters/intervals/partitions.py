"""The months of interval_value: made ahead by a job, and on demand for what comes late.

Each in a transaction of its own: its locks are gone before anybody writes values.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from kontor_meters.intervals.rules import Block
from kontor_service.database import Database

_AHEAD = 3


class Months:
    """Which months this process knows to be there. They are never removed while it runs."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._known: set[date] = set()

    async def ensure(self, blocks: Iterable[Block]) -> None:
        """Makes what these values need. A block of a day may reach over the end of a month in UTC."""
        days = {block.starts_at.date() for block in blocks}
        days |= {day + timedelta(days=1) for day in days}
        await self._make({day.replace(day=1) for day in days})

    async def ahead(self, now: datetime) -> None:
        """This month and the next three."""
        first = now.astimezone(UTC).date().replace(day=1)
        wanted = [first]
        for _ in range(_AHEAD):
            wanted.append((wanted[-1] + timedelta(days=32)).replace(day=1))
        await self._make(set(wanted))

    async def _make(self, wanted: set[date]) -> None:
        missing = sorted(wanted - self._known)
        if not missing:
            return
        async with self._db.connection() as connection:
            for month in missing:
                await connection.fetchval("SELECT make_interval_month($1)", month)
        self._known.update(missing)

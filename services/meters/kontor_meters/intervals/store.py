"""All SQL that writes 15-minute values. In the caller's transaction, whose merchant is set.

COPY fills a stage of one row per register and day; from there the values go to their months. What meets nothing that is
there (nearly all) is written without looking further; else each value is looked up by its key. One merchant's writers
take turns, so that what was looked up still holds when it is written.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.consumption.changes import mark
from kontor_meters.intervals.rules import STEP, Block
from kontor_service.database import Database, driver_of

_LOCK_CLASS = 7_310
# Months are made so long before their values come.
_AHEAD = 3

# By key, always: what was small when it was last counted for the planner may be large now.
_TURN = """
SELECT pg_advisory_xact_lock($1, hashtext($2::text)), make_interval_stage(),
    set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)
"""
# Days first: a day without any value, as nearly all are, needs no look into its month.
_MET = """
SELECT w.register_id, w.day FROM unnest($1::uuid[], $2::date[], $3::timestamptz[], $4::timestamptz[])
    AS w (register_id, day, starts_at, ends_at)
JOIN interval_day d ON d.register_id = w.register_id AND d.day = w.day,
LATERAL (SELECT FROM interval_value v
    WHERE v.register_id = w.register_id AND v.starts_at >= w.starts_at AND v.starts_at < w.ends_at LIMIT 1) value
"""
_STAGE = ("fresh", "register_id", "day", "starts_at", "quantities", "total", "count")
_ADD_FRESH = """
INSERT INTO interval_value (merchant_id, register_id, starts_at, value)
SELECT $1, s.register_id, s.starts_at + (n - 1) * interval '15 minutes', q
FROM interval_stage s, unnest(s.quantities) WITH ORDINALITY AS u (q, n) WHERE s.fresh AND q IS NOT NULL
"""
_SUM_FRESH = """
WITH days AS (
    INSERT INTO interval_day AS d (merchant_id, register_id, day, total, count)
    SELECT $1, register_id, day, total, count FROM interval_stage WHERE fresh
    ON CONFLICT (register_id, day) DO UPDATE SET total = d.total + excluded.total, count = d.count + excluded.count
), months AS (
    SELECT register_id, date_trunc('month', day)::date AS month, sum(total) AS total, sum(count) AS count
    FROM interval_stage WHERE fresh GROUP BY 1, 2
)
INSERT INTO interval_month AS m (merchant_id, register_id, month, total, count)
SELECT $1, register_id, month, total, count FROM months ORDER BY register_id, month
ON CONFLICT (register_id, month) DO UPDATE SET total = m.total + excluded.total, count = m.count + excluded.count
"""
_CHANGE = """
WITH told AS MATERIALIZED (
    SELECT s.register_id, s.day, s.starts_at + (n - 1) * interval '15 minutes' AS starts_at, q AS value
    FROM interval_stage s, unnest(s.quantities) WITH ORDINALITY AS u (q, n) WHERE NOT s.fresh AND q IS NOT NULL
), met AS MATERIALIZED (
    SELECT t.*, o.value AS old FROM told t
    LEFT JOIN interval_value o ON o.register_id = t.register_id AND o.starts_at = t.starts_at
), added AS (
    INSERT INTO interval_value (merchant_id, register_id, starts_at, value)
    SELECT $1, register_id, starts_at, value FROM met WHERE old IS NULL
), kept AS (
    INSERT INTO interval_replaced (merchant_id, register_id, starts_at, value, batch_id)
    SELECT $1, register_id, starts_at, old, $2 FROM met WHERE old <> value AND $3
), corrected AS (
    UPDATE interval_value v SET value = m.value FROM met m
    WHERE m.old <> m.value AND $3 AND v.register_id = m.register_id AND v.starts_at = m.starts_at
), changes AS MATERIALIZED (
    SELECT register_id, day, count(*) FILTER (WHERE old IS NULL) AS added,
        count(*) FILTER (WHERE old <> value AND $3) AS corrected, count(*) AS told,
        coalesce(sum(value - coalesce(old, 0)) FILTER (WHERE old IS NULL OR $3), 0) AS delta
    FROM met GROUP BY register_id, day
), days AS (
    UPDATE interval_day d SET total = d.total + c.delta, count = d.count + c.added FROM changes c
    WHERE d.register_id = c.register_id AND d.day = c.day AND (c.added > 0 OR c.corrected > 0)
), months AS (
    UPDATE interval_month m SET total = m.total + c.delta, count = m.count + c.added
    FROM (SELECT register_id, date_trunc('month', day)::date AS month, sum(delta) AS delta, sum(added) AS added
        FROM changes GROUP BY 1, 2) c
    WHERE m.register_id = c.register_id AND m.month = c.month
)
SELECT register_id, sum(added)::bigint AS added, sum(corrected)::bigint AS corrected, sum(told)::bigint AS told,
    min(day) FILTER (WHERE added > 0 OR corrected > 0) AS first, max(day) FILTER (WHERE added > 0 OR corrected > 0) AS last
FROM changes GROUP BY register_id
"""


@dataclass(slots=True)
class Stored:
    added: int = 0
    corrected: int = 0
    duplicates: int = 0


async def store(
    session: AsyncSession,
    merchant_id: UUID,
    blocks: Sequence[Block],
    series: dict[UUID, UUID],
    batch_id: UUID,
    *,
    correct: bool = True,
) -> Stored:
    """One block at most for each register and day, its months made (Months.ensure) before.

    `series` names each register's series. Without `correct` what is there already stays as it is.
    """
    if not blocks:
        return Stored()
    connection = await driver_of(session)
    await connection.fetchrow(_TURN, _LOCK_CLASS, str(merchant_id))
    met = await _met(connection, blocks)
    ordered = sorted(blocks, key=lambda block: (block.register_id.int, block.day))
    rows = [((block.register_id, block.day) not in met, *block) for block in ordered]
    await connection.copy_records_to_table("interval_stage", schema_name="pg_temp", columns=_STAGE, records=rows)
    fresh = [block for block in ordered if (block.register_id, block.day) not in met]
    result = Stored(added=sum(block.number for block in fresh))
    spans = _Spans()
    if fresh:
        await connection.execute(_ADD_FRESH, merchant_id)
        await connection.execute(_SUM_FRESH, merchant_id)
        for block in fresh:
            spans.add(series[block.register_id], block.day, block.day)
    if met:
        for row in await connection.fetch(_CHANGE, merchant_id, batch_id, correct):
            result.added += row["added"]
            result.corrected += row["corrected"]
            result.duplicates += row["told"] - row["added"] - row["corrected"]
            if row["first"] is not None:
                spans.add(series[row["register_id"]], row["first"], row["last"])
    if spans:
        await mark(connection, merchant_id, [(key, *days) for key, days in sorted(spans.items())])
    return result


async def _met(connection: Any, blocks: Sequence[Block]) -> set[tuple[UUID, date]]:
    """Registers and days of blocks that meet values which are there already."""
    ends = [block.starts_at + len(block.quantities) * STEP for block in blocks]
    rows = await connection.fetch(
        _MET, [b.register_id for b in blocks], [b.day for b in blocks], [b.starts_at for b in blocks], ends
    )
    # asyncpg's UUID compares with and hashes like the standard one.
    return {(row["register_id"], row["day"]) for row in rows}


class _Spans(dict[UUID, tuple[date, date]]):
    def add(self, series_id: UUID, first: date, last: date) -> None:
        known = self.get(series_id, (first, last))
        self[series_id] = (min(first, known[0]), max(last, known[1]))


class Months:
    """The months of interval_value that this process knows to be there. They are never removed while it runs.

    Each is made in a transaction of its own: its locks are gone before anybody writes values.
    """

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
        wanted = [now.astimezone(UTC).date().replace(day=1)]
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

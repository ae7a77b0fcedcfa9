"""Sums follow what was marked. A kill loses nothing: marks go in the transaction that writes the new state."""

import asyncio
from datetime import date
from uuid import UUID

import structlog
from fastapi import FastAPI
from sqlalchemy import text

from kontor_meters.consumption.series import Window
from kontor_meters.consumption.service import rewrite
from kontor_service.clock import Clock
from kontor_service.database import Database

log = structlog.get_logger()

# So many series in one transaction.
_BATCH = 20
# A series is summed once nothing has marked it for so long, or this long after its first mark; seconds.
QUIET = 0.5
LONGEST = 10.0
# What could not be summed is tried again.
AGAIN_AFTER = 300.0

_READY = """
SELECT series_id FROM consumption_mark WHERE merchant_id = :merchant GROUP BY series_id
HAVING max(marked_at) <= now() - make_interval(secs => :quiet)
    OR min(marked_at) <= now() - make_interval(secs => :longest)
ORDER BY series_id LIMIT :batch
"""
# In one order, so that two processes wait for each other and do not block each other.
_LOCK = """
SELECT pg_advisory_xact_lock(hashtextextended('consumption:' || series, 0))
FROM (SELECT unnest(CAST(:series AS text[])) AS series ORDER BY 1) wanted
"""
# Another process may have been quicker: then there is nothing to take.
_TAKE = """
WITH taken AS (
    DELETE FROM consumption_mark WHERE merchant_id = :merchant AND series_id = ANY(:series)
    RETURNING series_id, first_day, last_day
)
SELECT series_id, min(first_day) AS first, max(last_day) AS last FROM taken GROUP BY series_id
"""
_LATER = "UPDATE consumption_mark SET marked_at = now() + make_interval(secs => :pause) WHERE series_id = :series"
_AGAIN = """
INSERT INTO consumption_mark (merchant_id, series_id, first_day, last_day)
SELECT merchant_id, series_id, make_date(year::int, 12, 31), make_date(year::int, 12, 31) FROM consumption
WHERE projection IS NOT NULL AND year < :running
"""


async def keep_sums(app: FastAPI) -> None:
    """Looks again soon while there are marks, and else when woken or after `jobs_every` seconds."""
    state = app.state
    ended: date | None = None

    async def work() -> None:
        nonlocal ended
        waiting = True
        while waiting:
            today = state.clock.now().date()
            if ended != today:
                await end_projections(state.db, today.year)
                ended = today
            waiting = await sum_up(state.db, state.clock)
            await asyncio.sleep(QUIET if waiting else 0)

    await state.wake.each(state.settings.jobs_every, work)


async def sum_up(db: Database, clock: Clock, *, quiet: float = QUIET, longest: float = LONGEST) -> bool:
    """Works off what is ready; whether marks were there."""
    merchants = await db.merchants("merchants_with_marks")
    for merchant_id in merchants:
        while await _some(db, clock, merchant_id, quiet, longest):
            pass
    return bool(merchants)


async def end_projections(db: Database, running: int) -> None:
    """Marks years that are over and still say what they will come to."""
    for merchant_id in await db.merchants("merchants_with_past_projections", running):
        async with db.transaction(merchant_id) as session:
            await session.execute(text(_AGAIN), {"running": running})


async def _some(db: Database, clock: Clock, merchant_id: UUID, quiet: float, longest: float) -> bool:
    """Works off a few series; False when none is ready."""
    async with db.transaction(merchant_id) as session:
        values = {"merchant": merchant_id, "quiet": quiet, "longest": longest, "batch": _BATCH}
        ready = list((await session.execute(text(_READY), values)).scalars())
    if ready:
        await _work_off(db, clock, merchant_id, ready)
    return bool(ready)


async def _work_off(db: Database, clock: Clock, merchant_id: UUID, series: list[UUID]) -> None:
    """One that cannot be summed keeps its marks, and holds up none of the others."""
    try:
        await _rewrite(db, clock, merchant_id, series)
    except Exception:
        if len(series) == 1:
            log.exception("consumption_not_summed", series_id=str(series[0]))
            async with db.transaction(merchant_id) as session:
                await session.execute(text(_LATER), {"series": series[0], "pause": AGAIN_AFTER})
            return
        for one in series:
            await _work_off(db, clock, merchant_id, [one])


async def _rewrite(db: Database, clock: Clock, merchant_id: UUID, series: list[UUID]) -> None:
    async with db.transaction(merchant_id) as session:
        await session.execute(text(_LOCK), {"series": [str(one) for one in series]})
        marks = await session.execute(text(_TAKE), {"merchant": merchant_id, "series": series})
        windows = {mark.series_id: Window(mark.first, mark.last) for mark in marks}
        await rewrite(session, merchant_id, windows, clock.now())

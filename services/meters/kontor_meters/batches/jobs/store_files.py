"""The job that stores files piece by piece.

A piece and the mark that it is done with are one transaction: a process that is killed loses at most the piece at hand,
and whoever goes on begins behind the last mark.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from fastapi import FastAPI
from sqlmodel import col, select

from kontor_meters.batches.dependencies import Dependencies
from kontor_meters.batches.files import File, file_of
from kontor_meters.batches.jobs.store_parked import give_up_parked, store_arrived
from kontor_meters.batches.models import Batch
from kontor_meters.batches.pipeline import lines, pieces
from kontor_service.database import is_temporary

log = structlog.get_logger()

# Between two events of a batch that is being stored.
_QUIET = timedelta(seconds=0.5)
_MONTHS_EVERY = timedelta(hours=6)


async def run(app: FastAPI) -> None:
    """For ever: woken by commands, and every few seconds."""
    deps: Dependencies = app.state.batches
    months_at: datetime | None = None

    async def work() -> None:
        nonlocal months_at
        now = deps.clock.now()
        if months_at is None or now - months_at > _MONTHS_EVERY:
            await deps.months.ahead(now)
            await give_up_parked(deps)
            months_at = now
        await store_files(deps)
        await store_arrived(deps)

    await deps.wake.each(app.state.settings.jobs_every, work)


async def store_files(deps: Dependencies) -> None:
    """Whatever is running, of every merchant, to its end."""
    for merchant_id in await deps.db.merchants("merchants_with_running_batches"):
        async with deps.db.transaction(merchant_id) as session:
            running = (await session.exec(select(Batch).where(Batch.state == "running").order_by(col(Batch.id)))).all()
        for batch in running:
            try:
                file = await file_of(deps, batch)
                while await _next_piece(deps, merchant_id, batch.id, file):
                    pass
            except Exception as error:
                if is_temporary(error):  # this file goes on where it was
                    raise
                # One file that cannot be stored must not hold up the others for ever.
                log.exception("batch_failed", batch_id=str(batch.id))
                await _fail(deps, merchant_id, batch.id)


async def _next_piece(deps: Dependencies, merchant_id: UUID, batch_id: UUID, file: File) -> bool:
    """False where nothing is left to do, or another process is at it."""
    async with deps.db.transaction(merchant_id) as session:
        query = select(Batch).where(Batch.id == batch_id, Batch.state == "running")
        batch = (await session.exec(query.with_for_update(skip_locked=True))).first()
        if batch is None:
            return False
        piece = file.after(batch.passed)
        if piece is not None:
            result = await pieces.store(deps, session, batch, piece)
            await result.record_in(session, batch)
            batch.passed += pieces.lines_of(piece)
        now = deps.clock.now()
        over = batch.passed >= file.total or piece is None
        if over:
            batch.state, batch.finished_at = "done", now
        if over or now - batch.told_at >= _QUIET:
            batch.touch()
            await lines.tell(session, batch, now)
    if over:
        deps.wake.set()
    return not over


async def _fail(deps: Dependencies, merchant_id: UUID, batch_id: UUID) -> None:
    async with deps.db.transaction(merchant_id) as session:
        batch = await session.get_one(Batch, batch_id, with_for_update=True)
        batch.state, batch.finished_at = "failed", deps.clock.now()
        batch.touch()
        await lines.tell(session, batch, deps.clock.now())

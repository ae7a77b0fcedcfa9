"""The job that stores files piece by piece.

A piece and the mark that it is done with are one transaction: a process that is killed loses at most the piece at hand,
and whoever goes on begins behind the last mark.
"""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from fastapi import FastAPI
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from kontor_meters.batches import events
from kontor_meters.batches.dependencies import Dependencies
from kontor_meters.batches.files import File, understood
from kontor_meters.batches.jobs.store_parked import give_up_parked, store_arrived
from kontor_meters.batches.models import Batch
from kontor_meters.batches.pipeline.pieces import Piece
from kontor_meters.batches.pipeline.pieces import store as store_piece
from kontor_meters.copies import zone_of
from kontor_service.errors import Problem

log = structlog.get_logger()

# Between two events of a batch that is being stored.
_QUIET = timedelta(seconds=0.5)
_MONTHS_EVERY = timedelta(hours=6)


async def run(app: FastAPI) -> None:
    """For ever: woken by commands, and every few seconds."""
    deps: Dependencies = app.state.batches
    woken = deps.wake.listener()
    months_at: datetime | None = None
    while True:
        woken.clear()
        now = deps.clock.now()
        if months_at is None or now - months_at > _MONTHS_EVERY:
            await deps.months.ahead(now)
            await give_up_parked(deps)
            months_at = now
        await store_files(deps)
        await store_arrived(deps)
        try:
            await asyncio.wait_for(woken.wait(), app.state.settings.jobs_every)
        except TimeoutError:
            continue


async def store_files(deps: Dependencies) -> None:
    """Whatever is running, of every merchant, to its end."""
    for merchant_id in await deps.db.merchants("merchants_with_running_batches"):
        async with deps.db.transaction(merchant_id) as session:
            running = list(await session.exec(select(Batch.id).where(Batch.state == "running").order_by(Batch.id)))  # type: ignore[arg-type]
        for batch_id in running:
            try:
                await _store_file(deps, merchant_id, batch_id)
            except (DBAPIError, OSError):
                # The database is away, or somebody else held what was needed: this file goes on where it was.
                raise
            except Exception:
                # One file that cannot be stored must not hold up the others for ever.
                log.exception("batch_failed", batch_id=str(batch_id))
                await _fail(deps, merchant_id, batch_id)


async def _store_file(deps: Dependencies, merchant_id: UUID, batch_id: UUID) -> None:
    async with deps.db.transaction(merchant_id) as session:
        batch = await session.get(Batch, batch_id)
        assert batch is not None
        zone = await zone_of(session, merchant_id)
    try:
        content = await deps.files.get(batch.content_sha256)
        kind = "meters" if batch.kind == "meters" else "readings"
        file = await asyncio.to_thread(understood, content, kind, zone)
    except Problem as problem:
        log.error("batch_failed", batch_id=str(batch_id), code=problem.code)
        await _fail(deps, merchant_id, batch_id)
        return
    more = True
    while more:
        more = await _next_piece(deps, merchant_id, batch_id, file, zone)


async def _next_piece(deps: Dependencies, merchant_id: UUID, batch_id: UUID, file: File, zone: ZoneInfo) -> bool:
    """False where nothing is left to do, or another process is at it."""
    async with deps.db.transaction(merchant_id) as session:
        query = select(Batch).where(Batch.id == batch_id, Batch.state == "running")
        batch = (await session.exec(query.with_for_update(skip_locked=True))).first()
        if batch is None:
            return False
        piece = _after(file, batch.passed)
        if piece is not None:
            result = await store_piece(deps, session, batch, piece, zone)
            await result.record_in(session, batch)
            batch.passed += piece.lines
        now = deps.clock.now()
        over = batch.passed >= file.total or piece is None
        if over:
            batch.state, batch.finished_at = "done", now
        if over or now - batch.told_at >= _QUIET:
            batch.touch()
            await events.tell(session, batch, now)
    if over:
        deps.wake.set()
    return not over


def _after(file: File, passed: int) -> Piece | None:
    for piece in file.pieces:
        if passed <= 0:
            return piece
        passed -= piece.lines
    return None


async def _fail(deps: Dependencies, merchant_id: UUID, batch_id: UUID) -> None:
    async with deps.db.transaction(merchant_id) as session:
        batch = await session.get(Batch, batch_id, with_for_update=True)
        assert batch is not None
        batch.state, batch.finished_at = "failed", deps.clock.now()
        batch.touch()
        await events.tell(session, batch, deps.clock.now())

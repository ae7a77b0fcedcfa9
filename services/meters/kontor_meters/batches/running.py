"""The job that stores files piece by piece, and what waited for a meter once it is there.

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
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.batches import events, lines, parked
from kontor_meters.batches.bulk import Bulk, Sender, zone_of
from kontor_meters.batches.files import File, understood
from kontor_meters.batches.items import Body, IntervalItem, Item, ReadingItem
from kontor_meters.batches.models import Batch
from kontor_meters.batches.pieces import Piece
from kontor_meters.batches.pieces import store as store_piece
from kontor_meters.batches.preparing import keys, prepare
from kontor_meters.batches.registers import Directory
from kontor_meters.batches.storing import count_in, put
from kontor_service.database import Database
from kontor_service.errors import Problem

log = structlog.get_logger()

# Between two events of a batch that is being stored.
_QUIET = timedelta(seconds=0.5)
_PARKED_AT_ONCE = 500
_MONTHS_EVERY = timedelta(hours=6)


async def run(app: FastAPI) -> None:
    """For ever: woken by commands, and every few seconds."""
    bulk: Bulk = app.state.bulk
    months_at: datetime | None = None
    while True:
        now = bulk.clock.now()
        if months_at is None or now - months_at > _MONTHS_EVERY:
            await bulk.months.ahead(now)
            months_at = now
        await store_files(bulk)
        await take_parked(bulk)
        try:
            await asyncio.wait_for(bulk.wake.wait(), app.state.settings.jobs_every)
        except TimeoutError:
            continue


async def store_files(bulk: Bulk) -> None:
    """Whatever is running, of every merchant, to its end."""
    for merchant_id in await _merchants(bulk.db, "merchants_with_running_batches()"):
        async with bulk.db.transaction(merchant_id) as session:
            running = list(await session.exec(select(Batch.id).where(Batch.state == "running").order_by(Batch.id)))  # type: ignore[arg-type]
        for batch_id in running:
            try:
                await _store_file(bulk, merchant_id, batch_id)
            except (DBAPIError, OSError):
                # The database is away, or somebody else held what was needed: this file goes on where it was.
                raise
            except Exception:
                # One file that cannot be stored must not hold up the others for ever.
                log.exception("batch_failed", batch_id=str(batch_id))
                await _fail(bulk, merchant_id, batch_id)


async def _store_file(bulk: Bulk, merchant_id: UUID, batch_id: UUID) -> None:
    async with bulk.db.transaction(merchant_id) as session:
        batch = await session.get(Batch, batch_id)
        assert batch is not None
        zone = await zone_of(session, merchant_id)
    try:
        content = await bulk.files.get(batch.content_sha256)
        kind = "meters" if batch.kind == "meters" else "readings"
        file = await asyncio.to_thread(understood, content, kind, zone)
    except Problem as problem:
        log.error("batch_failed", batch_id=str(batch_id), code=problem.code)
        await _fail(bulk, merchant_id, batch_id)
        return
    more = True
    while more:
        more = await _next_piece(bulk, merchant_id, batch_id, file, zone)


async def _next_piece(bulk: Bulk, merchant_id: UUID, batch_id: UUID, file: File, zone: ZoneInfo) -> bool:
    """False where nothing is left to do, or another process is at it."""
    async with bulk.db.transaction(merchant_id) as session:
        query = select(Batch).where(Batch.id == batch_id, Batch.state == "running")
        batch = (await session.exec(query.with_for_update(skip_locked=True))).first()
        if batch is None:
            return False
        piece = _after(file, batch.passed)
        if piece is not None:
            sender = Sender("csv", batch.started_by, batch.language)
            ends, told = await store_piece(bulk, session, batch, piece, sender, zone)
            count_in(batch, ends)
            await lines.keep(session, merchant_id, batch.id, told)
            batch.passed += piece.lines
        now = bulk.clock.now()
        over = batch.passed >= file.total or piece is None
        if over:
            batch.state, batch.finished_at = "done", now
        if over or now - batch.told_at >= _QUIET:
            batch.touch()
            await events.tell(session, batch, now)
    if over:
        bulk.wake.set()
    return not over


def _after(file: File, passed: int) -> Piece | None:
    for piece in file.pieces:
        if passed <= 0:
            return piece
        passed -= piece.lines
    return None


async def _fail(bulk: Bulk, merchant_id: UUID, batch_id: UUID) -> None:
    async with bulk.db.transaction(merchant_id) as session:
        batch = await session.get(Batch, batch_id, with_for_update=True)
        assert batch is not None
        batch.state, batch.finished_at = "failed", bulk.clock.now()
        batch.touch()
        await events.tell(session, batch, bulk.clock.now())


async def take_parked(bulk: Bulk) -> None:
    """Items whose meter has come, of every merchant."""
    for merchant_id in await _merchants(bulk.db, "merchants_with_parked_items()"):
        more = True
        while more:
            more = await _some_parked(bulk, merchant_id)


async def _some_parked(bulk: Bulk, merchant_id: UUID) -> bool:
    async with bulk.db.transaction(merchant_id) as session:
        waiting = await parked.arrived(session, _PARKED_AT_ONCE)
        if not waiting:
            return False
        zone = await zone_of(session, merchant_id)
        for batch_id in sorted({batch_id for _, batch_id, _ in waiting}):
            batch = await session.get(Batch, batch_id, with_for_update=True)
            assert batch is not None
            await _unpark(bulk, session, batch, [item for _, of, item in waiting if of == batch_id], zone)
        await parked.unpark(session, [parked_id for parked_id, _, _ in waiting])
    return len(waiting) == _PARKED_AT_ONCE


async def _unpark(bulk: Bulk, session: AsyncSession, batch: Batch, items: list[Item], zone: ZoneInfo) -> None:
    """The batch counts them anew: what waited is stored now, or refused."""
    body = Body(
        batch.source == "csv",
        [item for item in items if isinstance(item, ReadingItem)],
        [item for item in items if isinstance(item, IntervalItem)],
    )
    now = bulk.clock.now()
    prepared = prepare(body, await Directory.of(session, zone, *keys(body)), zone, now)
    await bulk.months.ensure(prepared.blocks)
    sender = Sender(batch.source, batch.started_by, batch.language)
    # What came since about the same instants knows better than what waited.
    ends, told = await put(session, batch.merchant_id, batch.id, prepared, sender, now, correct=False)
    count_in(batch, ends)
    batch.parked -= prepared.total
    await lines.forget_parked(session, batch.id, [item.line for item in items])
    await lines.keep(session, batch.merchant_id, batch.id, told)
    batch.touch()
    await events.tell(session, batch, now)


async def _merchants(db: Database, lister: str) -> list[UUID]:
    async with db.connection() as connection:
        return [row["id"] for row in await connection.fetch(f"SELECT {lister} AS id")]

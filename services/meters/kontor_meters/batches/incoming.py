"""A body of readings and 15-minute values from another system; the same use case behind HTTP and bus."""

import asyncio
import hashlib
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.batches import events
from kontor_meters.batches.dependencies import Dependencies, Sender
from kontor_meters.batches.formats.csv_readings import csv_body
from kontor_meters.batches.formats.items import Body, json_body, unpacked
from kontor_meters.batches.models import Batch, BatchNotFound
from kontor_meters.batches.pipeline import lines
from kontor_meters.batches.pipeline.prepare import Prepared, only
from kontor_meters.batches.pipeline.store import prepared_of, store_prepared
from kontor_meters.copies import zone_of
from kontor_service.ids import uuid7

# Of an answer; all are kept with the batch.
_PROBLEMS = 1_000
_CSV, _JSON = "text/csv", "application/json"


class _Earlier(NamedTuple):
    """The batch that brought the same body, and which of its items were refused then."""

    batch: Batch
    refused: frozenset[int]


async def accept(
    deps: Dependencies, merchant_id: UUID, content: bytes, media_type: str, sender: Sender
) -> dict[str, Any]:
    """Stores what holds, parks what waits for a meter, and says of the rest what is wrong.

    The same body again changes nothing; what was refused then is tried again. Raises BodyBroken, TooLarge.
    """
    digest = hashlib.sha256(content).hexdigest()
    async with deps.slots, deps.turns.taken(merchant_id) as my_turn:
        zone, earlier = await _before(deps, merchant_id, digest)
        if earlier is not None and not earlier.batch.refused:
            return await answer(deps, merchant_id, earlier.batch.id)
        body = await asyncio.to_thread(read, content, media_type, zone)
        if earlier is not None:
            body = only(body, earlier.refused)
        prepared = await prepared_of(deps, merchant_id, body, zone)
        await deps.months.ensure(prepared.blocks)
        await my_turn()
        batch_id = await _store(deps, merchant_id, body.kind, digest, prepared, sender, earlier)
    return await answer(deps, merchant_id, batch_id)


def read(content: bytes, media_type: str, zone: ZoneInfo) -> Body:
    """By what the sender calls it, or by what it looks like. Raises BodyBroken, FileUnreadable, ColumnsMissing, TooLarge."""
    plain = unpacked(content)
    if media_type == _CSV or (media_type != _JSON and plain.lstrip()[:1] != b"{"):
        return csv_body(plain, zone)
    return json_body(plain)


async def _before(deps: Dependencies, merchant_id: UUID, digest: str) -> tuple[ZoneInfo, _Earlier | None]:
    async with deps.db.transaction(merchant_id) as session:
        zone = await zone_of(session, merchant_id)
        batch = await _by_digest(session, digest)
        if batch is None:
            return zone, None
        told = await lines.page(session, batch.id, 0, lines.MOST_KEPT)
        return zone, _Earlier(batch, frozenset(row.line for row in told if row.outcome == "refused"))


async def _by_digest(session: AsyncSession, digest: str) -> Batch | None:
    query = select(Batch).where(Batch.content_sha256 == digest, Batch.source != "csv")
    return (await session.exec(query)).first()


async def _store(
    deps: Dependencies,
    merchant_id: UUID,
    kind: str,
    digest: str,
    prepared: Prepared,
    sender: Sender,
    earlier: _Earlier | None,
) -> UUID:
    async with deps.db.transaction(merchant_id) as session:
        now = deps.clock.now()
        batch = await _claimed(session, merchant_id, kind, digest, sender, deps)
        if batch is None and earlier is None:
            # Another request with the same body was quicker.
            found = await _by_digest(session, digest)
            assert found is not None
            return found.id
        # What is tried again must not undo what came since.
        row = batch or await _again(session, digest)
        result = await store_prepared(session, merchant_id, row.id, prepared, sender, now, correct=earlier is None)
        if earlier is None:
            row.total = prepared.total
        else:
            # The rest of the repeated body is where it was.
            result.ends["duplicates"] = max(0, row.refused - result.ends.total() + result.ends["duplicates"])
            row.refused = 0
            await lines.forget(session, row.id)
            row.touch()
        await result.record_in(session, row)
        row.finished_at = now
        await events.tell(session, row, now)
        return row.id


async def _claimed(
    session: AsyncSession, merchant_id: UUID, kind: str, digest: str, sender: Sender, deps: Dependencies
) -> Batch | None:
    """A new batch, or None where one with this body is there. Concurrent ones wait for each other here."""
    now = deps.clock.now()
    row = Batch(
        id=uuid7(), merchant_id=merchant_id, kind=kind, source=sender.source, state="done", content_sha256=digest,
        started_at=now, started_by=sender.by, told_at=now,
    )  # fmt: skip
    statement = insert(Batch.__table__).values(row.model_dump())
    made = await (await session.connection()).execute(
        statement.on_conflict_do_nothing().returning(Batch.__table__.c.id)
    )
    return await session.get(Batch, row.id) if made.first() is not None else None


async def _again(session: AsyncSession, digest: str) -> Batch:
    query = select(Batch).where(Batch.content_sha256 == digest, Batch.source != "csv").with_for_update()
    return (await session.exec(query.execution_options(populate_existing=True))).one()


async def answer(deps: Dependencies, merchant_id: UUID, batch_id: UUID) -> dict[str, Any]:
    """What became of it. Raises BatchNotFound."""
    async with deps.db.transaction(merchant_id) as session:
        row = await session.get(Batch, batch_id)
        if row is None or row.source == "csv":
            raise BatchNotFound
        problems = [lines.spoken(line) for line in await lines.page(session, row.id, 0, _PROBLEMS)]
        return await events.result(
            session, row, status="processed", total=row.total, stored=row.stored, duplicates=row.duplicates,
            corrected=row.corrected, parked=row.parked, refused=row.refused,
            problems=[{"index": p["line"], **{k: p[k] for k in ("outcome", "code", "field", "params", "detail")}} for p in problems],
        )  # fmt: skip

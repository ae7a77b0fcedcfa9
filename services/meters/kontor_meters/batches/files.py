"""Files of readings and meters: looked through before anything is stored, then stored in pieces by a job."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.batches import events
from kontor_meters.batches.dependencies import Dependencies, Sender
from kontor_meters.batches.formats.csv_meters import MeterOfFile, meters_of
from kontor_meters.batches.formats.csv_readings import body_of
from kontor_meters.batches.formats.csv_table import Table, table
from kontor_meters.batches.formats.items import Body, Item, unpacked
from kontor_meters.batches.models import Batch, BatchNotFound
from kontor_meters.batches.pipeline import lines
from kontor_meters.batches.pipeline.pieces import Piece, forecast
from kontor_meters.copies import zone_of
from kontor_service.commands import command_result
from kontor_service.errors import Conflict
from kontor_service.i18n import N_
from kontor_service.ids import uuid7

_NAME = 200
# So many lines in one transaction: a progress to be seen, and no meter locked for long.
_PIECE = 500
# Quarter hours of a day belong together, and cost little each.
_PIECE_OF_INTERVALS = 10_000
_PIECE_OF_METERS = 100


BatchNotInPreview = Conflict.named("batch_not_in_preview", N_("This file is stored or dropped already."))


@dataclass(frozen=True, slots=True)
class File:
    """A file, understood. `pieces` are what is stored in one transaction each; `total` counts its lines."""

    table: Table
    pieces: list[Piece]
    kind: str

    @property
    def total(self) -> int:
        return len(self.table.rows)


def understood(content: bytes, kind: str, zone: ZoneInfo) -> File:
    """`kind` is readings or meters. Raises FileUnreadable, ColumnsMissing, TooLarge."""
    told = table(unpacked(content), kind)
    if kind == "meters":
        return File(told, _of_meters(meters_of(told)), kind)
    body = body_of(told, zone)
    return File(told, _of_items(body), "intervals" if "start" in told.columns else "readings")


def _of_items(body: Body) -> list[Piece]:
    by_line: list[Item | Any] = sorted([*body.readings, *body.intervals, *body.problems], key=lambda item: item.line)
    size = _PIECE_OF_INTERVALS if body.intervals else _PIECE
    return [Piece(Body.of(by_line[start : start + size], of_file=True)) for start in range(0, len(by_line), size)]


def _of_meters(meters: list[MeterOfFile]) -> list[Piece]:
    starts = range(0, len(meters), _PIECE_OF_METERS)
    return [Piece(meters=meters[start : start + _PIECE_OF_METERS]) for start in starts]


async def add(
    deps: Dependencies, merchant_id: UUID, kind: str, content: bytes, name: str, sender: Sender
) -> dict[str, Any]:
    """The batch in preview: nothing is stored yet; counts and lines say what would become of each."""
    async with deps.slots:
        async with deps.db.transaction(merchant_id) as session:
            zone = await zone_of(session, merchant_id)
        file = await asyncio.to_thread(understood, content, kind, zone)
        sha256 = await deps.files.put(content)
        assert sha256 == hashlib.sha256(content).hexdigest()
        now = deps.clock.now()
        batch = Batch(
            id=uuid7(), merchant_id=merchant_id, kind=file.kind, source="csv", file_name=name[-_NAME:], state="preview",
            content_sha256=sha256, total=file.total, started_at=now, started_by=sender.by,
            told_at=now,
        )  # fmt: skip
        result = await forecast(deps, merchant_id, batch, file.pieces, zone)
    # What would be stored is not stored.
    result.ends.pop("stored", None)
    async with deps.db.transaction(merchant_id) as session:
        session.add(batch)
        await session.flush()
        await result.record_in(session, batch)
        return command_result(await events.tell(session, batch, now))


async def store(deps: Dependencies, merchant_id: UUID, batch_id: UUID) -> dict[str, Any]:
    """A job does it from here. Raises BatchNotFound, BatchNotInPreview."""
    async with deps.db.transaction(merchant_id) as session:
        batch = await _in_preview(session, batch_id)
        await lines.forget(session, batch.id)
        batch.state = "running"
        batch.stored = batch.duplicates = batch.corrected = batch.parked = batch.refused = 0
        batch.touch()
        answer = command_result(await events.tell(session, batch, deps.clock.now()))
    deps.wake.set()
    return answer


async def drop(deps: Dependencies, merchant_id: UUID, batch_id: UUID) -> dict[str, Any]:
    """Raises BatchNotFound, BatchNotInPreview."""
    async with deps.db.transaction(merchant_id) as session:
        batch = await _in_preview(session, batch_id)
        batch.state, batch.finished_at = "dropped", deps.clock.now()
        batch.touch()
        return command_result(await events.tell(session, batch, deps.clock.now()))


async def _in_preview(session: AsyncSession, batch_id: UUID) -> Batch:
    batch = await session.get(Batch, batch_id, with_for_update=True)
    if batch is None or batch.source != "csv":
        raise BatchNotFound
    if batch.state != "preview":
        raise BatchNotInPreview(N_("This file is stored or dropped already."))
    return batch

"""Batch → contract."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from google.protobuf.message import Message
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus import record
from kontor_meters.batches.models import Batch
from kontor_meters.batches.pipeline.lines import page, told
from kontor_service.commands import command_result
from kontor_service.events import instant

_PROBLEMS = 20


async def batch_state(session: AsyncSession, row: Batch) -> pb.Batch:
    return pb.Batch(
        id=str(row.id),
        merchant_id=str(row.merchant_id),
        epoch=row.epoch,
        version=row.version,
        kind=row.kind,
        source=row.source,
        file_name=row.file_name,
        state=row.state,
        total=row.total,
        stored=row.stored,
        duplicates=row.duplicates,
        corrected=row.corrected,
        parked=row.parked,
        refused=row.refused,
        started_by=row.started_by,
        problems=_problems(await page(session, row.id, 0, _PROBLEMS), row.language),
        started_at=instant(row.started_at),
        finished_at=instant(row.finished_at),
    )


async def tell(session: AsyncSession, row: Batch, now: datetime) -> pb.BatchSnapshot:
    """Records that the batch is now in this state; the answer of a command."""
    row.told_at = now
    await session.flush()
    state = await batch_state(session, row)
    record(session, pb.BatchChanged(batch=state), merchant_id=row.merchant_id)
    return pb.BatchSnapshot(batch=state)


async def result(session: AsyncSession, row: Batch, **extra: Any) -> dict[str, Any]:
    snapshot: Message = pb.BatchSnapshot(batch=await batch_state(session, row))
    return command_result(snapshot, **extra)


def _problems(rows: Sequence[Any], language: str) -> list[pb.LineProblem]:
    lines = [told(row, language) for row in rows]
    return [pb.LineProblem(line=x["line"], code=x["code"], field=x["field"], detail=x["detail"]) for x in lines]


async def snapshots(session: AsyncSession, rows: Sequence[Batch]) -> list[Message]:
    return [pb.BatchSnapshot(batch=await batch_state(session, row)) for row in rows]

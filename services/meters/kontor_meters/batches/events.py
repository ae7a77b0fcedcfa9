"""Batch → contract."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus import record
from kontor_meters.batches.models import Batch
from kontor_meters.batches.pipeline.lines import describe, page
from kontor_service.commands import command_result
from kontor_service.events import state_of

_PROBLEMS = 20


async def batch_state(session: AsyncSession, row: Batch) -> pb.Batch:
    return state_of(pb.Batch, row, problems=_problems(await page(session, row.id, 0, _PROBLEMS), row.language))


async def tell(session: AsyncSession, row: Batch, now: datetime) -> pb.Batch:
    """Records that the batch is now in this state, which is also the answer of a command."""
    row.told_at = now
    await session.flush()
    state = await batch_state(session, row)
    record(session, pb.BatchChanged(batch=state))
    return state


async def result(session: AsyncSession, row: Batch, **extra: Any) -> dict[str, Any]:
    return command_result(await batch_state(session, row), **extra)


def _problems(rows: Sequence[Any], language: str) -> list[pb.LineProblem]:
    lines = [describe(row, language) for row in rows]
    return [pb.LineProblem(line=x["line"], code=x["code"], field=x["field"], detail=x["detail"]) for x in lines]

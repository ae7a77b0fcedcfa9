"""Batch → contract."""

from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus import record
from kontor_meters.batches.models import Batch
from kontor_meters.batches.pipeline.lines import described, page
from kontor_service.commands import command_result
from kontor_service.events import state_of

_PROBLEMS = 20


async def batch_state(session: AsyncSession, row: Batch) -> pb.Batch:
    problems = [pb.LineProblem(**described(line)) for line in await page(session, row.id, 0, _PROBLEMS)]
    return state_of(pb.Batch, row, problems=problems)


async def tell(session: AsyncSession, row: Batch, now: datetime) -> pb.Batch:
    """Records that the batch is now in this state, which is also the answer of a command."""
    row.told_at = now
    await session.flush()
    state = await batch_state(session, row)
    record(session, pb.BatchChanged(batch=state))
    return state


async def result(session: AsyncSession, row: Batch, **extra: Any) -> dict[str, Any]:
    return command_result(await batch_state(session, row), **extra)

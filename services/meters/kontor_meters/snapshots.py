"""Re-sending the state of everything, for a copy that is being rebuilt. Live events go on beside it."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from google.protobuf.message import Message
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus import record
from kontor_meters import events
from kontor_meters.batches import events as batches
from kontor_meters.batches.models import Batch
from kontor_meters.consumption.models import Consumption
from kontor_meters.consumption.service import consumption_state
from kontor_meters.meters import queries as meters
from kontor_meters.models import Meter, Reading, ReadingInvitation, ReadingRequest
from kontor_meters.requests.invitations import lock
from kontor_service.database import Database
from kontor_service.tokens import ServiceCaller

router = APIRouter(prefix="/v1", tags=["snapshots"])
_BATCH = 500
# A batch may have come before the first meter.
_MERCHANTS = "SELECT merchants_with_meters() AS id UNION SELECT merchants_with_batches()"
Make = Callable[[AsyncSession, Sequence[Any]], Awaitable[list[Message]]]


async def _meters(session: AsyncSession, rows: Sequence[Meter]) -> list[Message]:
    registers = defaultdict(list)
    for register in await meters.registers_of(session, [row.id for row in rows]):
        registers[register.meter_id].append(register)
    return [pb.MeterSnapshot(meter=events.meter_state(row, registers[row.id])) for row in rows]


async def _readings(session: AsyncSession, rows: Sequence[Reading]) -> list[Message]:
    of = {row.meter_id for row in rows}
    numbers = dict((await session.exec(select(Meter.id, Meter.number).where(col(Meter.id).in_(of)))).all())
    return [pb.ReadingSnapshot(reading=events.reading_state(row, numbers[row.meter_id])) for row in rows]


async def _requests(_: AsyncSession, rows: Sequence[ReadingRequest]) -> list[Message]:
    return [pb.ReadingRequestSnapshot(request=events.request_state(row)) for row in rows]


async def _invitations(session: AsyncSession, rows: Sequence[ReadingInvitation]) -> list[Message]:
    return [pb.ReadingInvitationSnapshot(invitation=c.state()) for c in await lock(session, [row.id for row in rows])]


async def _consumption(_: AsyncSession, rows: Sequence[Consumption]) -> list[Message]:
    return [pb.ConsumptionSnapshot(consumption=consumption_state(row)) for row in rows]


# What is told again: the aggregate's name, its rows, and their events.
RESENDERS: list[tuple[str, type[SQLModel], Make]] = [
    ("meters.meter", Meter, _meters),
    ("meters.reading", Reading, _readings),
    ("meters.consumption", Consumption, _consumption),
    ("meters.request", ReadingRequest, _requests),
    ("meters.invitation", ReadingInvitation, _invitations),
    ("meters.batch", Batch, batches.snapshots),
]


@router.post("/snapshots")
async def resend(request: Request, _: ServiceCaller) -> dict[str, Any]:
    """Counts what was put into the outbox."""
    db: Database = request.app.state.db
    async with db.connection() as connection:
        merchants = [row["id"] for row in await connection.fetch(_MERCHANTS)]
    counts = {name: 0 for name, _, _ in RESENDERS}
    for merchant_id in merchants:
        for name, model, make in RESENDERS:
            after: UUID | None = None
            while True:
                after, sent = await _batch(db, merchant_id, model, make, after)
                counts[name] += sent
                if after is None:
                    break
    return {"counts": counts}


async def _batch(
    db: Database, merchant_id: UUID, model: type[SQLModel], make: Make, after: UUID | None
) -> tuple[UUID | None, int]:
    """One transaction's worth in the order of ids, and where to go on."""
    key: Any = model.id  # type: ignore[attr-defined]
    query = select(model).order_by(key).limit(_BATCH)
    if after is not None:
        query = query.where(key > after)
    async with db.transaction(merchant_id) as session:
        rows: list[Any] = list(await session.exec(query))
        for message in await make(session, rows):
            record(session, message, merchant_id=merchant_id)
    return rows[-1].id if len(rows) == _BATCH else None, len(rows)

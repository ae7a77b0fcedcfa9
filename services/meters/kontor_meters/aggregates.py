"""What meters publishes, and how others get it sent again."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor_meters import events
from kontor_meters.batches.models import Batch
from kontor_meters.batches.pipeline.lines import batch_state
from kontor_meters.consumption.models import Consumption
from kontor_meters.meters import queries as meters
from kontor_meters.models import Meter, Reading, ReadingInvitation, ReadingRequest
from kontor_meters.requests.invitations import lock
from kontor_service.aggregates import Published, snapshots_router


async def _meters(session: AsyncSession, rows: Sequence[Meter]) -> list[pb.Meter]:
    registers = defaultdict(list)
    for register in await meters.registers_of(session, [row.id for row in rows]):
        registers[register.meter_id].append(register)
    return [events.meter_state(row, registers[row.id]) for row in rows]


async def _readings(session: AsyncSession, rows: Sequence[Reading]) -> list[pb.Reading]:
    of = {row.meter_id for row in rows}
    numbers = dict((await session.exec(select(Meter.id, Meter.number).where(col(Meter.id).in_(of)))).all())
    return [events.reading_state(row, numbers[row.meter_id]) for row in rows]


async def _invitations(session: AsyncSession, rows: Sequence[ReadingInvitation]) -> list[pb.ReadingInvitation]:
    return [invitation.state() for invitation in await lock(session, [row.id for row in rows])]


async def _batches(session: AsyncSession, rows: Sequence[Batch]) -> list[pb.Batch]:
    return [await batch_state(session, row) for row in rows]


AGGREGATES = (
    Published(Meter, pb.Meter, _meters),
    Published(Reading, pb.Reading, _readings),
    Published(Consumption, pb.Consumption),
    Published(ReadingRequest, pb.ReadingRequest),
    Published(ReadingInvitation, pb.ReadingInvitation, _invitations),
    Published(Batch, pb.Batch, _batches),
)
# A batch may have come before the first meter.
router = snapshots_router(AGGREGATES, "merchants_with_meters", "merchants_with_batches")

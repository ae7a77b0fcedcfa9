"""What a reading means for the requests that ask for it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import ReadingState
from kontor_meters.models import InvitedMeter, Reading, ReadingInvitation, ReadingRequest, Register
from kontor_meters.requests.invitations import lock_open, write_all
from kontor_meters.times import day_of, start_of


async def open_reasons(session: AsyncSession, meter_ids: Collection[UUID]) -> dict[UUID, str]:
    """The reason that the readings of these meters get which are asked for just now."""
    query = (
        select(InvitedMeter.meter_id, ReadingRequest.reason)
        .join(ReadingInvitation, col(ReadingInvitation.id) == InvitedMeter.invitation_id)
        .join(ReadingRequest, col(ReadingRequest.id) == ReadingInvitation.request_id)
        .where(col(InvitedMeter.meter_id).in_(meter_ids), ReadingRequest.state == "open")
        .order_by(col(ReadingRequest.id))
    )
    return dict((await session.exec(query)).all())


async def follow(session: AsyncSession, meter_ids: Collection[UUID], zone: ZoneInfo, now: datetime) -> None:
    """Brings the open requests for these meters, which the caller holds locked, to what was read since they were made."""
    invitations = await lock_open(session, meter_ids)
    if not invitations:
        return
    read = await _read(session, meter_ids)
    for invitation in invitations:
        since = start_of(day_of(invitation.request.made_at, zone), zone)
        for part, meter in invitation.parts:
            if meter.id in meter_ids:
                part.state = _state(part, read.get(meter.id), since)
    await write_all(invitations, now)


def _state(part: InvitedMeter, read_at: datetime | None, since: datetime) -> str:
    if read_at is not None and read_at >= since:
        return "read"
    return "invited" if part.state == "read" else part.state


async def _read(session: AsyncSession, meter_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Since when every register of the meter has been read by somebody: the earliest of their latest readings."""
    latest = (
        select(Register.meter_id, func.max(Reading.taken_at).label("at"))
        .join(
            Reading,
            (col(Reading.register_id) == Register.id)
            & col(Reading.state).in_((ReadingState.VALID, ReadingState.TO_BE_CHECKED, ReadingState.IMPLAUSIBLE))
            & (col(Reading.source) != "estimate"),
            isouter=True,
        )
        .where(col(Register.meter_id).in_(meter_ids), ~col(Register.interval))
        .group_by(col(Register.id))
        .subquery()
    )
    complete = func.count() == func.count(latest.c.at)
    query = select(latest.c.meter_id, func.min(latest.c.at)).group_by(latest.c.meter_id).having(complete)
    return {row[0]: row[1] for row in await session.execute(query)}

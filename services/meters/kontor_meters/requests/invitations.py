"""One customer's part of a request under its row lock: the one place that writes states, counts and events of requests.

At the end: what a reading means for the requests that ask for it.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from google.protobuf.message import Message
from sqlalchemy import Select, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor.meters.v1.meters_pb2_codes import ReadingState
from kontor_bus import record
from kontor_meters import events
from kontor_meters.models import InvitedMeter, Meter, Reading, ReadingInvitation, ReadingRequest, Register
from kontor_meters.times import day_of, start_of
from kontor_service.events import state_of

_ANSWERED = frozenset({"read", "estimated", "left_out"})


@dataclass
class LockedInvitation:
    session: AsyncSession
    request: ReadingRequest
    row: ReadingInvitation
    parts: list[tuple[InvitedMeter, Meter]]
    _before: bytes = b""
    _counts: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        self._before = self._state()
        self._counts = self._counted()

    def waits(self, since: datetime) -> bool:
        """Something is missing, and was not reminded of since then."""
        before = self.row.reminded_at
        return self.row.state in ("invited", "reminded") and (before is None or before < since)

    def remind(self, now: datetime) -> None:
        self.row.state, self.row.reminded_at = "reminded", now

    def end(self) -> None:
        """Nobody waits for what is missing any more."""
        for part, _ in self.parts:
            if part.state == "invited":
                part.state = "left_out"
        if self.row.state != "done":
            self.row.state = "closed"

    def write(self, now: datetime, fact: type[Message]) -> bool:
        """What changed as one version and one event; whether anything did."""
        self._settle(now)
        if self._state() == self._before:
            return False
        self.row.touch()
        record(self.session, fact(invitation=self.state()))
        return True

    def news(self) -> tuple[int, int]:
        """How many more meters are read and estimated than before."""
        read, estimated = self._counted()
        return read - self._counts[0], estimated - self._counts[1]

    def state(self) -> pb.ReadingInvitation:
        return events.invitation_state(self.row, self.request, self.parts)

    def _settle(self, now: datetime) -> None:
        row = self.row
        answered = all(part.state in _ANSWERED for part, _ in self.parts)
        if answered and row.state in ("invited", "reminded"):
            row.state, row.done_at = "done", now
        elif not answered and row.state == "done":
            # Staff have rejected what was read.
            row.state, row.done_at = "reminded" if row.reminded_at else "invited", None

    def _counted(self) -> tuple[int, int]:
        states = [part.state for part, _ in self.parts]
        return states.count("read"), states.count("estimated")

    def _state(self) -> bytes:
        return self.state().SerializeToString(deterministic=True)


async def write_all(
    invitations: Sequence[LockedInvitation], now: datetime, fact: type[Message] = pb.ReadingInvitationChanged
) -> None:
    """Writes what changed, and adds it to the counts of the requests, each of which is locked once."""
    changed = [invitation for invitation in invitations if invitation.write(now, fact)]
    if not changed:
        return
    session = changed[0].session
    await session.flush()
    for request_id in sorted({invitation.request.id for invitation in changed}):
        news = [invitation.news() for invitation in changed if invitation.request.id == request_id]
        await _count(session, request_id, sum(read for read, _ in news), sum(guessed for _, guessed in news))


async def _count(session: AsyncSession, request_id: UUID, read: int, estimated: int) -> None:
    if (read, estimated) == (0, 0):
        return
    query = select(ReadingRequest).where(ReadingRequest.id == request_id).with_for_update()
    request = (await session.exec(query.execution_options(populate_existing=True))).one()
    request.read += read
    request.estimated += estimated
    request.touch()
    record(session, pb.ReadingRequestChanged(request=state_of(pb.ReadingRequest, request)))
    await session.flush()


async def lock_open(session: AsyncSession, meter_ids: Collection[UUID]) -> list[LockedInvitation]:
    """The invitations of open requests that these meters are part of, locked in the order of their ids."""
    asked = select(InvitedMeter.invitation_id).where(col(InvitedMeter.meter_id).in_(meter_ids))
    query = (
        select(ReadingInvitation)
        .join(ReadingRequest, col(ReadingRequest.id) == ReadingInvitation.request_id)
        .where(col(ReadingInvitation.id).in_(asked), ReadingRequest.state == "open")
    )
    found = await _locked(session, query)
    # Closed while we waited for the lock.
    return [invitation for invitation in found if invitation.request.state == "open"]


async def lock(session: AsyncSession, invitation_ids: Collection[UUID]) -> list[LockedInvitation]:
    return await _locked(session, select(ReadingInvitation).where(col(ReadingInvitation.id).in_(invitation_ids)))


async def _locked(session: AsyncSession, query: Select[tuple[ReadingInvitation]]) -> list[LockedInvitation]:
    locked = query.order_by(col(ReadingInvitation.id)).with_for_update(of=ReadingInvitation)
    rows = await session.execute(locked.execution_options(populate_existing=True))
    invitations = list(rows.scalars())
    wanted = {invitation.request_id for invitation in invitations}
    requests = {
        request.id: request
        for request in await session.exec(
            select(ReadingRequest).where(col(ReadingRequest.id).in_(wanted)).execution_options(populate_existing=True)
        )
    }
    parts = await _parts(session, invitations)
    return [
        LockedInvitation(session, requests[invitation.request_id], invitation, parts[invitation.id])
        for invitation in invitations
    ]


async def _parts(
    session: AsyncSession, invitations: Sequence[ReadingInvitation]
) -> dict[UUID, list[tuple[InvitedMeter, Meter]]]:
    query = (
        select(InvitedMeter, Meter)
        .join(Meter, col(Meter.id) == InvitedMeter.meter_id)
        .where(col(InvitedMeter.invitation_id).in_([invitation.id for invitation in invitations]))
        .order_by(col(InvitedMeter.position))
        .execution_options(populate_existing=True)
    )
    found = defaultdict(list)
    for part, meter in await session.exec(query):
        found[part.invitation_id].append((part, meter))
    return found


async def open_reasons(session: AsyncSession, meter_ids: Collection[UUID]) -> dict[UUID, str]:
    """For each of these meters with an open reading request, the request's reason."""
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

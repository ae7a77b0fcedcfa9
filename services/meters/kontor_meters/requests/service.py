"""The merchant asks a group for readings until a date; reminds; closes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus import record
from kontor_meters import events
from kontor_meters.copies import zone_of
from kontor_meters.errors import NobodyToAsk, ReadingInvalid, RequestClosed
from kontor_meters.models import InvitedMeter, Meter, ReadingInvitation, ReadingRequest
from kontor_meters.requests import queries
from kontor_meters.requests.inputs import RequestInput
from kontor_meters.requests.invitations import lock, write_all
from kontor_meters.times import day_of
from kontor_service.clock import Clock
from kontor_service.commands import command_result, once
from kontor_service.database import Database
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal

# An event holds 64 KiB: a property manager with thousands of meters is asked in parts.
METERS_PER_INVITATION = 250
# So many invitations change in one transaction.
_BATCH = 200
# Who was reminded within this time is not reminded again: somebody clicked twice.
_TWO_CLICKS = timedelta(minutes=10)
WAITING = ("invited", "reminded")


async def ask(
    db: Database, clock: Clock, principal: Principal, wanted: RequestInput, key: str | None
) -> dict[str, Any]:
    """Raises NobodyToAsk, ReadingInvalid (a due date that is over), KeyReused."""
    return await once(
        db, principal.merchant, "request", key, wanted.model_dump(mode="json"),
        lambda session: _ask(session, clock.now(), principal, wanted),
    )  # fmt: skip


async def _ask(session: AsyncSession, now: datetime, principal: Principal, wanted: RequestInput) -> dict[str, Any]:
    today = day_of(now, await zone_of(session, principal.merchant))
    if wanted.due_on < today:
        raise ReadingInvalid(N_("The due date is over."), code="due_over", field="due_on")
    meters = await queries.meters_to_ask(session, wanted, today)
    if not meters:
        raise NobodyToAsk
    request = ReadingRequest(
        id=uuid7(),
        merchant_id=principal.merchant,
        title=wanted.title,
        due_on=wanted.due_on,
        remind_on=wanted.remind_on,
        estimate=wanted.estimate,
        reason=wanted.reason,
        meters=len(meters),
        made_at=now,
        made_by=principal.name or principal.subject,
    )
    session.add(request)
    record(session, pb.ReadingRequestOpened(request=state_of(pb.ReadingRequest, request)))
    await session.flush()
    await _ask_each(session, request, meters)
    return result(request)


async def _ask_each(session: AsyncSession, request: ReadingRequest, meters: list[Meter]) -> None:
    parts = [(_invitation(request, customer_id), own) for customer_id, own in _parts(meters)]
    session.add_all([invitation for invitation, _ in parts])
    await session.flush()
    for invitation, own in parts:
        asked = [
            InvitedMeter(
                merchant_id=request.merchant_id, invitation_id=invitation.id, meter_id=meter.id, position=position
            )
            for position, meter in enumerate(own)
        ]
        session.add_all(asked)
        state = events.invitation_state(invitation, request, zip(asked, own, strict=True))
        record(session, pb.ReadingInvitationSent(invitation=state))


def _invitation(request: ReadingRequest, customer_id: UUID) -> ReadingInvitation:
    return ReadingInvitation(
        id=uuid7(),
        merchant_id=request.merchant_id,
        request_id=request.id,
        customer_id=customer_id,
        invited_at=request.made_at,
    )


def _parts(meters: list[Meter]) -> Iterator[tuple[UUID, list[Meter]]]:
    """Customer by customer, as many at a time as an event holds."""
    for customer_id, own in groupby(meters, key=lambda meter: meter.customer_id):
        whole = list(own)
        for first in range(0, len(whole), METERS_PER_INVITATION):
            assert customer_id is not None
            yield customer_id, whole[first : first + METERS_PER_INVITATION]


async def remind(db: Database, clock: Clock, merchant_id: UUID, request_id: UUID) -> dict[str, Any]:
    """Once more to everybody who is missing, now. Raises RequestNotFound, RequestClosed."""
    now = clock.now()
    async with db.transaction(merchant_id) as session:
        request = await queries.by_id(session, request_id)
        if request.state != "open":
            raise RequestClosed
    await remind_missing(db, merchant_id, request_id, since=now - _TWO_CLICKS, now=now)
    async with db.transaction(merchant_id) as session:
        return result(await queries.by_id(session, request_id))


async def remind_missing(db: Database, merchant_id: UUID, request_id: UUID, *, since: datetime, now: datetime) -> None:
    """Who was reminded `since` then is not reminded again, however often this is begun anew."""
    more = True
    while more:
        async with db.transaction(merchant_id) as session:
            waiting = await queries.to_remind(session, request_id, since, _BATCH)
            invitations = [one for one in await lock(session, waiting) if one.waits(since)]
            for invitation in invitations:
                invitation.remind(now)
            await write_all(invitations, now, pb.ReadingInvitationReminded)
            more = len(waiting) == _BATCH


async def close(db: Database, clock: Clock, merchant_id: UUID, request_id: UUID) -> dict[str, Any]:
    """Nobody is waited for any more. Raises RequestNotFound; closing twice changes nothing."""
    now = clock.now()
    more = True
    while more:
        async with db.transaction(merchant_id) as session:
            await queries.by_id(session, request_id)
            waiting = await queries.invitations_of(session, request_id, WAITING, _BATCH)
            invitations = await lock(session, waiting)
            for invitation in invitations:
                invitation.end()
            await write_all(invitations, now)
            more = len(waiting) == _BATCH
    async with db.transaction(merchant_id) as session:
        request = await queries.locked(session, request_id)
        if request.state == "open":
            request.state = "closed"
            request.touch()
            record(session, pb.ReadingRequestClosed(request=state_of(pb.ReadingRequest, request)))
        return result(request)


def result(request: ReadingRequest) -> dict[str, Any]:
    return command_result(state_of(pb.ReadingRequest, request))

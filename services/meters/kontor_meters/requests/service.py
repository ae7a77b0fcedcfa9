"""The merchant asks a group for readings until a date; reminds; closes."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, model_validator
from sqlmodel import col, exists, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus import record
from kontor_meters import events
from kontor_meters.copies import zone_of
from kontor_meters.errors import NobodyToAsk, ReadingInvalid, RequestClosed, RequestNotFound
from kontor_meters.inputs import Day, Title
from kontor_meters.models import InvitedMeter, Meter, ReadingInvitation, ReadingRequest, Register
from kontor_meters.readings.inputs import Reason
from kontor_meters.requests.invitations import lock, write_all
from kontor_meters.times import day_of
from kontor_service.commands import Key, command_result, once
from kontor_service.database import Database
from kontor_service.events import state_of
from kontor_service.i18n import N_
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal, require
from kontor_service.validation import wrong

router = APIRouter(prefix="/v1/requests", tags=["requests"])
Editor = Annotated[Principal, Depends(require("meters:edit"))]
# An event holds 64 KiB: a property manager with thousands of meters is asked in parts.
METERS_PER_INVITATION = 250
# So many invitations change in one transaction.
_BATCH = 200
# Who was reminded within this time is not reminded again: somebody clicked twice.
_TWO_CLICKS = timedelta(minutes=10)
_WAITING = ("invited", "reminded")


class RequestInput(BaseModel):
    title: Title
    # Inclusive.
    due_on: Day
    remind_on: Day | None = None
    # Missing ones are estimated after the due date.
    estimate: bool = False
    reason: Reason = "regular"
    # Who is asked: the meters in use that fit all of these which are given; at least one is.
    kinds: list[Literal["electricity", "gas", "water", "heat"]] = Field(default=[], max_length=4)
    customer_ids: list[UUID] = Field(default=[], max_length=10_000)
    meter_ids: list[UUID] = Field(default=[], max_length=10_000)

    @model_validator(mode="after")
    def dates_in_order(self) -> Self:
        if self.remind_on is not None and self.remind_on > self.due_on:
            raise wrong("remind_on", N_("A reminder goes out on the due date at the latest."))
        if not (self.kinds or self.customer_ids or self.meter_ids):
            raise wrong("nobody", N_("One of kinds, customer_ids and meter_ids is needed."))
        return self


@router.post("", status_code=201)
async def ask(request: Request, wanted: RequestInput, principal: Editor, key: Key = None) -> dict[str, Any]:
    """Asks each customer of the group once, however many meters."""
    state = request.app.state
    return await once(
        state.db, principal.merchant, "request", key, wanted.model_dump(mode="json"),
        lambda session: _ask(session, state.clock.now(), principal, wanted),
    )  # fmt: skip


@router.post("/{request_id}/remind")
async def remind(request: Request, request_id: UUID, principal: Editor) -> dict[str, Any]:
    """Sends a reminder now to every customer whose readings are missing."""
    state = request.app.state
    now = state.clock.now()
    async with state.db.transaction(principal.merchant) as session:
        if (await _by_id(session, request_id)).state != "open":
            raise RequestClosed
    await remind_missing(state.db, principal.merchant, request_id, since=now - _TWO_CLICKS, now=now)
    async with state.db.transaction(principal.merchant) as session:
        return _result(await _by_id(session, request_id))


@router.post("/{request_id}/close")
async def close_request(request: Request, request_id: UUID, principal: Editor) -> dict[str, Any]:
    """Closes the request: no more readings are awaited, missing ones are not estimated. Closing twice changes nothing."""
    state = request.app.state
    return await close(state.db, principal.merchant, request_id, state.clock.now())


async def _ask(session: AsyncSession, now: datetime, principal: Principal, wanted: RequestInput) -> dict[str, Any]:
    today = day_of(now, await zone_of(session, principal.merchant))
    if wanted.due_on < today:
        raise ReadingInvalid(N_("The due date is over."), code="due_over", field="due_on")
    meters = await _meters_to_ask(session, wanted, today)
    if not meters:
        raise NobodyToAsk
    request = ReadingRequest(
        id=uuid7(), merchant_id=principal.merchant, meters=len(meters), made_at=now,
        made_by=principal.name or principal.subject,
        **wanted.model_dump(exclude={"kinds", "customer_ids", "meter_ids"}),
    )  # fmt: skip
    session.add(request)
    record(session, pb.ReadingRequestOpened(request=state_of(pb.ReadingRequest, request)))
    await session.flush()
    await _ask_each(session, request, meters)
    return _result(request)


async def _meters_to_ask(session: AsyncSession, wanted: RequestInput, today: date) -> list[Meter]:
    """Meters in use that belong to a known customer and have a register that people read, ordered by customer."""
    read_by_people = exists().where(col(Register.meter_id) == col(Meter.id), ~col(Register.interval))
    query = select(Meter).where(
        ~col(Meter.deleted),
        col(Meter.customer_id).is_not(None),
        Meter.in_use_from <= today,
        col(Meter.in_use_to).is_(None) | (col(Meter.in_use_to) > today),
        read_by_people,
    )
    for column, among in (
        (Meter.kind, wanted.kinds),
        (Meter.customer_id, wanted.customer_ids),
        (Meter.id, wanted.meter_ids),
    ):
        if among:
            query = query.where(col(column).in_(among))
    return list(await session.exec(query.order_by(col(Meter.customer_id), col(Meter.number), col(Meter.id))))


async def _ask_each(session: AsyncSession, request: ReadingRequest, meters: list[Meter]) -> None:
    of: dict[str, Any] = {"merchant_id": request.merchant_id, "request_id": request.id, "invited_at": request.made_at}
    parts = [(ReadingInvitation(id=uuid7(), customer_id=customer_id, **of), own) for customer_id, own in _parts(meters)]
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


def _parts(meters: list[Meter]) -> Iterator[tuple[Any, list[Meter]]]:
    """Customer by customer, as many at a time as an event holds."""
    for customer_id, own in groupby(meters, key=lambda meter: meter.customer_id):
        whole = list(own)
        for first in range(0, len(whole), METERS_PER_INVITATION):
            yield customer_id, whole[first : first + METERS_PER_INVITATION]


async def remind_missing(db: Database, merchant_id: UUID, request_id: UUID, *, since: datetime, now: datetime) -> None:
    """Who was reminded `since` then is not reminded again, however often this is begun anew."""
    reminded = col(ReadingInvitation.reminded_at)
    more = True
    while more:
        async with db.transaction(merchant_id) as session:
            waiting = await waiting_for(session, request_id, _BATCH, reminded.is_(None) | (reminded < since))
            invitations = [one for one in await lock(session, waiting) if one.waits(since)]
            for invitation in invitations:
                invitation.remind(now)
            await write_all(invitations, now, pb.ReadingInvitationReminded)
            more = len(waiting) == _BATCH


async def waiting_for(session: AsyncSession, request_id: UUID, most: int, *which: Any) -> Sequence[UUID]:
    """The ids of up to `most` invitations of the request whose readings are still missing."""
    query = select(ReadingInvitation.id).where(
        ReadingInvitation.request_id == request_id, col(ReadingInvitation.state).in_(_WAITING), *which
    )
    return (await session.exec(query.order_by(col(ReadingInvitation.id)).limit(most))).all()


async def close(db: Database, merchant_id: UUID, request_id: UUID, now: datetime) -> dict[str, Any]:
    """Raises RequestNotFound."""
    more = True
    while more:
        async with db.transaction(merchant_id) as session:
            await _by_id(session, request_id)
            waiting = await waiting_for(session, request_id, _BATCH)
            invitations = await lock(session, waiting)
            for invitation in invitations:
                invitation.end()
            await write_all(invitations, now)
            more = len(waiting) == _BATCH
    async with db.transaction(merchant_id) as session:
        request = await _by_id(session, request_id, lock=True)
        if request.state == "open":
            request.state = "closed"
            request.touch()
            record(session, pb.ReadingRequestClosed(request=state_of(pb.ReadingRequest, request)))
        return _result(request)


async def _by_id(session: AsyncSession, request_id: UUID, *, lock: bool = False) -> ReadingRequest:
    """Raises RequestNotFound. Whoever locks invitations too locks them before."""
    row = await session.get(ReadingRequest, request_id, populate_existing=True, with_for_update=lock or None)
    if row is None:
        raise RequestNotFound
    return row


def _result(request: ReadingRequest) -> dict[str, Any]:
    return command_result(state_of(pb.ReadingRequest, request))

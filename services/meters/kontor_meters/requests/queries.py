"""All SQL about requests for readings."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlmodel import col, exists, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.errors import RequestNotFound
from kontor_meters.models import InvitedMeter, Meter, ReadingInvitation, ReadingRequest, Register
from kontor_meters.requests.inputs import RequestInput


async def locked(session: AsyncSession, request_id: UUID) -> ReadingRequest:
    """Raises RequestNotFound. Whoever locks invitations too locks them before."""
    query = select(ReadingRequest).where(ReadingRequest.id == request_id).with_for_update()
    row = (await session.exec(query.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise RequestNotFound
    return row


async def by_id(session: AsyncSession, request_id: UUID) -> ReadingRequest:
    """Raises RequestNotFound."""
    row = await session.get(ReadingRequest, request_id, populate_existing=True)
    if row is None:
        raise RequestNotFound
    return row


async def open_requests(session: AsyncSession) -> list[ReadingRequest]:
    query = select(ReadingRequest).where(ReadingRequest.state == "open").order_by(col(ReadingRequest.id))
    return list(await session.exec(query))


async def meters_to_ask(session: AsyncSession, wanted: RequestInput, today: date) -> list[Meter]:
    """In use, of a known customer, with something to be read; customer by customer."""
    read_by_people = exists().where(col(Register.meter_id) == col(Meter.id), ~col(Register.interval))
    query = select(Meter).where(
        ~col(Meter.deleted),
        col(Meter.customer_id).is_not(None),
        Meter.in_use_from <= today,
        col(Meter.in_use_to).is_(None) | (col(Meter.in_use_to) > today),
        read_by_people,
    )
    if wanted.kinds:
        query = query.where(col(Meter.kind).in_(wanted.kinds))
    if wanted.customer_ids:
        query = query.where(col(Meter.customer_id).in_(wanted.customer_ids))
    if wanted.meter_ids:
        query = query.where(col(Meter.id).in_(wanted.meter_ids))
    return list(await session.exec(query.order_by(col(Meter.customer_id), col(Meter.number), col(Meter.id))))


async def invitations_of(session: AsyncSession, request_id: UUID, states: Sequence[str], limit: int) -> list[UUID]:
    """The first of them in these states."""
    query = select(ReadingInvitation.id).where(
        ReadingInvitation.request_id == request_id, col(ReadingInvitation.state).in_(states)
    )
    return list(await session.exec(query.order_by(col(ReadingInvitation.id)).limit(limit)))


async def to_remind(session: AsyncSession, request_id: UUID, since: datetime, limit: int) -> list[UUID]:
    """Those who are missing and were not reminded since then."""
    query = select(ReadingInvitation.id).where(
        ReadingInvitation.request_id == request_id,
        col(ReadingInvitation.state).in_(("invited", "reminded")),
        col(ReadingInvitation.reminded_at).is_(None) | (col(ReadingInvitation.reminded_at) < since),
    )
    return list(await session.exec(query.order_by(col(ReadingInvitation.id)).limit(limit)))


async def missing_meters(session: AsyncSession, invitation_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Meter → the customer who was asked."""
    query = (
        select(InvitedMeter.meter_id, ReadingInvitation.customer_id)
        .join(ReadingInvitation, col(ReadingInvitation.id) == InvitedMeter.invitation_id)
        .where(col(InvitedMeter.invitation_id).in_(invitation_ids), InvitedMeter.state == "invited")
    )
    return dict((await session.exec(query)).all())

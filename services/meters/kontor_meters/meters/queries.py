"""All SQL about meters and registers. Meters are locked in the order of their ids, always."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import ReadingState
from kontor_meters.errors import MeterNotFound
from kontor_meters.models import Meter, Reading, Register


async def locked(session: AsyncSession, meter_ids: Collection[UUID]) -> dict[UUID, Meter]:
    """For this transaction alone; what is not there is left out."""
    query = select(Meter).where(col(Meter.id).in_(meter_ids), ~col(Meter.deleted)).order_by(col(Meter.id))
    rows = await session.exec(query.with_for_update().execution_options(populate_existing=True))
    return {row.id: row for row in rows}


async def lock(session: AsyncSession, meter_id: UUID) -> tuple[Meter, list[Register]]:
    """Raises MeterNotFound."""
    found = await locked(session, [meter_id])
    if meter_id not in found:
        raise MeterNotFound
    return found[meter_id], await registers_of(session, [meter_id])


async def registers_of(session: AsyncSession, meter_ids: Collection[UUID]) -> list[Register]:
    """As they are after the meters were locked, in the order of the meters' faces."""
    query = select(Register).where(col(Register.meter_id).in_(meter_ids)).order_by(col(Register.position))
    return list(await session.exec(query.execution_options(populate_existing=True)))


async def meters_of_registers(session: AsyncSession, register_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Register → meter, for those that are there."""
    query = select(Register.id, Register.meter_id).where(col(Register.id).in_(list(register_ids)))
    return dict((await session.exec(query)).all())


async def by_external_id(session: AsyncSession, external_id: str) -> UUID | None:
    query = select(Meter.id).where(Meter.external_id == external_id)
    return (await session.exec(query)).first()


async def has_readings(session: AsyncSession, register_id: UUID) -> bool:
    query = select(Reading.id).where(Reading.register_id == register_id).limit(1)
    return (await session.exec(query)).first() is not None


async def first_reading(session: AsyncSession, meter_id: UUID) -> datetime | None:
    """When the meter was read for the first time, as far as it counts."""
    query = select(func.min(Reading.taken_at)).where(Reading.meter_id == meter_id, Reading.state == ReadingState.VALID)
    return (await session.exec(query)).one()

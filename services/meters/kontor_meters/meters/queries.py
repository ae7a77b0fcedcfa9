"""Meters and registers as the tables have them. Meters are locked in the order of their ids, always."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.errors import MeterNotFound
from kontor_meters.models import Meter, Register


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

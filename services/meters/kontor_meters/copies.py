"""What meters copies of identity, and what follows from it.

A meter may come before its customer. A meter looks for its customer, and a customer for its meters; if both looked at
the same moment, each before the other's commit, neither would find the other: so the two exclude each other per merchant.
"""

from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as identity
from kontor.meters.v1 import meters_pb2
from kontor_meters import events
from kontor_meters.consumption.changes import mark_meter
from kontor_meters.meters import queries
from kontor_meters.models import Customer, Merchant, Meter, Reading
from kontor_meters.times import day_of
from kontor_service.clock import Clock
from kontor_service.copies import Copied
from kontor_service.locks import lock_merchant

_LOCK = "meters and customers"


def customers_copy(clock: Clock) -> Copied:
    before = partial(lock_merchant, what=_LOCK)
    return Copied(Customer, identity.Customer, before=before, on_newer=partial(_match_waiting, clock=clock))


def _merchant(state: identity.Merchant) -> dict[str, Any]:
    return {"language": state.language or "de", "time_zone": state.time_zone or "Europe/Berlin"}


MERCHANTS = Copied(Merchant, identity.Merchant, _merchant)


async def meters_arrive(session: AsyncSession, merchant_id: UUID) -> None:
    """To be called before any row is locked. Meters may arrive side by side, but beside no customer."""
    await lock_merchant(session, merchant_id, what=_LOCK, shared=True)


async def zone_of(session: AsyncSession, merchant_id: UUID) -> ZoneInfo:
    """The merchant's; Germany's while identity's word has not arrived."""
    query = select(Merchant.time_zone).where(Merchant.id == merchant_id)
    return ZoneInfo((await session.exec(query)).first() or "Europe/Berlin")


async def language(session: AsyncSession, merchant_id: UUID) -> str:
    query = select(Merchant.language).where(Merchant.id == merchant_id)
    return (await session.exec(query)).first() or "de"


async def _match_waiting(session: AsyncSession, customer: Customer, *, clock: Clock) -> None:
    """Meters that came before this customer are theirs, with what was read there since."""
    if customer.deleted or not customer.number:
        return
    today = day_of(clock.now(), await zone_of(session, customer.merchant_id))
    waiting = select(Meter).where(
        Meter.customer_number == customer.number, col(Meter.customer_id).is_(None), ~col(Meter.deleted)
    )
    for meter in list(await session.exec(waiting.order_by(col(Meter.id)).with_for_update())):
        meter.customer_id = customer.id
        meter.touch()
        registers = await queries.registers_of(session, [meter.id])
        events.tell_meter(session, meters_pb2.MeterChanged, meter, registers)
        await _match_readings(session, meter)
        await mark_meter(session, meter, registers, today)
        await session.flush()


async def _match_readings(session: AsyncSession, meter: Meter) -> None:
    query = select(Reading).where(Reading.meter_id == meter.id, col(Reading.customer_id).is_(None))
    for reading in await session.exec(query.order_by(col(Reading.id))):
        reading.customer_id = meter.customer_id
        reading.touch()
        # No fact has happened to the reading: copies take its state.
        events.tell_reading(session, meters_pb2.ReadingSnapshot, reading, meter.number)

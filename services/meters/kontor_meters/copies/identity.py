"""The copies of merchants and customers: what identity says that meters must know.

A meter may come before its customer. A meter looks for its customer, and a customer for its meters; if both looked at
the same moment, each before the other's commit, neither would find the other: so the two exclude each other per merchant.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.identity.v1 import identity_pb2 as pb
from kontor.meters.v1 import meters_pb2
from kontor_bus import Envelope
from kontor_meters import events
from kontor_meters.consumption.changes import mark_meter
from kontor_meters.meters import queries
from kontor_meters.models import Customer, Merchant, Meter, Reading
from kontor_service.clock import Clock
from kontor_service.database import Database

_LOCK_CLASS = 7_303


async def apply_merchants(db: Database, envelopes: Sequence[Envelope]) -> None:
    for state in _states(envelopes, pb.Merchant):
        async with db.transaction(UUID(state.merchant_id)) as session:
            await _store(session, _merchant(state))


async def apply_customers(db: Database, clock: Clock, envelopes: Sequence[Envelope]) -> None:
    for state in _states(envelopes, pb.Customer):
        async with db.transaction(UUID(state.merchant_id)) as session:
            await _lock(session, "pg_advisory_xact_lock", UUID(state.merchant_id))
            row = Customer(
                id=UUID(state.id),
                merchant_id=UUID(state.merchant_id),
                epoch=state.epoch,
                version=state.version,
                deleted=state.deleted,
                number=state.number,
            )
            if await _store(session, row) and row.number and not row.deleted:
                await _match_waiting(session, row, clock.today(await time_zone(session, row.merchant_id)))


async def meters_arrive(session: AsyncSession, merchant_id: UUID) -> None:
    """To be called before any row is locked. Meters may arrive side by side, but beside no customer."""
    await _lock(session, "pg_advisory_xact_lock_shared", merchant_id)


async def customer_by_number(session: AsyncSession, number: str) -> UUID | None:
    query = select(Customer.id).where(Customer.number == number, ~col(Customer.deleted)).order_by(col(Customer.id))
    return (await session.exec(query.limit(1))).first()


async def customer_is_known(session: AsyncSession, customer_id: UUID) -> bool:
    query = select(Customer.id).where(Customer.id == customer_id, ~col(Customer.deleted))
    return (await session.exec(query)).first() is not None


async def time_zone(session: AsyncSession, merchant_id: UUID) -> str:
    """The merchant's; Germany's while identity's word has not arrived."""
    query = select(Merchant.time_zone).where(Merchant.id == merchant_id)
    return (await session.exec(query)).first() or "Europe/Berlin"


async def language(session: AsyncSession, merchant_id: UUID) -> str:
    query = select(Merchant.language).where(Merchant.id == merchant_id)
    return (await session.exec(query)).first() or "de"


async def _match_waiting(session: AsyncSession, customer: Customer, today: date) -> None:
    """Meters that came before this customer are theirs, with what was read there since."""
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


def _merchant(state: pb.Merchant) -> Merchant:
    return Merchant(
        id=UUID(state.id),
        merchant_id=UUID(state.merchant_id),
        epoch=state.epoch,
        version=state.version,
        slug="" if state.deleted else state.slug,
        language=state.language or "de",
        time_zone=state.time_zone or "Europe/Berlin",
    )


def _states(envelopes: Sequence[Envelope], kind: type[Message]) -> list[Any]:
    return [state for envelope in envelopes if isinstance(state := envelope.state(), kind)]


async def _lock(session: AsyncSession, function: str, merchant_id: UUID) -> None:
    await session.execute(
        text(f"SELECT {function}(:class, hashtext(:merchant))"), {"class": _LOCK_CLASS, "merchant": str(merchant_id)}
    )


async def _store(session: AsyncSession, row: SQLModel) -> bool:
    """False where what is kept is as new already."""
    table: Any = type(row).__table__  # type: ignore[attr-defined]
    values = row.model_dump()
    statement = insert(table).values(values)
    newer = tuple_(table.c.epoch, table.c.version) < tuple_(statement.excluded.epoch, statement.excluded.version)
    fresh = {name: statement.excluded[name] for name in values if name not in ("id", "merchant_id")}
    upsert = statement.on_conflict_do_update(index_elements=["id"], set_=fresh, where=newer).returning(table.c.id)
    return (await (await session.connection()).execute(upsert)).first() is not None

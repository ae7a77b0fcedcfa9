"""Counting towards tree planting (D14): off until the merchant switches it on."""

from uuid import UUID

from sqlalchemy import distinct, func, tuple_
from sqlmodel import col, exists, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor_bus import record
from kontor_payments.dependencies import Dependencies
from kontor_payments.models import Booking, Connection, Merchant, Payment, Receivable
from kontor_payments.trees.models import TreePlanting
from kontor_payments.trees.rules import square_metres
from kontor_service.clock import Clock
from kontor_service.events import state_of


async def count_trees(deps: Dependencies) -> None:
    """The job: merchants' counters follow their payments."""
    for merchant_id in await deps.db.merchants("merchants_with_trees"):
        async with deps.db.transaction(merchant_id) as session:
            if planting := await locked_planting(session):
                await recount(session, planting, deps.clock)


async def locked_planting(session: AsyncSession) -> TreePlanting | None:
    query = select(TreePlanting).with_for_update().execution_options(populate_existing=True)
    return (await session.exec(query)).one_or_none()


async def recount(
    session: AsyncSession, planting: TreePlanting, clock: Clock, *, told: bool = False
) -> pb.TreePlanting:
    """Under the planting's lock. Tells of it where it has changed, or was changed before (`told`)."""
    before = (planting.counted, planting.square_metres)
    if planting.enabled:
        planting.counted = await _counted(session, planting)
        if planting.set_up_at is None and await _is_set_up(session, planting.merchant_id):
            planting.set_up_at = clock.now()
    planting.square_metres = square_metres(planting.counted, planting.step, set_up=planting.set_up_at is not None)
    if told or (planting.counted, planting.square_metres) != before:
        planting.touch()
        record(session, pb.TreePlantingChanged(tree_planting=state_of(pb.TreePlanting, planting)))
    return state_of(pb.TreePlanting, planting)


async def _counted(session: AsyncSession, planting: TreePlanting) -> int:
    """Of payments through providers that have arrived; what is given back or lost later stays counted."""
    # One payment at a provider may pay several documents.
    payments = func.count(distinct(tuple_(Payment.connection_id, Payment.provider_reference)))
    what = func.coalesce(func.sum(Payment.fee_minor), 0) if planting.basis == "fees" else payments
    arrived = exists().where(
        col(Booking.payment_id) == Payment.id, col(Booking.bucket) == "paid", col(Booking.amount_minor) > 0
    )
    query = select(what).where(
        col(Payment.connection_id).is_not(None),
        arrived,
        col(Payment.counts_on) >= planting.since,
    )
    if planting.basis == "fees":
        query = query.where(Payment.currency == "EUR")
    return max(0, int((await session.exec(query)).one() or 0))


async def _is_set_up(session: AsyncSession, merchant_id: UUID) -> bool:
    """Customers can pay, by a provider that is switched on or to the merchant's account, and a first document is there to be paid."""
    merchant = (await session.exec(select(Merchant).where(Merchant.id == merchant_id))).one_or_none()
    if merchant is None or not merchant.payments_enabled:
        return False
    live = select(Connection.id).where(Connection.state == "live", Connection.provider != "sandbox")
    can_pay = bool(merchant.iban) or (await session.exec(live.limit(1))).first() is not None
    return can_pay and (await session.exec(select(exists(select(Receivable.id))))).one()

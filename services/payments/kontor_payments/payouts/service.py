"""Payouts as providers report them: in any order, any number of times, before or after the payments in them."""

from sqlalchemy.dialects.postgresql import array, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor_bus import record
from kontor_payments.models import Checkout, Connection
from kontor_payments.payouts.models import Payout
from kontor_payments.payouts.rules import later_state, lines_of, totals, unlinked
from kontor_payments.providers.protocol import CheckoutReport, PayoutReport
from kontor_service.clock import Clock
from kontor_service.events import state_of
from kontor_service.ids import uuid7


async def apply_payout_report(
    session: AsyncSession, connection: Connection, report: PayoutReport, clock: Clock
) -> Payout:
    """Takes the payout's lock alone. Its payments are looked for by the job, which is to be woken."""
    is_new = await _insert(session, connection, report, clock)
    query = select(Payout).where(
        col(Payout.connection_id) == connection.id, col(Payout.provider_reference) == report.id
    )
    payout = (await session.exec(query.with_for_update().execution_options(populate_existing=True))).one()
    if _follow(payout, report):
        payout.link_at, payout.link_attempts = clock.now(), 0
        if not is_new:
            payout.touch()
        kind = pb.PayoutRecorded if is_new else pb.PayoutChanged
        record(session, kind(payout=state_of(pb.Payout, payout)))
    return payout


async def look_again(session: AsyncSession, checkout: Checkout, report: CheckoutReport, clock: Clock) -> None:
    """The payments of a checkout may be in a payout that was told before them."""
    references = _references(report)
    if not references:
        return
    query = select(Payout).where(
        col(Payout.connection_id) == checkout.connection_id,
        col(Payout.unlinked) != [],
        col(Payout.unlinked).has_any(array(references)),  # type: ignore[attr-defined]
    )
    for payout in await session.exec(query.order_by(col(Payout.id)).with_for_update()):
        payout.link_at, payout.link_attempts = clock.now(), 0


def _references(report: CheckoutReport) -> list[str]:
    found = {one.id for one in report.payments} | {one.id for one in report.refunds}
    return sorted(found | {one.id for one in report.disputes})


async def _insert(session: AsyncSession, connection: Connection, report: PayoutReport, clock: Clock) -> bool:
    """Whether it was not there before."""
    row = Payout(
        id=uuid7(),
        merchant_id=connection.merchant_id,
        connection_id=connection.id,
        provider=connection.provider,
        provider_reference=report.id,
        currency=report.currency,
        amount_minor=report.amount_minor,
        state=report.state,
        arrives_on=report.arrives_on,
        recorded_at=clock.now(),
    )
    statement = insert(Payout.__table__).values(row.model_dump()).on_conflict_do_nothing().returning(col(Payout.id))
    return (await (await session.connection()).execute(statement)).first() is not None


def _follow(payout: Payout, report: PayoutReport) -> bool:
    """Whether the report says anything new. Items are only ever added at the provider: who tells fewer was asked earlier."""
    before = payout.model_dump()
    payout.state = later_state(payout.state, report.state)
    payout.arrives_on, payout.amount_minor = report.arrives_on, report.amount_minor
    if len(report.items) >= len(payout.items):
        payout.items = lines_of(report.items, payout.items)
        payout.unlinked = unlinked(payout.items)
        for name, value in vars(totals(report.items)).items():
            setattr(payout, name, value)
    return payout.version == 1 or payout.model_dump() != before

"""Ending a connection ("Verknüpfung aufheben"), and deleting its keys once nothing needs them any more."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.checkouts.disconnecting import end_checkouts_of_ended_connections
from kontor_payments.checkouts.ending import LIVE
from kontor_payments.connections.accounts import changed, close_account, lock_active
from kontor_payments.connections.refusals import problem
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import ConnectionUnknown, KeysNeeded
from kontor_payments.methods.disconnecting import end_methods_of_ended_connections
from kontor_payments.models import Checkout, Connection, Payment, Refund
from kontor_payments.providers.protocol import OutcomeUnknown


@dataclass(frozen=True)
class Uses:
    """What goes through a connection at this moment, and is to be followed or taken back with its keys."""

    open_checkouts: int
    pending_payments: int
    open_refunds: int

    @property
    def any(self) -> bool:
        return bool(self.open_checkouts or self.pending_payments or self.open_refunds)


async def uses_of(session: AsyncSession, connection_id: UUID) -> Uses:
    checkouts = select(func.count()).where(Checkout.connection_id == connection_id, col(Checkout.state).in_(LIVE))
    payments = select(func.count()).where(Payment.connection_id == connection_id, Payment.state == "pending")
    refunds = (
        select(func.count())
        .select_from(Refund)
        .join(Payment, col(Payment.id) == Refund.payment_id)
        .where(Payment.connection_id == connection_id, Refund.state == "requested")
    )
    return Uses(*[(await session.exec(query)).one() for query in (checkouts, payments, refunds)])


async def disconnect(deps: Dependencies, merchant_id: UUID, provider: str) -> tuple[Connection, Uses]:
    """Nothing new is paid through it, and methods saved there end. Open checkouts are taken back at the provider by the job, which
    also carries on where this stops. What was paid stays, is followed and can be refunded until the keys are deleted. Answers
    what was under way.

    Raises ConnectionUnknown.
    """
    async with deps.db.transaction(merchant_id) as session:
        connection = await lock_active(session, provider)
        if connection is None or provider == "sandbox":
            raise ConnectionUnknown
        uses = await uses_of(session, connection.id)
        connection.state, connection.ended_at = "ended", datetime.now(UTC)
        changed(session, connection)
    await _end_what_it_offers(deps, merchant_id)
    deps.wake.set()
    return connection, uses


async def carry_on_disconnecting(deps: Dependencies) -> None:
    """The job: what a process that stopped in between has left, and what began while the connection was ended."""
    for merchant_id in await deps.db.merchants("merchants_with_remains_of_connections"):
        await _end_what_it_offers(deps, merchant_id)


async def _end_what_it_offers(deps: Dependencies, merchant_id: UUID) -> None:
    await end_checkouts_of_ended_connections(deps, merchant_id)
    await end_methods_of_ended_connections(deps, merchant_id)


async def delete_keys(deps: Dependencies, merchant_id: UUID, connection_id: UUID) -> Connection:
    """Our webhook at the provider goes with them. From then on nothing can be refunded through this connection, and what is still on
    its way, with a key that works no more, counts as failed.

    Raises ConnectionUnknown; KeysNeeded while something is under way that a key which still works can settle;
    ProviderUnavailable.
    """
    async with deps.db.transaction(merchant_id) as session:
        connection, uses = await _ended(session, connection_id), await uses_of(session, connection_id)
    if not connection.credentials:
        return connection
    if uses.any and not connection.problem:
        raise KeysNeeded(checkouts=uses.open_checkouts, payments=uses.pending_payments, refunds=uses.open_refunds)
    await end_methods_of_ended_connections(deps, merchant_id)
    try:
        await close_account(deps, connection)
    except OutcomeUnknown as error:
        raise problem(error, connection.provider) from error
    async with deps.db.transaction(merchant_id) as session:
        connection = await _ended(session, connection_id)
        connection.credentials = ""
        changed(session, connection)
    await _end_pending(deps, merchant_id, connection_id)
    return connection


async def _end_pending(deps: Dependencies, merchant_id: UUID, connection_id: UUID) -> None:
    """Has the job end at once what is on its way and can be followed no more."""
    pending = select(Payment.checkout_id).where(Payment.connection_id == connection_id, Payment.state == "pending")
    async with deps.db.transaction(merchant_id) as session:
        await session.exec(update(Checkout).where(col(Checkout.id).in_(pending)).values(ask_at=datetime.now(UTC)))
    deps.wake.set()


async def _ended(session: AsyncSession, connection_id: UUID) -> Connection:
    query = select(Connection).where(Connection.id == connection_id, Connection.state == "ended")
    found = (await session.exec(query.with_for_update())).one_or_none()
    if found is None:
        raise ConnectionUnknown
    return found

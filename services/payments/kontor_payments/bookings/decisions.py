"""Staff decide about a payment that waits for its document: it is for this one, or it is refused."""

from typing import Any
from uuid import UUID

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1 import payments_pb2 as pb
from kontor.payments.v1.payments_pb2_codes import IncomingPaymentError, IncomingPaymentState
from kontor_payments import events
from kontor_payments.bookings.parked import arrives, refuse, settle_incoming
from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.dependencies import Dependencies
from kontor_payments.errors import IncomingPaymentNotFound, NotParked
from kontor_payments.models import IncomingPayment
from kontor_payments.receivables.access import reachable
from kontor_payments.receivables.account import lock
from kontor_service.commands import command_result
from kontor_service.events import state_of
from kontor_service.tokens import Principal


async def assign(deps: Dependencies, principal: Principal, payment_id: UUID, document_id: UUID) -> dict[str, Any]:
    """Books it on this document.

    Raises IncomingPaymentNotFound, NotParked, DocumentNotFound, CurrencyMismatch, ExternalIdReused.
    """
    async with deps.db.transaction(principal.merchant) as session:
        await arrives(session, principal.merchant)
        receivable = await reachable(session, principal, document_id)
        account = await lock(session, receivable.id, deps.clock)
        await settle_incoming(account, await _parked(session, payment_id))
        await end_live_checkout(account)
        row = await account.close()
    deps.wake.set()
    return command_result(events.receivable_state(row))


async def refuse_by_staff(deps: Dependencies, principal: Principal, payment_id: UUID, reason: str) -> dict[str, Any]:
    """Raises IncomingPaymentNotFound, NotParked."""
    async with deps.db.transaction(principal.merchant) as session:
        parked = await _parked(session, payment_id)
        refuse(session, parked, IncomingPaymentError.BY_STAFF, reason)
    deps.wake.set()
    return command_result(state_of(pb.IncomingPayment, parked))


async def _parked(session: AsyncSession, payment_id: UUID) -> IncomingPayment:
    query = select(IncomingPayment).where(IncomingPayment.id == payment_id).with_for_update()
    found = (await session.exec(query)).one_or_none()
    if found is None:
        raise IncomingPaymentNotFound
    if found.state != IncomingPaymentState.PARKED:
        raise NotParked
    return found

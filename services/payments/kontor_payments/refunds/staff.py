"""Staff give back what is too much: what does not count here, or was overpaid and has not gone back by itself."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from kontor_payments import events
from kontor_payments.dependencies import Dependencies, dependencies_of
from kontor_payments.errors import NothingToRefund
from kontor_payments.receivables.account import lock_by_payment
from kontor_payments.refunds.service import request_refund
from kontor_service.commands import command_result
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1", tags=["refunds"])
Booker = Annotated[Principal, Depends(require("payments:book"))]


@router.post("/payments/{payment_id}/refund", status_code=202)
async def refund(request: Request, payment_id: UUID, principal: Booker) -> dict[str, Any]:
    """202: the provider is told after this; what becomes of it is told by events."""
    return await refund_surplus(dependencies_of(request), principal, payment_id)


async def refund_surplus(deps: Dependencies, principal: Principal, payment_id: UUID) -> dict[str, Any]:
    """All of the payment that may go back; a second request at once finds nothing more.

    Raises PaymentNotFound, NothingToRefund.
    """
    async with deps.db.transaction(principal.merchant) as session:
        account = await lock_by_payment(session, payment_id, deps.clock)
        payment = account.payments[payment_id]
        # What the ERP or staff booked went through no provider that could give it back.
        surplus = account.surplus(payment) if payment.connection_id else 0
        if not surplus:
            raise NothingToRefund
        refund = request_refund(account, payment, surplus, reason="by_staff")
        row = await account.close()
    deps.wake.set()
    return command_result(
        events.receivable_state(row), refund_id=str(refund.id), refund_minor=surplus, refund_currency=payment.currency
    )

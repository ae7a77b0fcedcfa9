"""Staff give money back, all of a payment or a part: through the provider that it came by, or they have done so themselves."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field, StringConstraints
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor.payments.v1.payments_pb2_codes import RefundReason
from kontor_payments import events
from kontor_payments.bookings.inputs import Name
from kontor_payments.checkouts.ending import end_live_checkout
from kontor_payments.dependencies import Dependencies, dependencies_of
from kontor_payments.errors import NothingToCredit, NothingToRefund, RefundByHand, RefundTooMuch
from kontor_payments.models import Connection, Payment
from kontor_payments.providers.protocol import RefundReport
from kontor_payments.providers.registry import KINDS
from kontor_payments.receivables.account import Account, lock_by_payment
from kontor_payments.refunds.service import Wish, end_refund, request_refund
from kontor_service.commands import Key, command_result, once
from kontor_service.i18n import N_
from kontor_service.money import TOO_MUCH_MINOR, from_minor
from kontor_service.tokens import Principal, require
from kontor_service.validation import Text

router = APIRouter(prefix="/v1", tags=["refunds"])
Booker = Annotated[Principal, Depends(require("payments:book"))]
# The others are Kontor's own.
StaffReason = Literal[
    "returned", "not_supplied", "defect", "withdrawn", "wrong_amount", "overpaid", "goodwill", "other"
]  # fmt: skip


class RefundInput(BaseModel):
    """How much of a payment goes back, in minor units of its currency; all that is left of it where no amount is given."""

    amount_minor: int | None = Field(default=None, gt=0, lt=TOO_MUCH_MINOR)
    reason: StaffReason
    # For the customer to read, in the mail and on the credit note.
    note: Annotated[Text, StringConstraints(strip_whitespace=True), Field(max_length=500)] = ""
    # A credit note takes off the document what would be to be paid again; without one it is open again.
    credit_note: bool = False
    # Of money that staff have given back themselves: what is written on the transfer, or the provider's id of the refund.
    reference: Name = ""
    # Staff have given the money back at the provider's own pages, because Kontor cannot do so there.
    by_hand: bool = False


@router.post("/payments/{payment_id}/refund", status_code=202)
async def refund(
    request: Request, payment_id: UUID, wanted: RefundInput, principal: Booker, key: Key = None
) -> dict[str, Any]:
    """202: the provider is told after this; what becomes of it is told by events. What came through no provider is recorded as
    given back; so is, with `by_hand`, what Kontor cannot give back at its provider. Once per idempotency key."""
    return await refund_by_staff(dependencies_of(request), principal, payment_id, wanted, key)


async def refund_by_staff(
    deps: Dependencies, principal: Principal, payment_id: UUID, wanted: RefundInput, key: str | None
) -> dict[str, Any]:
    """Raises PaymentNotFound, NothingToRefund, RefundTooMuch, NothingToCredit, RefundByHand."""

    async def act(session: AsyncSession) -> dict[str, Any]:
        account = await lock_by_payment(session, payment_id, deps.clock)
        payment = account.payments[payment_id]
        amount_minor = _amount(account, payment, wanted)
        by_hand = not await _provider_refunds(session, payment)
        if by_hand and payment.connection_id and not wanted.by_hand:
            raise RefundByHand(field="by_hand")
        wish = Wish(
            RefundReason(wanted.reason), wanted.note, principal.name or principal.subject, wanted.credit_note,
            reference=wanted.reference if by_hand else "", by_hand=by_hand,
        )  # fmt: skip
        made = request_refund(account, payment, amount_minor, wish)
        if by_hand:
            await session.flush()
            done = RefundReport("", str(made.id), "", amount_minor, "succeeded")
            end_refund(account, payment, made, done)
        await end_live_checkout(account)
        row = await account.close()
        told = {"refund_id": str(made.id), "refund_minor": amount_minor, "refund_currency": payment.currency}
        return command_result(events.receivable_state(row), **told)

    asked = [str(payment_id), wanted.model_dump()]
    answer = await once(deps.db, principal.merchant, "refund", key, asked, act)
    deps.wake.set()
    return answer


async def _provider_refunds(session: AsyncSession, payment: Payment) -> bool:
    """Whether Kontor can have the money given back: not at every acquirer, and nowhere once the keys are deleted."""
    if payment.connection_id is None:
        return False
    query = select(Connection).where(Connection.id == payment.connection_id)
    connection = (await session.exec(query)).one()
    return KINDS[connection.provider].refunds and bool(connection.credentials)


def _amount(account: Account, payment: Payment, wanted: RefundInput) -> int:
    """What goes back, if that much is left of the payment and a credit note, where one is wanted, has something to say."""
    left_minor = account.position(payment).refundable
    if not left_minor:
        raise NothingToRefund
    amount_minor = wanted.amount_minor or left_minor
    if amount_minor > left_minor:
        left = f"{from_minor(left_minor, payment.currency):f} {payment.currency}"
        raise RefundTooMuch(N_("Only %(left)s of this payment are left."), field="amount_minor", left=left)
    if wanted.credit_note and account.row.document_type != DocumentType.INVOICE:
        raise NothingToCredit(N_("A credit note is possible for an invoice only."), field="credit_note")
    if wanted.credit_note and not account.opened_by_refund(payment, amount_minor):
        raise NothingToCredit(field="credit_note")
    return amount_minor

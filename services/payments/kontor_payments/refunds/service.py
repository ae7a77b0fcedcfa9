"""Giving money back: what came twice by itself, anything else because staff want it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1.payments_pb2_codes import RefundReason, RefundState
from kontor_payments import events
from kontor_payments.checkouts.shares import take_back
from kontor_payments.models import Payment, Refund
from kontor_payments.providers.protocol import RefundReport
from kontor_payments.receivables import ledger
from kontor_payments.receivables.account import Account
from kontor_service.ids import uuid7


@dataclass(frozen=True)
class Wish:
    """Why money goes back, who wants it so, and whether a credit note is to go with it."""

    reason: RefundReason
    note: str = ""
    by: str = ""
    credit_note: bool = False
    # Of money that staff have given back themselves.
    reference: str = ""
    # Staff have given it back themselves: the provider is not told.
    by_hand: bool = False


def request_refund(account: Account, payment: Payment, amount_minor: int, wish: Wish) -> Refund:
    """From now on the money counts as being refunded; the provider, where there is one, is told after the commit."""
    refund = Refund(
        id=uuid7(),
        merchant_id=account.row.merchant_id,
        receivable_id=account.row.id,
        payment_id=payment.id,
        amount_minor=amount_minor,
        reason=wish.reason,
        note=wish.note,
        requested_by=wish.by,
        credit_note=wish.credit_note,
        provider_reference=wish.reference,
        created_at=account.now,
        try_at=datetime.now(UTC) if payment.connection_id and not wish.by_hand else None,
    )
    account.session.add(refund)
    account.post(payment, ledger.refund_started(amount_minor), refund_id=refund.id)
    _follow(account, payment, refund)
    return refund


async def apply_refund_report(accounts: Sequence[Account], report: RefundReport) -> None:
    """The provider's report about a refund: ours, or one that the merchant made at the provider's own pages.

    The latter says nothing of the receivables that the payment paid: it is taken from them, the last ones first.
    """
    paid = [(account, payment) for account in accounts if (payment := _payment(account, report.payment_id))]
    if not paid or report.state == "pending":
        return
    known = await _known(paid[0][0].session, [payment for _, payment in paid], report)
    refunds = known or [
        request_refund(account, payment, share, Wish(RefundReason.AT_PROVIDER))
        for (account, payment), share in zip(paid, _shares(paid, report), strict=True)
        if share
    ]
    await paid[0][0].session.flush()
    for refund in refunds:
        account, payment = next(one for one in paid if one[1].id == refund.payment_id)
        end_refund(account, payment, refund, report)


def _payment(account: Account, reference: str) -> Payment | None:
    return next((p for p in account.payments.values() if p.provider_reference == reference), None)


def _shares(paid: Sequence[tuple[Account, Payment]], report: RefundReport) -> list[int]:
    return take_back([account.position(payment).refundable for account, payment in paid], report.amount_minor)


def end_refund(account: Account, payment: Payment, refund: Refund, report: RefundReport) -> None:
    """The provider's final report, possibly again or late. After a failure the money is there as before.

    A provider may still carry out what it has reported as failed: then the money is gone all the same. The payer's bank may send
    back what was done (https://docs.stripe.com/refunds#failed-refunds): then it is here again. What comes late after either is old.
    """
    causes = {posted.cause for posted in account.bookings if posted.refund_id == refund.id}
    succeeded = report.state == "succeeded"
    unpaid_minor = account.figures().unpaid_minor
    if refund.state == RefundState.REQUESTED:
        account.post(payment, ledger.refund_ended(refund.amount_minor, succeeded=succeeded), refund_id=refund.id)
    elif refund.state == RefundState.FAILED and succeeded and "refund_returned" not in causes:
        account.post(payment, ledger.refund_corrected(refund.amount_minor), refund_id=refund.id)
    elif refund.state == RefundState.SUCCEEDED and not succeeded and "refund_failed" not in causes:
        account.post(payment, ledger.refund_returned(refund.amount_minor), refund_id=refund.id)
    else:
        return
    refund.state = RefundState.SUCCEEDED if succeeded else RefundState.FAILED
    refund.provider_reference = report.id or refund.provider_reference
    refund.try_at, refund.ended_at = None, account.now
    if succeeded and refund.credit_note:
        # What is asked for again because of it; of money that was too much that is nothing.
        refund.credit_minor = max(0, account.figures().unpaid_minor - unpaid_minor)
    _follow(account, payment, refund)
    if succeeded:
        account.announce("refunded", payment, refund=events.refund_state(refund))


def _follow(account: Account, payment: Payment, refund: Refund) -> None:
    """Writes at the payment what became of it, and the refund as it stands."""
    if payment.state in ledger.ARRIVED:
        payment.state = ledger.state_of_money(account.position(payment), payment.amount_minor, payment.disputed_minor)
    told = events.refund_data(refund)
    others = [one for one in payment.refunds if one["id"] != told["id"]]
    payment.refunds = sorted([*others, told], key=lambda one: str(one["id"]))


async def _known(session: AsyncSession, payments: Sequence[Payment], report: RefundReport) -> list[Refund]:
    """Ours has one row; one made at the provider has a row for each payment that it was taken from."""
    query = select(Refund).where(col(Refund.payment_id).in_([payment.id for payment in payments]))
    rows = list(await session.exec(query))
    return [r for r in rows if str(r.id) == report.reference or r.provider_reference == report.id]

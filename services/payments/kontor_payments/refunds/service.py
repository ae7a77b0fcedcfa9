"""Giving back what came twice: written with the payment that caused it, carried out by a job."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_payments.checkouts.shares import take_back
from kontor_payments.models import Payment, Refund
from kontor_payments.providers.protocol import RefundReport
from kontor_payments.receivables import ledger
from kontor_payments.receivables.account import Account
from kontor_service.ids import uuid7


def request_refund(account: Account, payment: Payment, amount_minor: int, *, reason: str) -> Refund:
    """From now on the money counts as being refunded; the provider is told after the commit."""
    refund = Refund(
        id=uuid7(),
        merchant_id=account.row.merchant_id,
        receivable_id=account.row.id,
        payment_id=payment.id,
        amount_minor=amount_minor,
        reason=reason,
        created_at=account.now,
        try_at=datetime.now(UTC),
    )
    account.session.add(refund)
    account.post(payment, ledger.refund_started(amount_minor), refund_id=refund.id)
    payment.state = "refund_pending"
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
        request_refund(account, payment, share, reason="at_provider")
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
    """The provider's final report, possibly again or late. After a failure the money stays overpaid, where staff see it.

    A provider may still carry out what it has reported as failed: then the money is gone all the same.
    """
    succeeded = report.state == "succeeded"
    if refund.state == "requested":
        account.post(payment, ledger.refund_ended(refund.amount_minor, succeeded=succeeded), refund_id=refund.id)
    elif refund.state == "failed" and succeeded:
        account.post(payment, ledger.refund_corrected(refund.amount_minor), refund_id=refund.id)
    else:
        return
    refund.state = "succeeded" if succeeded else "failed"
    refund.provider_reference = report.id or refund.provider_reference
    refund.try_at = None
    position = account.position(payment)
    payment.state = "refund_pending" if position.refunding else "refunded" if not position.refundable else "succeeded"
    if succeeded:
        account.announce("refunded", payment)


async def _known(session: AsyncSession, payments: Sequence[Payment], report: RefundReport) -> list[Refund]:
    """Ours has one row; one made at the provider has a row for each payment that it was taken from."""
    query = select(Refund).where(col(Refund.payment_id).in_([payment.id for payment in payments]))
    rows = list(await session.exec(query))
    return [r for r in rows if str(r.id) == report.reference or r.provider_reference == report.id]

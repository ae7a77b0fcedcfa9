"""Giving back what came twice: written with the payment that caused it, carried out by a job."""

from datetime import UTC, datetime

from sqlmodel import select

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


async def apply_refund_report(account: Account, report: RefundReport) -> None:
    """The provider's report about a refund: ours, or one that the merchant made at the provider's own pages."""
    payment = next((p for p in account.payments.values() if p.provider_reference == report.payment_id), None)
    if payment is None or report.state == "pending":
        return
    refund = await _known(account, report)
    if refund is None:
        refund = request_refund(account, payment, report.amount_minor, reason="at_provider")
        await account.session.flush()
    end_refund(account, payment, refund, report)


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


async def _known(account: Account, report: RefundReport) -> Refund | None:
    rows = list(await account.session.exec(select(Refund).where(Refund.receivable_id == account.row.id)))
    return next((r for r in rows if str(r.id) == report.reference or r.provider_reference == report.id), None)

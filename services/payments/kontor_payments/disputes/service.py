"""A payment is contested at a provider: its money counts as taken back at once, and comes back where the merchant wins.

For an inquiry no money goes away; it does once the inquiry becomes a dispute."""

from collections.abc import Sequence

from sqlmodel import col, select

from kontor.payments.v1 import payments_pb2 as pb
from kontor.payments.v1.payments_pb2_codes import DisputeState, FailureCode, PaymentMethod, PaymentState
from kontor_payments import events
from kontor_payments.disputes.models import Dispute
from kontor_payments.disputes.rules import DECIDED, dispute_reason, is_news
from kontor_payments.models import Payment
from kontor_payments.providers.protocol import DisputeReport
from kontor_payments.receivables import ledger
from kontor_payments.receivables.account import Account
from kontor_service.ids import uuid7

# Where the merchant answers; a report may name another page.
_PAGES = {
    "stripe": "https://dashboard.stripe.com/disputes/{id}",
    "paypal": "https://www.paypal.com/resolutioncenter/{id}",
}


async def apply_dispute_report(accounts: Sequence[Account], report: DisputeReport) -> None:
    """The provider's report, in any order and any number of times. A payment that paid several receivables is taken from them
    in their order; one that is not known yet comes with a later report."""
    left = report.amount_minor
    for account in accounts:
        payment = next((p for p in account.payments.values() if p.provider_reference == report.payment_id), None)
        if payment is None or not left:
            continue
        query = select(Dispute).where(
            col(Dispute.payment_id) == payment.id, col(Dispute.provider_reference) == report.id
        )
        dispute = (await account.session.exec(query.with_for_update())).one_or_none()
        is_new = dispute is None
        dispute = dispute or open_dispute(account, payment, report, left)
        follow_dispute(account, payment, dispute, report, is_new=is_new)
        left -= dispute.amount_minor


def open_dispute(account: Account, payment: Payment, report: DisputeReport, most_minor: int) -> Dispute:
    """Of this payment at most all that was paid with it."""
    dispute = Dispute(
        id=uuid7(),
        merchant_id=account.row.merchant_id,
        receivable_id=account.row.id,
        payment_id=payment.id,
        provider=payment.provider,
        provider_reference=report.id,
        amount_minor=min(most_minor, payment.amount_minor),
        currency=payment.currency,
        state=DisputeState.NEEDS_RESPONSE,
        reason=dispute_reason(report.reason),
        page_url=report.page_url or _PAGES.get(payment.provider, "").format(id=report.id),
        opened_at=account.now,
    )
    account.session.add(dispute)
    return dispute


def follow_dispute(
    account: Account, payment: Payment, dispute: Dispute, report: DisputeReport, *, is_new: bool
) -> None:
    """What the report changes at the dispute, the payment and the ledger; nothing where it is no news."""
    is_taken_now = dispute.is_inquiry and not report.is_inquiry and dispute.state not in DECIDED
    if not is_new and not is_taken_now and not is_news(dispute.state, dispute.respond_by, report):
        return
    if (is_new or is_taken_now) and not report.is_inquiry and report.state != "won":
        _take(account, payment, dispute)
    if is_new or is_taken_now:
        dispute.is_inquiry = report.is_inquiry
    dispute.state, dispute.respond_by = DisputeState(report.state), report.respond_by or dispute.respond_by
    if dispute.state in DECIDED:
        dispute.decided_at = account.now
        _decide(account, payment, dispute)
    if payment.state in ledger.ARRIVED:
        payment.state = ledger.state_of_money(account.position(payment), payment.amount_minor, payment.disputed_minor)
    _tell(account, payment, dispute, is_new=is_new)


def _take(account: Account, payment: Payment, dispute: Dispute) -> None:
    postings = ledger.disputed(account.position(payment), dispute.amount_minor, dispute.provider_reference)
    dispute.taken_minor = -sum(posting.amount_minor for posting in postings)
    payment.disputed_minor += dispute.taken_minor
    account.post(payment, postings)


def _decide(account: Account, payment: Payment, dispute: Dispute) -> None:
    payment.disputed_minor = max(0, payment.disputed_minor - dispute.taken_minor)
    if dispute.state == DisputeState.WON:
        account.post(payment, ledger.dispute_won(dispute.taken_minor, dispute.provider_reference))
        dispute.taken_minor = 0


def _tell(account: Account, payment: Payment, dispute: Dispute, *, is_new: bool) -> None:
    """The merchant of every step; the customer where nothing of the payment has stayed."""
    account.changed(payment)
    if not is_new:
        dispute.touch()
    state = events.dispute_state(dispute, account.row)
    if dispute.state in DECIDED:
        account.tell(pb.DisputeDecided(dispute=state))
    else:
        account.tell(pb.DisputeOpened(dispute=state) if is_new else pb.DisputeChanged(dispute=state))
    if payment.state == PaymentState.REVERSED and account.counts(payment):
        is_debit = payment.method == PaymentMethod.SEPA_DEBIT
        payment.failure = FailureCode.RETURNED_BY_BANK if is_debit else FailureCode.CHARGED_BACK
        account.row.last_failure = payment.failure
        account.announce("failed", payment)

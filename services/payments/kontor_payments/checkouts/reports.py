"""Applying what a provider says about a checkout: by answer, by webhook, on asking; in any order, any number of times."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.payments.v1.payments_pb2_codes import FailureCode, RefundReason
from kontor_payments.bookings.external import is_booked, reconsider
from kontor_payments.checkouts.ending import end_live_checkouts
from kontor_payments.checkouts.shares import divide_report
from kontor_payments.disputes.service import apply_dispute_report
from kontor_payments.methods.confirming import follow_charge
from kontor_payments.models import Checkout, CheckoutPart, Payment, Receivable
from kontor_payments.payouts.service import look_again
from kontor_payments.providers.protocol import CheckoutReport, PaymentReport
from kontor_payments.receivables import ledger
from kontor_payments.receivables.account import Account, close_several, lock_several
from kontor_payments.refunds.service import Wish, apply_refund_report, request_refund
from kontor_service.clock import Clock
from kontor_service.ids import uuid7

# A checkout moves only to the right: what comes late changes nothing, but money that came is never overlooked.
_RANK = {
    "creating": 0,
    "failed": 0,
    "open": 1,
    "requires_action": 1,
    "ending": 2,
    "approved": 2,
    "cancelled": 3,
    "expired": 3,
    "completed": 4,
}
OVER = frozenset({"completed", "expired", "cancelled", "failed"})
# Seconds until the provider is asked again about a checkout of which nothing is heard.
_ASK_STEPS = (60, 300, 900, 3600, 6 * 3600, 24 * 3600)
_SETTLING = frozenset({"pending"})


async def apply_report(
    session: AsyncSession, checkout_id: UUID, report: CheckoutReport, clock: Clock
) -> tuple[Checkout, list[Receivable]]:
    """One transaction's worth; the receivables are locked first, as everywhere. Answers them in the order of their documents."""
    parts, accounts = await lock_parts(session, checkout_id, clock)
    query = select(Checkout).where(Checkout.id == checkout_id).with_for_update()
    checkout = (await session.exec(query.execution_options(populate_existing=True))).one()
    was = checkout.state
    _follow(checkout, report)
    await apply_money(accounts, [part.amount_minor for part in parts], checkout, report)
    schedule(checkout, accounts)
    await end_live_checkouts(accounts)
    if checkout.saved_method_id is not None:
        await follow_charge(session, checkout, was, parts, accounts)
    closed = await close_several(accounts)
    await look_again(session, checkout, report, clock)
    return checkout, closed


async def apply_money(
    accounts: Sequence[Account], amounts: Sequence[int], checkout: Checkout, report: CheckoutReport
) -> None:
    """Books the payments, refunds and disputes of a report. `amounts`: what the checkout pays of each account, in minor units.

    Of a reversed payment the provider took back only what had not been refunded before: it is applied as succeeded first, then
    its refunds, then the reversal. What a disputed payment lost is booked from its dispute, which says how much it is.
    """
    disputed = {dispute.payment_id for dispute in report.disputes}
    for payment in report.payments:
        before = replace(payment, state="succeeded", failure="") if payment.state == "reversed" else payment
        await _apply_payment(accounts, amounts, checkout, before)
    for refund in report.refunds:
        await apply_refund_report(accounts, refund)
    for dispute in report.disputes:
        await apply_dispute_report(accounts, dispute)
    for payment in report.payments:
        if payment.id not in disputed:
            await _apply_payment(accounts, amounts, checkout, payment)


async def _apply_payment(
    accounts: Sequence[Account], amounts: Sequence[int], checkout: Checkout, report: PaymentReport
) -> None:
    for account, share in zip(accounts, divide_report(report, amounts), strict=True):
        if share is not None:
            await apply_payment_report(account, checkout, share)


async def lock_parts(
    session: AsyncSession, checkout_id: UUID, clock: Clock
) -> tuple[list[CheckoutPart], list[Account]]:  # fmt: skip
    """What a checkout pays, and the accounts of these receivables, locked; both in the order of the documents."""
    query = select(CheckoutPart).where(CheckoutPart.checkout_id == checkout_id).order_by(col(CheckoutPart.document_id))
    parts = list(await session.exec(query))
    return parts, await lock_several(session, [part.receivable_id for part in parts], clock)


def schedule(checkout: Checkout, accounts: Sequence[Account]) -> None:
    """When to ask the provider next, unless it reports first."""
    waits_for_money = any(
        payment.checkout_id == checkout.id and payment.state in _SETTLING
        for account in accounts
        for payment in account.payments.values()
    )
    now = datetime.now(UTC)
    if checkout.state in ("approved", "ending"):
        checkout.ask_at = now
    elif checkout.state in OVER and not waits_for_money:
        checkout.ask_at = None
    else:
        checkout.ask_at = now + timedelta(seconds=_ASK_STEPS[min(checkout.asked, len(_ASK_STEPS) - 1)])


def _follow(checkout: Checkout, report: CheckoutReport) -> None:
    checkout.provider_id = checkout.provider_id or report.provider_id
    checkout.redirect_url = report.redirect_url or checkout.redirect_url
    checkout.expires_at = report.expires_at
    # What the payer approved could not be captured: the payer is to choose another way on the provider's page.
    sent_back = report.state == "requires_action" and checkout.state in ("open", "approved")
    if sent_back or _RANK[report.state] > _RANK[checkout.state]:
        checkout.state = report.state


async def apply_payment_report(account: Account, checkout: Checkout, report: PaymentReport) -> None:
    """What one report about one payment changes; nothing if it came before, or after a later one."""
    payment = _known(account, checkout, report.id)
    if payment is not None:
        _note_fee(account, payment, report)
    if not ledger.is_news(payment.state if payment else None, report.state):
        return
    if payment is None:
        payment = _new(account, checkout, report)
        account.add(payment)
        await account.session.flush()
    account.post(payment, ledger.postings(account.position(payment), report.state, report.amount_minor))
    payment.state, payment.failure, payment.settled_at = report.state, report.failure, report.settled_at
    if not account.counts(payment):
        _in_another_currency(account, payment)
        return
    account.row.last_method = payment.method
    if report.state == "pending":
        _pending(account, payment, report)
    elif report.state == "succeeded":
        _succeeded(account, payment)
    else:
        _failed(account, payment)


def _known(account: Account, checkout: Checkout, reference: str) -> Payment | None:
    return next(
        (
            payment
            for payment in account.payments.values()
            if payment.connection_id == checkout.connection_id and payment.provider_reference == reference
        ),
        None,
    )


def _note_fee(account: Account, payment: Payment, report: PaymentReport) -> None:
    """Providers tell the fee and the payout after the payment; a report that does not say them takes nothing away."""
    told = {"fee_minor": report.fee_minor, "net_minor": report.net_minor, "payout_id": report.payout_id or None}
    news = {name: value for name, value in told.items() if value is not None and getattr(payment, name) != value}
    for name, value in news.items():
        setattr(payment, name, value)
    if news:
        account.changed(payment)


def _new(account: Account, checkout: Checkout, report: PaymentReport) -> Payment:
    return Payment(
        id=uuid7(),
        merchant_id=account.row.merchant_id,
        receivable_id=account.row.id,
        checkout_id=checkout.id,
        connection_id=checkout.connection_id,
        saved_method_id=checkout.saved_method_id,
        amount_minor=report.amount_minor,
        currency=report.currency,
        state=report.state,
        method=report.method,
        provider=checkout.provider,
        provider_reference=report.id,
        # The amount was offered on that day, so a cash discount that ran then is kept.
        counts_on=checkout.offered_on,
        charged_at=report.initiated_at,
        fee_minor=report.fee_minor,
        net_minor=report.net_minor,
        payout_id=report.payout_id,
        created_at=account.now,
        booked_by=checkout.created_by,
    )


def _pending(account: Account, payment: Payment, report: PaymentReport) -> None:
    account.row.expected_on = report.expected_on
    account.row.last_failure = ""
    account.announce("pending", payment)


def _succeeded(account: Account, payment: Payment) -> None:
    account.row.expected_on = None
    account.row.last_failure = ""
    reconsider(account)
    twice = account.surplus(payment)
    if twice:
        request_refund(account, payment, twice, Wish(RefundReason.PAID_TWICE))
    # Who was told of the booking has been told of the payment.
    if not is_booked(account, payment):
        account.announce("succeeded", payment)


def _in_another_currency(account: Account, payment: Payment) -> None:
    """It stands in the ledger in its own currency and counts nothing: the merchant decides what becomes of it."""
    if payment.state == "succeeded":
        payment.failure = FailureCode.OTHER_CURRENCY
        account.announce("not_counted", payment)


def _failed(account: Account, payment: Payment) -> None:
    account.row.expected_on = None
    account.row.last_failure = payment.failure or FailureCode.FAILED
    reconsider(account)
    account.announce("failed", payment)

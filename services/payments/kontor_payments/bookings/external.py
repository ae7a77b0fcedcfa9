"""Booking money that somebody else has received: the ERP, or staff by hand."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kontor_payments.bookings.rules import ExternalBooking, ProviderMoney, match
from kontor_payments.models import Payment
from kontor_payments.receivables import ledger
from kontor_payments.receivables.account import Account
from kontor_service.ids import uuid7

_MONEY: dict[str, Literal["here", "coming", "gone", "failed"]] = {
    "pending": "coming",
    "succeeded": "here",
    "failed": "failed",
    "refund_pending": "gone",
    "refunded": "gone",
    "reversed": "gone",
}


@dataclass(frozen=True)
class External:
    amount_minor: int
    method: str
    reference: str
    external_id: str | None
    booked_on: date
    booked_by: str
    # erp or staff
    provider: str
    received_at: datetime


async def book(account: Account, external: External) -> Payment:
    """Books it, or notes that it speaks of money that is known already."""
    payment = _payment(account, external)
    account.add(payment)
    await account.session.flush()
    account.post(payment, ledger.postings(account.position(payment), "succeeded", payment.amount_minor))
    reconsider(account)
    if payment.state != "matched":
        account.row.last_method, account.row.last_failure = payment.method, ""
        account.announce("succeeded", payment)
    return payment


def reconsider(account: Account) -> None:
    """Answers anew which bookings speak of a provider's payment: they step back for it, or stand for themselves."""
    counting = [payment for payment in account.payments.values() if account.counts(payment)]
    bookings = {payment.id: payment for payment in counting if payment.connection_id is None}
    monies = [_money(payment) for payment in counting if payment.connection_id]
    found = match([_as_external(booking) for booking in bookings.values()], monies)
    for booking in bookings.values():
        target = found.get(booking.id)
        if target == booking.matched_to:
            continue
        booking.matched_to = target
        account.changed(booking)
        if target is not None and booking.state == "succeeded":
            booking.state = "matched"
            account.post(booking, ledger.matched(account.position(booking), account.count(booking)))
        elif target is None:
            booking.state = "succeeded"
            account.post(booking, ledger.released(booking.amount_minor, account.count(booking)))


def is_booked(account: Account, payment: Payment) -> bool:
    """Whether somebody has booked this provider's payment."""
    return any(booking.matched_to == payment.id for booking in account.payments.values())


def _payment(account: Account, external: External) -> Payment:
    return Payment(
        id=uuid7(),
        merchant_id=account.row.merchant_id,
        receivable_id=account.row.id,
        amount_minor=external.amount_minor,
        currency=account.row.currency,
        state="succeeded",
        method=external.method,
        provider=external.provider,
        external_id=external.external_id,
        reference=external.reference,
        counts_on=external.booked_on,
        charged_at=external.received_at,
        created_at=account.now,
        settled_at=account.now,
        booked_by=external.booked_by,
    )


def _as_external(booking: Payment) -> ExternalBooking:
    return ExternalBooking(
        id=booking.id,
        source=booking.provider,
        amount_minor=booking.amount_minor,
        method=booking.method,
        reference=booking.reference,
        received_at=booking.charged_at,
        matched_to=booking.matched_to,
    )


def _money(payment: Payment) -> ProviderMoney:
    names = {payment.provider_reference, str(payment.id), str(payment.checkout_id or "")}
    return ProviderMoney(
        id=payment.id,
        state=_MONEY[payment.state],
        amount_minor=payment.amount_minor,
        method=payment.method,
        provider=payment.provider,
        references=frozenset(names - {""}),
        charged_at=payment.charged_at,
    )

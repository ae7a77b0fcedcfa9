"""Booking money that somebody else has received: the ERP, or staff by hand."""

from typing import Any

from kontor_payments.bookings.rules import match
from kontor_payments.models import Payment
from kontor_payments.receivables import ledger
from kontor_payments.receivables.account import Account


async def book(account: Account, **told: Any) -> Payment:
    """Books it, or notes that it speaks of money that is known already.

    `told` are the columns of a Payment that only the caller knows: its amount, method, reference, external id, who
    booked it, as which provider (erp, staff), the day it counts on, and when it was reported to us (`charged_at`, UTC).
    """
    row = account.row
    payment = Payment(
        merchant_id=row.merchant_id, receivable_id=row.id, currency=row.currency, state="succeeded",
        created_at=account.now, settled_at=account.moment_on(told["counts_on"]), **told,
    )  # fmt: skip
    account.add(payment)
    await account.session.flush()
    account.post(payment, ledger.postings(account.position(payment), "succeeded", payment.amount_minor))
    reconsider(account)
    if payment.state != "matched":
        row.last_method, row.last_failure = payment.method, ""
        account.announce("succeeded", payment)
    return payment


def reconsider(account: Account) -> None:
    """Answers anew which bookings speak of a provider's payment: they step back for it, or stand for themselves."""
    counting = [payment for payment in account.payments.values() if account.counts(payment)]
    over = ("cancelled", "reversed")
    bookings = [payment for payment in counting if payment.connection_id is None and payment.state not in over]
    # A booking that a returned debit took back keeps what was taken for the same money, and takes nothing new.
    found = match(bookings, [payment for payment in counting if payment.connection_id or payment.state == "reversed"])
    for booking in bookings:
        target = found.get(booking.id)
        if target == booking.matched_to:
            continue
        booking.matched_to = target
        number = sum(posted.payment_id == booking.id for posted in account.bookings)
        account.changed(booking)
        if target is not None and booking.state == "succeeded":
            booking.state = "matched"
            account.post(booking, ledger.matched(account.position(booking), number))
        elif target is None:
            booking.state = "succeeded"
            account.post(booking, ledger.released(booking.amount_minor, number))


def cancel(account: Account, booking: Payment, *, reason: str, by: str) -> None:
    """Takes a booking back; both stay visible. What was taken for the same money counts again."""
    account.post(booking, ledger.cancelled(account.position(booking)))
    booking.state, booking.matched_to, booking.reason, booking.cancelled_by = "cancelled", None, reason, by
    reconsider(account)
    account.announce("cancelled", booking)


def is_booked(account: Account, payment: Payment) -> bool:
    """Whether somebody has booked this provider's payment."""
    return any(booking.matched_to == payment.id for booking in account.payments.values())

"""Booking money that somebody else has received: the ERP, or staff by hand."""

from typing import Any
from uuid import UUID

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
        if booking.matched_to is not None:
            _part(account, booking)
        if target is not None:
            _join(account, booking, target)


def _join(account: Account, booking: Payment, target: UUID) -> None:
    """The booking steps back for the money that it speaks of. What was given back of it was given back of that."""
    position, number = account.position(booking), _number(account, booking)
    booking.matched_to, booking.state = target, "matched"
    account.post(booking, ledger.matched(position, number))
    _give_back_of(account, booking, target, position.refunded, number)


def _part(account: Account, booking: Payment) -> None:
    """The booking stands for itself again."""
    assert booking.matched_to is not None
    money, number = booking.matched_to, _number(account, booking)
    given_back = sum(
        posted.amount_minor
        for posted in account.bookings
        if posted.payment_id == money and posted.cause.startswith(f"given_back:{booking.id}:")
    )
    account.post(booking, ledger.released(booking.amount_minor, number, given_back))
    booking.matched_to, booking.state = None, ledger.state_of_money(account.position(booking), booking.amount_minor, 0)
    _give_back_of(account, booking, money, -given_back, number)


def _give_back_of(account: Account, booking: Payment, target: UUID, refunded_minor: int, number: int) -> None:
    if not refunded_minor:
        return
    money = account.payments[target]
    account.post(money, ledger.given_back_of(refunded_minor, booking.id, number))
    if money.state in ledger.ARRIVED:
        money.state = ledger.state_of_money(account.position(money), money.amount_minor, money.disputed_minor)


def _number(account: Account, booking: Payment) -> int:
    """Tells what is done again apart."""
    return sum(posted.payment_id == booking.id for posted in account.bookings)


def cancel(account: Account, booking: Payment, *, reason: str, by: str) -> None:
    """Takes a booking back; both stay visible. What was taken for the same money counts again."""
    account.post(booking, ledger.cancelled(account.position(booking)))
    booking.state, booking.matched_to, booking.reason, booking.cancelled_by = "cancelled", None, reason, by
    reconsider(account)
    account.announce("cancelled", booking)


def is_booked(account: Account, payment: Payment) -> bool:
    """Whether somebody has booked this provider's payment."""
    return any(booking.matched_to == payment.id for booking in account.payments.values())

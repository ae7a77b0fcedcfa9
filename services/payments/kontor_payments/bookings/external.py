"""Booking money that somebody else has received: the ERP, or staff by hand."""

from dataclasses import dataclass
from datetime import date, datetime

from kontor_payments.bookings.rules import ExternalBooking, ProviderMoney, same_money
from kontor_payments.models import Payment
from kontor_payments.receivables import ledger
from kontor_payments.receivables.account import Account
from kontor_service.ids import uuid7


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
    heard_at: datetime


async def book(account: Account, external: External) -> Payment:
    """Books it, or notes that it speaks of money that a provider has already told us about."""
    payment = _payment(account, external)
    known = _same(account, payment)
    account.add(payment)
    await account.session.flush()
    if known is not None:
        payment.state, payment.matched_to = "matched", known.id
        return payment
    account.post(payment, ledger.postings(account.position(payment), "succeeded", payment.amount_minor))
    account.row.last_method, account.row.last_failure = payment.method, ""
    account.tell("succeeded", payment)
    return payment


def absorb(account: Account, payment: Payment) -> bool:
    """Whether a provider's payment is money that was already booked: the booking then steps back for it."""
    for booking in account.payments.values():
        if _stands_alone(booking) and same_money(_spoken_of(booking), _money(payment)):
            account.post(booking, ledger.matched(account.position(booking)))
            booking.state, booking.matched_to = "matched", payment.id
            return True
    return False


def release(account: Account, payment: Payment) -> None:
    """The provider's payment has failed: a booking that was taken for it was other money after all."""
    for booking in account.payments.values():
        if booking.state == "matched" and booking.matched_to == payment.id:
            booking.state, booking.matched_to = "succeeded", None
            account.post(booking, ledger.released(account.position(booking), booking.amount_minor))


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
        charged_at=external.heard_at,
        created_at=account.now,
        settled_at=account.now,
        booked_by=external.booked_by,
    )


def _same(account: Account, booking: Payment) -> Payment | None:
    taken = {payment.matched_to for payment in account.payments.values()}
    candidates = [
        payment
        for payment in account.payments.values()
        if payment.connection_id and payment.id not in taken and payment.state in ("pending", "succeeded")
    ]
    spoken = _spoken_of(booking)
    # A payment that is named by its reference comes before one that merely fits.
    candidates.sort(key=lambda payment: spoken.reference not in _money(payment).references)
    return next((payment for payment in candidates if same_money(spoken, _money(payment))), None)


def _stands_alone(payment: Payment) -> bool:
    return payment.connection_id is None and payment.state == "succeeded"


def _spoken_of(booking: Payment) -> ExternalBooking:
    return ExternalBooking(booking.amount_minor, booking.method, booking.reference, booking.charged_at)


def _money(payment: Payment) -> ProviderMoney:
    names = {payment.provider_reference, str(payment.id), str(payment.checkout_id or "")}
    return ProviderMoney(
        payment.amount_minor, payment.method, payment.provider, frozenset(names - {""}), payment.charged_at
    )

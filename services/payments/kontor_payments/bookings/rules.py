"""Which bookings from the ERP or from staff speak of money that is known already. Pure.

A provider tells us of a payment, the ERP books it too, and staff may have marked the invoice as paid before: one
payment, three reports. They come in any order, so the question is answered anew with each of them.
"""

from collections.abc import Sequence
from uuid import UUID

from kontor_payments.models import Payment

# Says nothing about the way the money took. A booking with another method is other money.
_UNSPECIFIC = frozenset({"", "other", "online", "provider"})
# It was here, and went back.
_GONE = frozenset({"refund_pending", "refunded", "reversed", "disputed"})


def same_money(booking: Payment, money: Payment) -> bool:
    """Whether the two may be one payment, going by amount, way and time.

    The amount must agree, the booking must not have been made before the charge (nobody can book what has not
    happened), and its method must not name another way. What remains in doubt counts as the same, because the other
    error would send back money that came only once.
    """
    if booking.amount_minor != money.amount_minor or booking.charged_at < money.charged_at:
        return False
    return booking.method in _UNSPECIFIC or booking.method in (money.method, money.provider)


def same_booking(one: Payment, other: Payment) -> bool:
    """Whether the ERP and staff have booked the same money: staff mark an invoice as paid, the ERP follows at night."""
    if one.amount_minor != other.amount_minor or one.provider == other.provider:
        return False
    return one.method == other.method or bool({one.method, other.method} & _UNSPECIFIC)


def match(bookings: Sequence[Payment], monies: Sequence[Payment]) -> dict[UUID, UUID]:
    """Which booking speaks of what: a provider's payment, or a booking of the other source. The rest is own money.

    A name decides first; then what was decided before stands, once that money is here; then what fits, each
    source once per payment, because its second report is about other money.
    """
    found: dict[UUID, UUID] = {}
    # Who books money has rather seen what is here than what is coming.
    likely = [m for state in ("succeeded", "pending") for m in monies if m.state == state]
    for booking in bookings:
        target = _named(booking, monies) or _kept(booking, monies)
        if target is not None:
            found[booking.id] = target
    for booking in bookings:
        if booking.id not in found:
            taken = {found.get(b.id) for b in bookings if b.provider == booking.provider}
            target = next((m.id for m in likely if same_money(booking, m) and m.id not in taken), None)
            if target is not None:
                found[booking.id] = target
    _pair_bookings(bookings, found)
    return found


def _named(booking: Payment, monies: Sequence[Payment]) -> UUID | None:
    if not booking.reference:
        return None
    return next((m.id for m in monies if m.state != "failed" and booking.reference in _names(m)), None)


def _names(money: Payment) -> set[str]:
    """The references by which an ERP may know this payment."""
    return {money.provider_reference, str(money.id), str(money.checkout_id)}


def _kept(booking: Payment, monies: Sequence[Payment]) -> UUID | None:
    there = {m.id for m in monies if m.state == "succeeded" or m.state in _GONE}
    return booking.matched_to if booking.matched_to in there else None


def _pair_bookings(bookings: Sequence[Payment], found: dict[UUID, UUID]) -> None:
    alone = [b for b in bookings if b.id not in found and b.id not in found.values()]
    for number, later in enumerate(alone):
        free = (b for b in alone[:number] if b.id not in found and b.id not in found.values())
        earlier = next((b for b in free if same_booking(b, later)), None)
        if earlier is not None:
            found[later.id] = earlier.id

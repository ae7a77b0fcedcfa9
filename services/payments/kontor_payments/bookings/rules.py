"""When a booking from the ERP or from staff speaks of money that a provider has already told us about. Pure."""

from dataclasses import dataclass
from datetime import datetime

# Says nothing about the way the money took. A booking with another method is other money.
_UNSPECIFIC = frozenset({"", "other", "online", "provider"})


@dataclass(frozen=True)
class ExternalBooking:
    amount_minor: int
    method: str
    reference: str
    # When we heard of it; UTC.
    heard_at: datetime


@dataclass(frozen=True)
class ProviderMoney:
    amount_minor: int
    method: str
    provider: str
    # Everything an ERP may have been told this payment is called.
    references: frozenset[str]
    # When the payer's money was taken or ordered, by the provider's clock; UTC.
    charged_at: datetime


def same_money(booking: ExternalBooking, money: ProviderMoney) -> bool:
    """Whether the two are one payment.

    A reference decides alone. Without one the amount must agree, the booking must not have been made before the
    charge (nobody can book what has not happened), and its method must not name another way. What remains in doubt
    counts as the same, because the other error would send back money that came only once.
    """
    if booking.reference and booking.reference in money.references:
        return True
    if booking.amount_minor != money.amount_minor or booking.heard_at < money.charged_at:
        return False
    return booking.method in _UNSPECIFIC or booking.method in (money.method, money.provider)

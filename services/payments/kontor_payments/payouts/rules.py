"""What is in a payout, and what a report about one changes. Pure; amounts are minor units."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kontor.payments.v1.payments_pb2_codes import PayoutItemKind, PayoutState
from kontor_payments.providers.protocol import PayoutItem

_RANK = {
    PayoutState.PENDING: 0,
    PayoutState.IN_TRANSIT: 1,
    PayoutState.PAID: 2,
    # A bank may return what it had taken.
    PayoutState.FAILED: 3,
    PayoutState.CANCELLED: 3,
}
# What comes about through Kontor, and so can be linked to a payment here.
LINKABLE = frozenset({PayoutItemKind.PAYMENT, PayoutItemKind.REFUND, PayoutItemKind.DISPUTE})


@dataclass(frozen=True)
class Totals:
    """gross + returned + other - fee is what the bank account receives."""

    gross_minor: int
    # Refunds and disputes: negative.
    returned_minor: int
    # What the provider keeps: positive.
    fee_minor: int
    # Corrections of either sign.
    other_minor: int

    @property
    def net_minor(self) -> int:
        return self.gross_minor + self.returned_minor + self.other_minor - self.fee_minor


def totals(items: Iterable[PayoutItem]) -> Totals:
    """Fees that are lines of their own count as fees like those kept of payments."""
    gross = returned = fee = other = 0
    for item in items:
        kind = PayoutItemKind(item.kind)
        fee += item.fee_minor
        if kind == PayoutItemKind.PAYMENT:
            gross += item.gross_minor
        elif kind in (PayoutItemKind.REFUND, PayoutItemKind.DISPUTE):
            returned += item.gross_minor
        elif kind == PayoutItemKind.FEE:
            fee -= item.gross_minor
        else:
            other += item.gross_minor
    return Totals(gross, returned, fee, other)


def later_state(known: str, reported: str) -> PayoutState:
    """A payout's state only moves on: a report that comes late changes nothing."""
    one, other = PayoutState(known), PayoutState(reported)
    return other if _RANK[other] > _RANK[one] else one


def lines_of(reported: Iterable[PayoutItem], known: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The reported items as they are stored; what was found out about the payments of known ones is kept."""
    shares = {(one["kind"], one["reference"]): one["shares"] for one in known}
    return [
        {
            "kind": str(item.kind),
            "reference": item.reference,
            "gross_minor": item.gross_minor,
            "fee_minor": item.fee_minor,
            "net_minor": item.net_minor,
            "shares": shares.get((item.kind, item.reference), []),
        }
        for item in reported
    ]


def unlinked(lines: Iterable[dict[str, Any]]) -> list[str]:
    """References of lines whose payment has not been found."""
    wanted = {line["reference"] for line in lines if line["kind"] in LINKABLE and not line["shares"]}
    return sorted(wanted)

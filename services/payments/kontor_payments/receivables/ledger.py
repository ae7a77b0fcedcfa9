"""What a report about a payment adds to the ledger. Pure; the same report twice, or a late one, adds nothing."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from kontor.payments.v1.payments_pb2_codes import PaymentState
from kontor_payments.receivables.rules import Bucket, Position

# pending < failed < succeeded < reversed: a payment only moves to the right, so order does not matter.
# refund_pending, refunded and disputed stand beside succeeded; matched: it was the same money as another payment;
# cancelled: a booking that staff took back.
ReportedState = Literal["pending", "failed", "succeeded", "reversed"]

_RANK = {
    PaymentState.PENDING: 1,
    PaymentState.FAILED: 2,
    PaymentState.SUCCEEDED: 3,
    PaymentState.REFUND_PENDING: 3,
    PaymentState.REFUNDED: 3,
    PaymentState.DISPUTED: 3,
    PaymentState.MATCHED: 3,
    PaymentState.REVERSED: 4,
    PaymentState.CANCELLED: 4,
}
# The money is here, or was.
ARRIVED = frozenset({PaymentState.SUCCEEDED, PaymentState.REFUND_PENDING, PaymentState.REFUNDED, PaymentState.DISPUTED})


@dataclass(frozen=True)
class Posting:
    bucket: Bucket
    amount_minor: int
    cause: str


def is_news(known: str | None, reported: ReportedState) -> bool:
    """Whether the report says more than is known of the payment."""
    return known is None or _RANK[PaymentState(reported)] > _RANK[PaymentState(known)]


def postings(position: Position, reported: ReportedState, amount_minor: int) -> list[Posting]:
    """What a report that is news posts. `position` is the payment's share so far."""
    found: list[Posting] = []
    if position.pending:
        found.append(Posting("pending", -position.pending, reported))
    if reported == "pending":
        found.append(Posting("pending", amount_minor, reported))
    elif reported == "succeeded":
        found.append(Posting("paid", amount_minor, reported))
    elif reported == "reversed" and position.paid:
        found.append(Posting("paid", -position.refundable, reported))
    return [posting for posting in found if posting.amount_minor]


def matched(position: Position, number: int) -> list[Posting]:
    """Takes a booking back that has turned out to speak of other known money; `number` tells repetitions apart.

    What was given back of it is taken back too: it is posted to the other money (`given_back_of`).
    """
    cause = f"matched:{number}"
    found = [Posting("paid", -position.paid, cause), Posting("refunded", -position.refunded, cause)]
    return [posting for posting in found if posting.amount_minor]


def given_back_of(refunded_minor: int, booking: UUID, number: int) -> list[Posting]:
    """What staff had given back of a booking, at the money that it speaks of; negative when the two part again."""
    return [Posting("refunded", refunded_minor, f"given_back:{booking}:{number}")]


def returned(position: Position, number: int) -> list[Posting]:
    """Takes back a booked payment that the payer's bank returned; `number` tells repetitions apart."""
    return [Posting("paid", -position.refundable, f"returned:{number}")] if position.refundable else []


def is_return(cause: str) -> bool:
    """Whether a posting with this cause is one of `returned`."""
    return cause.startswith("returned:")


def cancelled(position: Position) -> list[Posting]:
    """Takes a booking or a pay-out back for good."""
    if position.refundable:
        return [Posting("paid", -position.refundable, "cancelled")]
    return [Posting("refunded", -position.refunded, "cancelled")] if position.refunded else []


def paid_out(amount_minor: int) -> list[Posting]:
    """What goes to the customer out of a credit note."""
    return [Posting("refunded", amount_minor, "paid_out")]


def refund_started(amount_minor: int) -> list[Posting]:
    return [Posting("refunding", amount_minor, "refund_started")]


def refund_ended(amount_minor: int, *, succeeded: bool) -> list[Posting]:
    """The end of a refund that was started with the same amount."""
    ended = [Posting("refunding", -amount_minor, "refund_succeeded" if succeeded else "refund_failed")]
    return [*ended, Posting("refunded", amount_minor, "refund_succeeded")] if succeeded else ended


def refund_corrected(amount_minor: int) -> list[Posting]:
    """A refund that was taken for failed has succeeded after all."""
    return [Posting("refunded", amount_minor, "refund_succeeded")]


def refund_returned(amount_minor: int) -> list[Posting]:
    """A refund that was taken for done has failed after all: the money is with the merchant again."""
    return [Posting("refunded", -amount_minor, "refund_returned")]


def disputed(position: Position, amount_minor: int, dispute: str) -> list[Posting]:
    """The provider takes back what is disputed: never more than came, but also what was refunded before."""
    taken = min(amount_minor, position.paid)
    return [Posting("paid", -taken, f"disputed:{dispute}")] if taken else []


def dispute_won(taken_minor: int, dispute: str) -> list[Posting]:
    """The provider gives back what it had taken for this dispute."""
    return [Posting("paid", taken_minor, f"dispute_won:{dispute}")] if taken_minor else []


def state_of_money(position: Position, amount_minor: int, disputed_minor: int) -> PaymentState:
    """Where a payment of this amount stands that has arrived once. `disputed_minor` is taken back by disputes that are not
    decided. Of one that is partly refunded and lost the rest to a dispute nothing is left: it was taken back."""
    if position.refunding:
        return PaymentState.REFUND_PENDING
    if disputed_minor:
        return PaymentState.DISPUTED
    if position.refundable:
        return PaymentState.SUCCEEDED
    return PaymentState.REFUNDED if position.refunded >= amount_minor else PaymentState.REVERSED


def released(amount_minor: int, number: int, refunded_minor: int = 0) -> list[Posting]:
    """Puts a matched booking back in its own right, with what was given back of it."""
    found = [
        Posting("paid", amount_minor, f"released:{number}"),
        Posting("refunded", refunded_minor, f"released:{number}"),
    ]
    return [posting for posting in found if posting.amount_minor]

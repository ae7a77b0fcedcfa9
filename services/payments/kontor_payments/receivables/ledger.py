"""What a report about a payment adds to the ledger. Pure; the same report twice, or a late one, adds nothing."""

from dataclasses import dataclass
from typing import Literal

from kontor.payments.v1.payments_pb2_codes import PaymentState
from kontor_payments.receivables.rules import Bucket, Position

# pending < failed < succeeded < reversed: a payment only moves to the right, so order does not matter.
# refund_pending and refunded stand beside succeeded; matched: it was the same money as another payment; cancelled:
# a booking that staff took back.
ReportedState = Literal["pending", "failed", "succeeded", "reversed"]

_RANK = {
    PaymentState.PENDING: 1,
    PaymentState.FAILED: 2,
    PaymentState.SUCCEEDED: 3,
    PaymentState.REFUND_PENDING: 3,
    PaymentState.REFUNDED: 3,
    PaymentState.MATCHED: 3,
    PaymentState.REVERSED: 4,
    PaymentState.CANCELLED: 4,
}


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
    """Takes a booking back that has turned out to speak of other known money; `number` tells repetitions apart."""
    return [Posting("paid", -position.refundable, f"matched:{number}")] if position.refundable else []


def returned(position: Position, number: int) -> list[Posting]:
    """Takes back a booked payment that the payer's bank returned; `number` tells repetitions apart."""
    return [Posting("paid", -position.refundable, f"returned:{number}")] if position.refundable else []


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


def released(amount_minor: int, number: int) -> list[Posting]:
    """Puts a matched booking back in its own right."""
    return [Posting("paid", amount_minor, f"released:{number}")]

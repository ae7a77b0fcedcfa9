"""What happens to a checkout: each function changes it and returns the names of the events to be told."""

from datetime import datetime, timedelta
from typing import Literal

from kontor_sandbox.model import Checkout, Dispute, Method, Payment, Refund, new_id

# A SEPA debit is on the account two business days later; the sandbox does not wait so long.
_SEPA_DAYS = 2
# Within which the merchant answers a dispute.
_ANSWER_DAYS = 9


class NotOpen(Exception):
    """The checkout has ended, or is not where this step is possible."""


class TooMuch(Exception):
    """A refund exceeds what was paid."""


def pay(checkout: Checkout, method: Method, at: datetime) -> list[str]:
    """The payer agrees: paid at once, or approved where the merchant captures."""
    _must_be(checkout, "open")
    checkout.method = method
    if checkout.capture == "manual":
        checkout.state = "approved"
        return ["checkout.approved"]
    return _charge(checkout, at)


def capture(checkout: Checkout, at: datetime) -> list[str]:
    """Takes the approved money; once more changes nothing."""
    if checkout.state == "completed":
        return []
    _must_be(checkout, "approved")
    return _charge(checkout, at)


def _charge(checkout: Checkout, at: datetime) -> list[str]:
    _add(checkout, "succeeded", at)
    checkout.state = "completed"
    return ["payment.succeeded", "checkout.completed"]


def decline(checkout: Checkout, method: Method, failure: str, at: datetime) -> list[str]:
    """The attempt fails; the payer may try again."""
    _must_be(checkout, "open")
    checkout.method = method
    _add(checkout, "failed", at).failure = failure
    return ["payment.failed"]


def pay_later(
    checkout: Checkout, settle_as: Literal["succeeded", "failed"], settle_after: float, at: datetime
) -> list[str]:
    """The payer orders a SEPA debit: the money is on its way."""
    _must_be(checkout, "open")
    checkout.method = "sepa_debit"
    payment = _add(checkout, "pending", at)
    payment.settle_at, payment.settle_as = at + timedelta(seconds=settle_after), settle_as
    payment.expected_on = at.date() + timedelta(days=_SEPA_DAYS)
    checkout.state = "completed"
    return ["payment.pending", "checkout.completed"]


def settle(checkout: Checkout, outcome: Literal["succeeded", "failed"] | None, at: datetime) -> list[str]:
    """What is on its way arrives or fails; as the payer chose unless `outcome` says otherwise."""
    found = [payment for payment in checkout.payments if payment.state == "pending"]
    for payment in found:
        payment.state = outcome or payment.settle_as
        payment.settle_at = None
        payment.settled_at = at
        payment.failure = "insufficient_funds" if payment.state == "failed" else ""
    return [f"payment.{payment.state}" for payment in found]


def reverse(checkout: Checkout, failure: str) -> list[str]:
    """The payer's bank takes settled money back (SEPA return, chargeback)."""
    found = [payment for payment in checkout.payments if payment.state == "succeeded"]
    for payment in found:
        payment.state, payment.failure = "reversed", failure
    return ["payment.reversed" for _ in found]


def cancel(checkout: Checkout) -> list[str]:
    _must_be(checkout, "open")
    checkout.state = "cancelled"
    return ["checkout.cancelled"]


def expire(checkout: Checkout) -> list[str]:
    """Nobody can pay it any more; once more changes nothing. NotOpen if it was paid."""
    if checkout.state in ("expired", "cancelled"):
        return []
    if checkout.state == "completed":
        raise NotOpen(checkout.state)
    checkout.state = "expired"
    return ["checkout.expired"]


def refund(checkout: Checkout, payment_id: str, amount_minor: int, reference: str) -> list[str]:
    """Gives money back; the same reference once more changes nothing."""
    if any(refund.reference == reference for refund in checkout.refunds):
        return []
    paid = sum(p.amount_minor for p in checkout.payments if p.id == payment_id and p.state == "succeeded")
    given = sum(r.amount_minor for r in checkout.refunds if r.payment == payment_id and r.state == "succeeded")
    taken = sum(d.amount_minor for d in checkout.disputes if d.payment == payment_id and d.state != "won")
    if amount_minor > paid - given - taken:
        raise TooMuch
    state = checkout.behaviour.refund_as
    found = Refund(id=new_id("re"), payment=payment_id, reference=reference, amount_minor=amount_minor, state=state)
    checkout.refunds.append(found)
    return ["payment.refunded" if state == "succeeded" else "refund.failed"]


def carry_out_refunds(checkout: Checkout) -> list[str]:
    """What was reported as failed goes through after all."""
    found = [refund for refund in checkout.refunds if refund.state == "failed"]
    for refund in found:
        refund.state = "succeeded"
    return ["payment.refunded" for _ in found]


def dispute(checkout: Checkout, amount_minor: int | None, at: datetime) -> list[str]:
    """The payer contests what was paid, or a part of it; also where the merchant has refunded it."""
    paid = next((payment for payment in checkout.payments if payment.state == "succeeded"), None)
    if paid is None:
        return []
    found = Dispute(
        id=new_id("dp"), payment=paid.id, amount_minor=min(amount_minor or paid.amount_minor, paid.amount_minor),
        respond_by=at + timedelta(days=_ANSWER_DAYS),
    )  # fmt: skip
    checkout.disputes.append(found)
    return ["dispute.created"]


def follow_disputes(checkout: Checkout, state: Literal["under_review", "won", "lost"]) -> list[str]:
    """The merchant has answered, or the payer's bank has decided, about every dispute that is open."""
    found = [one for one in checkout.disputes if one.state not in ("won", "lost")]
    for one in found:
        one.state = state
    return ["dispute.updated" if state == "under_review" else "dispute.closed" for _ in found]


def wake_at(checkout: Checkout) -> datetime | None:
    """When something will happen by itself."""
    moments = [payment.settle_at for payment in checkout.payments if payment.settle_at]
    if checkout.state in ("open", "approved"):
        moments.append(checkout.expires_at)
    return min(moments, default=None)


def _add(checkout: Checkout, state: Literal["pending", "succeeded", "failed"], at: datetime) -> Payment:
    payment = Payment(
        id=new_id("py"),
        state=state,
        amount_minor=checkout.amount_minor,
        currency=checkout.behaviour.charge_currency or checkout.currency,
        method=checkout.method or checkout.methods[0],
        initiated_at=at,
        settled_at=at if state == "succeeded" else None,
    )
    checkout.payments.append(payment)
    return payment


def _must_be(checkout: Checkout, state: str) -> None:
    if checkout.state != state:
        raise NotOpen(checkout.state)

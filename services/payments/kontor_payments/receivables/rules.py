"""What is due, on its way, paid and open: pure arithmetic over the ledger, in minor units of one currency.

The ledger only grows. Each posting adds a signed amount to one bucket of one payment, so every figure is a sum,
and the order in which reports about a payment arrive does not matter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from kontor.payments.v1.payments_pb2_codes import ReceivableState

Bucket = Literal["pending", "paid", "refunding", "refunded"]


@dataclass(frozen=True)
class DiscountStep:
    """One step of a cash discount (Skonto): paid by `until` (inclusive), `payable_minor` is enough."""

    until: date
    payable_minor: int
    percent: str = ""


@dataclass(frozen=True)
class Terms:
    """What the document asks for. A cancelled or withdrawn document asks for nothing; one that the merchant collects by
    direct debit asks its reader for nothing."""

    due_minor: int
    cash_discounts: tuple[DiscountStep, ...] = ()
    cancelled: bool = False
    debited: bool = False

    @property
    def owed_minor(self) -> int:
        return 0 if self.cancelled else self.due_minor


@dataclass(frozen=True)
class Position:
    """One payment's share of the ledger. `counts_on` decides about a cash discount, `sequence` about ties."""

    counts_on: date
    sequence: int
    pending: int = 0
    paid: int = 0
    refunding: int = 0
    refunded: int = 0

    @property
    def promised(self) -> int:
        """Money of this payment that is here or on its way, and stays."""
        return self.pending + self.paid - self.refunded

    @property
    def refundable(self) -> int:
        return max(0, self.paid - self.refunded - self.refunding)


@dataclass(frozen=True)
class Standing:
    """The figures of a receivable. open + pending + received + discount cover what is owed; the rest is overpaid.

    What the merchant will collect is pending; `unpaid_minor` is what may be booked as received, collected or not.
    """

    due_minor: int
    pending_minor: int
    paid_minor: int
    refunded_minor: int
    refunding_minor: int
    discount_minor: int
    open_minor: int
    unpaid_minor: int
    overpaid_minor: int
    state: ReceivableState


def after_credit(terms: Terms, credit_minor: int) -> Terms:
    """What is still asked for when a credit note took so much off; cash discounts shrink in proportion, rounded half up."""
    if not credit_minor:
        return terms
    rest, asked = terms.due_minor - credit_minor, terms.due_minor
    steps = (
        replace(step, payable_minor=(2 * step.payable_minor * rest + asked) // (2 * asked))
        for step in terms.cash_discounts
    )
    return replace(terms, due_minor=rest, cash_discounts=tuple(steps))


def offset(terms: Terms, positions: Iterable[Position], notes_minor: int, before_minor: int) -> int:
    """How much of the credit notes' sum reduces what is asked for: what would be unpaid without them.

    Money that comes later leaves what was offset `before` as it is and is overpaid; where money goes away again, more is
    offset.
    """
    if terms.cancelled:
        return 0
    return min(notes_minor, terms.due_minor, max(before_minor, standing(terms, positions).unpaid_minor))


def settling(terms: Terms, positions: Iterable[Position], before_minor: int) -> int:
    """What stays offset at a merchant who offsets no more: all of it where nothing is unpaid with it, otherwise nothing."""
    kept = 0 if terms.cancelled else min(before_minor, terms.due_minor)
    return 0 if standing(after_credit(terms, kept), positions).unpaid_minor else kept


def standing(terms: Terms, positions: Iterable[Position]) -> Standing:
    """The figures that follow from the terms and the ledger, whatever the order of its postings."""
    ordered = sorted(positions, key=lambda p: (p.counts_on, p.sequence))
    pending = sum(p.pending for p in ordered)
    paid = sum(p.paid for p in ordered)
    refunded = sum(p.refunded for p in ordered)
    discount = 0 if terms.cancelled else earned_discount(terms, ordered)
    missing = terms.owed_minor - discount - (paid - refunded)
    unpaid = max(0, missing - pending)
    return Standing(
        due_minor=terms.owed_minor,
        pending_minor=pending + unpaid if terms.debited else pending,
        paid_minor=paid,
        refunded_minor=refunded,
        refunding_minor=sum(p.refunding for p in ordered),
        discount_minor=discount,
        open_minor=0 if terms.debited else unpaid,
        unpaid_minor=unpaid,
        overpaid_minor=max(0, -missing),
        state=_state(terms, missing, pending, paid - refunded),
    )


def _state(terms: Terms, missing: int, pending: int, received: int) -> ReceivableState:
    if terms.cancelled:
        return ReceivableState.CANCELLED
    if missing <= 0:
        return ReceivableState.PAID
    if terms.debited:
        return ReceivableState.DIRECT_DEBIT
    if pending >= missing:
        return ReceivableState.ON_ITS_WAY
    return ReceivableState.PARTLY_PAID if received > 0 else ReceivableState.OPEN


def state_of_several(states: Iterable[str], open_minor: int, received: int) -> ReceivableState:
    """Where a reminder of several invoices stands; `received` is what was paid on any of them."""
    live = set(states) - {ReceivableState.CANCELLED}
    if not live:
        return ReceivableState.CANCELLED
    if live == {ReceivableState.PAID}:
        return ReceivableState.PAID
    if open_minor:
        return ReceivableState.PARTLY_PAID if received > 0 else ReceivableState.OPEN
    on_its_way = ReceivableState.ON_ITS_WAY in live
    return ReceivableState.ON_ITS_WAY if on_its_way else ReceivableState.DIRECT_DEBIT


def earned_discount(terms: Terms, ordered: Sequence[Position]) -> int:
    """What a cash discount forgives: the rest that was missing when the money that came in time was enough.

    Money that comes afterwards does not change it: a second payment of the reduced amount is overpaid in full.
    """
    return max((_earned(step, terms.due_minor, ordered) for step in terms.cash_discounts), default=0)


def _earned(step: DiscountStep, due: int, ordered: Sequence[Position]) -> int:
    in_time = 0
    for position in ordered:
        if position.counts_on > step.until:
            break
        in_time += position.promised
        if in_time >= step.payable_minor:
            return max(0, due - in_time)
    return 0


def discounts_left(terms: Terms, positions: Iterable[Position]) -> list[DiscountStep]:
    """The cash discounts that can still be earned, each with what is then left to pay after all that came in time."""
    ordered = list(positions)
    open_minor = standing(terms, ordered).open_minor
    found = []
    for step in terms.cash_discounts:
        rest = step.payable_minor - sum(p.promised for p in ordered if p.counts_on <= step.until)
        if 0 < rest < open_minor:
            found.append(replace(step, payable_minor=rest))
    return found


def instalments_left(asked: Sequence[Mapping[str, Any]], open_minor: int) -> list[dict[str, Any]]:
    """What of each instalment is open: what was paid or offset counts for the first ones."""
    found: list[dict[str, Any]] = []
    for one in reversed(asked):
        part = min(open_minor, one["amount_minor"])
        open_minor -= part
        if part > 0:
            found.insert(0, {"due_date": one["due_date"], "open_minor": part})
    return found


def payable_on(terms: Terms, positions: Iterable[Position], day: date) -> int:
    """What to pay on that day so that nothing stays open, using a cash discount where one still runs."""
    ordered = list(positions)
    reduced = (step.payable_minor for step in discounts_left(terms, ordered) if step.until >= day)
    return min([standing(terms, ordered).open_minor, *reduced])


def to_refund(terms: Terms, positions: Sequence[Position], settled: Position) -> int:
    """How much of a payment that has just arrived came a second time and goes back."""
    figures = standing(terms, positions)
    return max(0, min(figures.overpaid_minor - figures.refunding_minor, settled.refundable))

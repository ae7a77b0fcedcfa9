"""Whatever Stripe tells, in any order and as often as it likes: after its last word the figures are the truth.

Stripe's objects change step by step; each state of them is a report, and reports arrive shuffled, repeated or not at all.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from payments_in_memory import DUE, Memory, new_account, run

from kontor_payments.checkouts.reports import apply_money
from kontor_payments.providers.protocol import CheckoutReport
from kontor_payments.providers.stripe.reports import session_report

START = 1_794_000_000


@dataclass
class AtStripe:
    """One Checkout Session with its charges, refunds and disputes, as Stripe's API shows them."""

    charges: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    disputes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def taken(self) -> dict[str, Any] | None:
        """The charge that succeeded or may still."""
        return next((one for one in self.charges if one["status"] != "failed"), None)

    @property
    def given_back(self) -> int:
        return sum(one["amount"] for one in self.refunds if one["status"] == "succeeded")

    @property
    def kept(self) -> int:
        """What is left to the merchant."""
        succeeded = self.taken is not None and self.taken["status"] == "succeeded"
        contested = sum(one["amount"] for one in self.disputes if one["status"] != "won")
        return DUE - self.given_back - contested if succeeded else 0

    def decline(self) -> None:
        if self.taken is None:
            self._charge("failed", "card")

    def card(self) -> None:
        if self.taken is None:
            self._charge("succeeded", "card")

    def debit(self) -> None:
        if self.taken is None:
            self._charge("pending", "sepa_debit")

    def arrive(self) -> None:
        if self.taken and self.taken["status"] == "pending":
            self.taken["status"] = "succeeded"

    def bounce(self) -> None:
        if self.taken and self.taken["status"] == "pending":
            self.taken["status"] = "failed"

    def book(self) -> None:
        if self.taken and self.taken["status"] == "succeeded":
            entry = {"currency": "eur", "fee": 203, "net": DUE - 203, "created": START}
            self.taken["balance_transaction"] = entry

    def refund(self) -> None:
        """A part, at Stripe's own pages."""
        self._refund("succeeded")

    def slow_refund(self) -> None:
        self._refund("pending")

    def refund_arrives(self) -> None:
        for one in self.refunds:
            one["status"] = "succeeded"

    def dispute(self) -> None:
        if self.taken and self.taken["status"] == "succeeded" and not self.disputes:
            left = DUE - sum(one["amount"] for one in self.refunds)
            self.disputes.append({
                "id": "du_1", "charge": self.taken["id"], "amount": left, "reason": "fraudulent",
                "status": "needs_response", "evidence_details": {"due_by": START},
            })  # fmt: skip

    def lose(self) -> None:
        # Stripe lets nothing be refunded of what it has taken back.
        if all(one["status"] == "succeeded" for one in self.refunds):
            for one in self.disputes:
                one["status"] = "won" if one["status"] == "won" else "lost"

    def win(self) -> None:
        for one in self.disputes:
            one["status"] = "lost" if one["status"] == "lost" else "won"

    def report(self) -> CheckoutReport:
        complete = self.taken is not None
        session = {"id": "cs_1", "client_reference_id": "", "status": "complete" if complete else "open", "url": None}
        copies = [[dict(one) for one in rows] for rows in (self.charges, self.refunds, self.disputes)]
        return session_report(session | {"expires_at": START}, *copies)

    def _charge(self, status: str, method: str) -> None:
        self.charges.append({
            "id": f"ch_{len(self.charges)}", "status": status, "amount": DUE, "currency": "eur", "created": START,
            "balance_transaction": None, "failure_code": None, "outcome": None,
            "payment_method_details": {"type": method, method: {}},
        })  # fmt: skip

    def _refund(self, status: str) -> None:
        if self.taken and self.taken["status"] == "succeeded" and not self.disputes and len(self.refunds) < 3:
            self.refunds.append({
                "id": f"re_{len(self.refunds)}", "status": status, "amount": 1900, "charge": self.taken["id"],
                "metadata": {},
            })  # fmt: skip


STEPS = [
    "decline", "card", "debit", "arrive", "bounce", "book", "refund", "slow_refund", "refund_arrives", "dispute", "lose", "win"
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=14), st.randoms(use_true_random=False), st.integers(0, 30))
def test_after_stripes_last_word_the_figures_are_the_truth(steps: list[str], shuffle: Any, told: int) -> None:
    stripe, reports = AtStripe(), []
    for step in steps:
        getattr(stripe, step)()
        reports.append(stripe.report())
    stripe.refund_arrives()
    account, checkout = new_account(Memory(), "stripe")
    heard = [shuffle.choice(reports) for _ in range(told)] if reports else []
    for report in [*heard, stripe.report(), stripe.report()]:
        run(apply_money([account], [DUE], checkout, report))
        assert account.figures().open_minor >= 0
    figures = account.figures()
    pending = DUE if stripe.taken and stripe.taken["status"] == "pending" else 0
    assert (figures.paid_minor - figures.refunded_minor, figures.pending_minor) == (stripe.kept, pending)
    assert figures.refunded_minor == stripe.given_back
    causes = [(b.payment_id, b.refund_id, b.cause, b.bucket) for b in account.bookings]
    assert len(causes) == len(set(causes))
    fees = [payment.fee_minor for payment in account.payments.values()]
    booked = stripe.taken is not None and stripe.taken["balance_transaction"] is not None
    assert [fee for fee in fees if fee is not None] == ([203] if booked else [])


def test_a_step_that_says_nothing_of_a_payment_leaves_everything_as_it_is() -> None:
    account, checkout = new_account(Memory(), "stripe")
    run(apply_money([account], [DUE], checkout, AtStripe().report()))
    assert (account.figures().paid_minor, account.figures().open_minor, account.payments) == (0, DUE, {})

"""Whatever is heard of charges of saved methods, in any order: after the last word the customer was charged once.

A charge may be made and its answer lost; it is then asked for again under the same key. The webhook may be here before the answer, twice,
or never, and the customer may have to confirm.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from payments_in_memory import DUE, Memory, new_account, run

from kontor_payments.checkouts.reports import apply_money
from kontor_payments.providers.protocol import CheckoutReport
from kontor_payments.providers.stripe.reports import intent_report

START = 1_794_000_000


@dataclass
class AtStripe:
    """One payment intent of a saved method; the same key gives it again."""

    status: str = ""
    charges: list[dict[str, Any]] = field(default_factory=list)

    @property
    def taken(self) -> int:
        return sum(one["amount"] for one in self.charges if one["status"] == "succeeded")

    @property
    def on_its_way(self) -> int:
        return sum(one["amount"] for one in self.charges if one["status"] == "pending")

    def charge(self) -> None:
        if not self.status:
            self._attempt("succeeded", "succeeded")

    def debit(self) -> None:
        if not self.status:
            self._attempt("pending", "processing")

    def decline(self) -> None:
        if not self.status:
            self._attempt("failed", "requires_payment_method")

    def ask_customer(self) -> None:
        if not self.status:
            self._attempt("failed", "requires_action")

    def confirm(self) -> None:
        if self.status == "requires_action":
            self._attempt("succeeded", "succeeded")

    def refuse(self) -> None:
        if self.status == "requires_action":
            self._attempt("failed", "requires_payment_method")

    def arrive(self) -> None:
        self._settle("succeeded", "succeeded")

    def bounce(self) -> None:
        self._settle("failed", "requires_payment_method")

    def report(self) -> CheckoutReport:
        intent: dict[str, Any] = {"id": "pi_1", "metadata": {}, "status": self.status, "next_action": None}
        return intent_report(intent, [dict(one) for one in self.charges], (), ())

    def _settle(self, state: str, status: str) -> None:
        for one in self.charges:
            if one["status"] == "pending":
                one["status"], self.status = state, status

    def _attempt(self, state: str, status: str) -> None:
        self.status = status
        self.charges.append({
            "id": f"ch_{len(self.charges)}", "status": state, "amount": DUE, "currency": "eur", "created": START,
            "balance_transaction": None, "failure_code": None, "outcome": None, "payment_method_details": {"type": "card", "card": {}},
        })  # fmt: skip


STEPS = ["charge", "debit", "decline", "ask_customer", "confirm", "refuse", "arrive", "bounce"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=10), st.randoms(use_true_random=False), st.integers(0, 20))
def test_a_customer_is_charged_once_whatever_is_heard_of_it(steps: list[str], shuffle: Any, told: int) -> None:
    stripe, reports = AtStripe(), []
    for step in [*steps, "charge"]:
        getattr(stripe, step)()
        if stripe.status:
            reports.append(stripe.report())
    account, checkout = new_account(Memory(), "stripe")
    # Answers and webhooks, late, twice or lost; then what asking again says.
    for report in [*(shuffle.choice(reports) for _ in range(told)), stripe.report(), stripe.report()]:
        run(apply_money([account], [DUE], checkout, report))
    figures = account.figures()
    assert (figures.paid_minor, figures.pending_minor) == (stripe.taken, stripe.on_its_way)
    assert figures.open_minor == DUE - stripe.taken - stripe.on_its_way
    assert figures.overpaid_minor == 0
    assert len(account.payments) == len(stripe.charges)

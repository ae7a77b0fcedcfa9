"""Whatever PayPal tells, in any order and as often as it likes: after its last word the figures are the truth.

PayPal's objects change step by step; each state of them is a report, and reports arrive shuffled, repeated or not at all.
"""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from payments_in_memory import DUE, Memory, new_account, run

from kontor_payments.checkouts.reports import apply_money
from kontor_payments.providers.paypal.reports import declined, order_report
from kontor_payments.providers.protocol import CheckoutReport

AT = "2026-11-10T08:00:00Z"


def euros(minor: int) -> dict[str, str]:
    return {"currency_code": "EUR", "value": f"{minor // 100}.{minor % 100:02}"}


@dataclass
class AtPayPal:
    """One order with its capture and refunds, as PayPal's API shows them."""

    status: str = "PAYER_ACTION_REQUIRED"
    approvals: int = 0
    refused: bool = False
    capture: dict[str, Any] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)

    @property
    def came(self) -> bool:
        return self.capture.get("status") in ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")

    @property
    def given_back(self) -> int:
        return 1900 * sum(one["status"] == "COMPLETED" for one in self.refunds)

    @property
    def kept(self) -> int:
        return DUE - self.given_back if self.came else 0

    def approve(self) -> None:
        if not self.capture:
            self.status, self.approvals = "APPROVED", self.approvals + 1

    def decline(self) -> None:
        """The capture is refused, and the payer sent back."""
        if self.status == "APPROVED":
            self.status, self.refused = "PAYER_ACTION_REQUIRED", True

    def take(self) -> None:
        self._capture("COMPLETED")

    def hold(self) -> None:
        self._capture("PENDING")

    def arrive(self) -> None:
        if self.capture.get("status") == "PENDING":
            self.capture |= {"status": "COMPLETED", "seller_receivable_breakdown": self._kept()}

    def deny(self) -> None:
        if self.capture.get("status") == "PENDING":
            self.capture["status"] = "DECLINED"

    def refund(self) -> None:
        """A part, at PayPal's own pages."""
        self._refund("COMPLETED")

    def slow_refund(self) -> None:
        self._refund("PENDING")

    def refund_arrives(self) -> None:
        for one in self.refunds:
            one["status"] = "COMPLETED"

    def report(self) -> CheckoutReport:
        unit: dict[str, Any] = {"custom_id": "", "amount": euros(DUE)}
        if self.capture:
            unit["payments"] = {"captures": [dict(self.capture)], "refunds": [dict(one) for one in self.refunds]}
        order = {"id": "O1", "status": self.status, "create_time": AT, "purchase_units": [unit], "update_time": AT}
        order["update_time"] = f"2026-11-10T08:{self.approvals:02}:00Z"
        if self.refused:
            self.refused = False
            return declined(order, "INSTRUMENT_DECLINED")
        return order_report(order)

    def _capture(self, status: str) -> None:
        if self.status == "APPROVED":
            self.status = "COMPLETED"
            self.capture = {"id": "C1", "status": status, "amount": euros(DUE), "create_time": AT, "update_time": AT}
            if status == "COMPLETED":
                self.capture["seller_receivable_breakdown"] = self._kept()

    def _refund(self, status: str) -> None:
        if self.came and len(self.refunds) < 3:
            self.refunds.append({"id": f"R{len(self.refunds)}", "status": status, "amount": euros(1900)})

    def _kept(self) -> dict[str, Any]:
        return {"gross_amount": euros(DUE), "paypal_fee": euros(395), "net_amount": euros(DUE - 395)}


STEPS = [
    "approve", "decline", "take", "hold", "arrive", "deny", "refund", "slow_refund", "refund_arrives"
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=14), st.randoms(use_true_random=False), st.integers(0, 30))
def test_after_paypals_last_word_the_figures_are_the_truth(steps: list[str], shuffle: Any, told: int) -> None:
    paypal, reports = AtPayPal(), []
    for step in steps:
        getattr(paypal, step)()
        reports.append(paypal.report())
    paypal.refund_arrives()
    account, checkout = new_account(Memory(), "paypal")
    heard = [shuffle.choice(reports) for _ in range(told)] if reports else []
    for report in [*heard, paypal.report(), paypal.report()]:
        run(apply_money([account], [DUE], checkout, report))
        assert account.figures().open_minor >= 0
    figures = account.figures()
    pending = DUE if paypal.capture.get("status") == "PENDING" else 0
    assert (figures.paid_minor - figures.refunded_minor, figures.pending_minor) == (paypal.kept, pending)
    assert figures.refunded_minor == paypal.given_back
    causes = [(b.payment_id, b.refund_id, b.cause, b.bucket) for b in account.bookings]
    assert len(causes) == len(set(causes))
    fees = [payment.fee_minor for payment in account.payments.values() if payment.fee_minor is not None]
    assert fees == ([395] if paypal.came else [])


def test_a_payment_of_two_providers_at_once_is_kept_once_and_refunded_once() -> None:
    """The payer approved at PayPal and paid through another provider before the capture came through."""
    memory = Memory()
    account, paypal = new_account(memory, "paypal")
    _, stripe = new_account(Memory(), "stripe")
    there = AtPayPal()
    there.approve()
    there.take()
    for checkout in (stripe, paypal, stripe, paypal):
        run(apply_money([account], [DUE], checkout, there.report()))
    figures = account.figures()
    assert (figures.state, figures.paid_minor, figures.open_minor) == ("paid", 2 * DUE, 0)
    assert [(refund.amount_minor, refund.reason) for refund in memory.refunds] == [(DUE, "paid_twice")]

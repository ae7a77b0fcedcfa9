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

WON, LOST = ({"outcome_code": f"RESOLVED_{side}_FAVOUR"} for side in ("SELLER", "BUYER"))
AT = "2026-11-10T08:00:00Z"


def euros(minor: int) -> dict[str, str]:
    return {"currency_code": "EUR", "value": f"{minor // 100}.{minor % 100:02}"}


@dataclass
class AtPayPal:
    """One order with its capture, refunds and disputes, as PayPal's API shows them."""

    status: str = "PAYER_ACTION_REQUIRED"
    approvals: int = 0
    refused: bool = False
    capture: dict[str, Any] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    disputes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def came(self) -> bool:
        return self.capture.get("status") in ("COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED")

    @property
    def given_back(self) -> int:
        return 1900 * sum(one["status"] == "COMPLETED" for one in self.refunds)

    @property
    def kept(self) -> int:
        contested = sum(DUE - self.given_back for one in self.disputes if one.get("dispute_outcome") != WON)
        return DUE - self.given_back - contested if self.came else 0

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

    def dispute(self) -> None:
        """After refunds have arrived: PayPal gives nothing back of what it has taken itself."""
        if self.came and not self.disputes and all(one["status"] == "COMPLETED" for one in self.refunds):
            self.disputes.append({
                "dispute_id": "PP-R-1", "status": "WAITING_FOR_SELLER_RESPONSE", "reason": "UNAUTHORISED",
                "dispute_amount": euros(DUE - self.given_back), "disputed_transactions": [{"seller_transaction_id": "C1"}],
            })  # fmt: skip

    def lose(self) -> None:
        self._decide(LOST)

    def win(self) -> None:
        self._decide(WON)

    def order(self) -> CheckoutReport:
        """What a webhook about the order leads to: it is asked for without its disputes."""
        told, self.disputes = self.disputes, []
        report = self.report()
        self.disputes = told
        return report

    def report(self) -> CheckoutReport:
        unit: dict[str, Any] = {"custom_id": "", "amount": euros(DUE)}
        if self.capture:
            unit["payments"] = {"captures": [dict(self.capture)], "refunds": [dict(one) for one in self.refunds]}
        order = {"id": "O1", "status": self.status, "create_time": AT, "purchase_units": [unit], "update_time": AT}
        order["update_time"] = f"2026-11-10T08:{self.approvals:02}:00Z"
        if self.refused:
            self.refused = False
            return declined(order, "INSTRUMENT_DECLINED")
        return order_report(order, [dict(one) for one in self.disputes])

    def _decide(self, outcome: dict[str, str]) -> None:
        for one in self.disputes:
            one.update({"status": "RESOLVED", "dispute_outcome": one.get("dispute_outcome", outcome)})

    def _capture(self, status: str) -> None:
        if self.status == "APPROVED":
            self.status = "COMPLETED"
            self.capture = {"id": "C1", "status": status, "amount": euros(DUE), "create_time": AT, "update_time": AT}
            if status == "COMPLETED":
                self.capture["seller_receivable_breakdown"] = self._kept()

    def _refund(self, status: str) -> None:
        if self.came and not self.disputes and len(self.refunds) < 3:
            self.refunds.append({"id": f"R{len(self.refunds)}", "status": status, "amount": euros(1900)})

    def _kept(self) -> dict[str, Any]:
        return {"gross_amount": euros(DUE), "paypal_fee": euros(395), "net_amount": euros(DUE - 395)}


STEPS = [
    "approve", "decline", "take", "hold", "arrive", "deny", "refund", "slow_refund", "refund_arrives",
    "dispute", "lose", "win",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=14), st.randoms(use_true_random=False), st.integers(0, 30))
def test_after_paypals_last_word_the_figures_are_the_truth(steps: list[str], shuffle: Any, told: int) -> None:
    paypal, reports = AtPayPal(), []
    for step in steps:
        getattr(paypal, step)()
        reports += [paypal.report(), paypal.order()]
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

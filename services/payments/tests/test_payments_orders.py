"""Every order in which words about money may arrive, over the real use cases, with the storage left out."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from payments_in_memory import DUE, Memory, run

from kontor_payments.bookings.external import book
from kontor_payments.checkouts.reports import apply_payment_report
from kontor_payments.connections.offer import Offer
from kontor_payments.models import Checkout, Receivable
from kontor_payments.providers.protocol import PaymentReport, RefundReport
from kontor_payments.receivables.account import Account
from kontor_payments.refunds.service import end_refund
from kontor_service.clock import Clock

START = datetime(2026, 11, 10, 8, tzinfo=UTC)


@dataclass
class Charge:
    """What really happened at the provider to one checkout, and every word it has said about it."""

    words: list[PaymentReport] = field(default_factory=list)
    returned: int = 0
    booked_in_erp: bool = False

    @property
    def came(self) -> int:
        return DUE if self.words and self.words[-1].state == "succeeded" else 0


class Story:
    """Two checkouts of one invoice that can both be paid, the ERP, staff, and the truth about the customer's money."""

    def __init__(self) -> None:
        self.memory = Memory()
        merchant = uuid4()
        row = Receivable(merchant_id=merchant, document_id=uuid4(), currency="EUR", asked_minor=DUE)
        self.account = Account(self.memory, row, Clock(), Offer())  # type: ignore[arg-type]
        self.checkouts = {
            name: Checkout(
                merchant_id=merchant, connection_id=uuid4(), provider="sandbox", method="card", amount_minor=DUE,
                currency="EUR", offered_on=START.date(), created_at=START,
            )
            for name in "AB"
        }  # fmt: skip
        self.charges = {"A": Charge(), "B": Charge()}
        self.now = START
        # Money that reached the merchant past the provider.
        self.transferred = 0
        self.marked_at: datetime | None = None

    def step(self, name: str) -> None:
        self.now += timedelta(minutes=1)
        verb, _, who = name.partition(" ")
        run(getattr(self, verb)(who))
        self.holds()

    async def card(self, who: str) -> None:
        if not self.charges[who].words:
            self._say(who, "succeeded", "card")

    async def sepa(self, who: str) -> None:
        if not self.charges[who].words:
            self._say(who, "pending", "sepa_debit")

    async def settle(self, who: str) -> None:
        self._end_pending(who, "succeeded")

    async def bounce(self, who: str) -> None:
        self._end_pending(who, "failed")

    async def webhook(self, who: str) -> None:
        """All that was said so far, the latest word first: out of order, and again and again."""
        for word in reversed(self.charges[who].words):
            await apply_payment_report(self.account, self.checkouts[who], word)

    async def stale(self, who: str) -> None:
        for word in self.charges[who].words[:1]:
            await apply_payment_report(self.account, self.checkouts[who], word)

    async def erp(self, who: str) -> None:
        """The ERP books the provider's payment that it has seen, under the provider's name for it."""
        charge = self.charges[who]
        if charge.came and not charge.booked_in_erp:
            charge.booked_in_erp = True
            await self._book("", charge.words[-1].id, "erp")

    async def transfer(self, _: str) -> None:
        """The customer really paid by bank transfer, and the ERP says so."""
        if not self.transferred:
            self.transferred = DUE
            await self._book("transfer", "", "erp")

    async def markpaid(self, _: str) -> None:
        """Staff have seen money and press the button."""
        figures = self.account.figures()
        if figures.open_minor:
            self.marked_at = self.now
            await self._book("", "", "staff", figures.open_minor)

    async def cancel(self, _: str) -> None:
        self.account.row.cancelled = True

    async def refunds(self, _: str) -> None:
        for refund in self.memory.refunds:
            if refund.state == "requested":
                payment = self.account.payments[refund.payment_id]
                word = RefundReport(f"re_{refund.id}", str(refund.id), "", refund.amount_minor, "succeeded")
                end_refund(self.account, payment, refund, word)
                who = next(
                    n for n, c in self.charges.items() if c.words and c.words[0].id == payment.provider_reference
                )
                self.charges[who].returned += refund.amount_minor

    def _say(self, who: str, state: Any, method: str) -> None:
        at = self.now
        self.charges[who].words.append(
            PaymentReport(f"py_{who}", state, DUE, "EUR", method, "", at, at if state == "succeeded" else None, None)
        )

    def _end_pending(self, who: str, state: Any) -> None:
        words = self.charges[who].words
        if words and words[-1].state == "pending":
            words.append(replace(words[-1], state=state, settled_at=self.now))

    async def _book(self, method: str, reference: str, provider: str, amount: int = DUE) -> None:
        await book(
            self.account,
            amount_minor=amount, method=method, reference=reference, counts_on=START.date(), booked_by="somebody",
            provider=provider, charged_at=self.now,
        )  # fmt: skip

    def holds(self) -> None:
        """What is true after every single step."""
        figures = self.account.figures()
        sums = dict.fromkeys(("pending", "paid", "refunding", "refunded"), 0)
        for booking in self.account.bookings:
            sums[booking.bucket] += booking.amount_minor
        assert all(value >= 0 for value in sums.values())
        assert (figures.pending_minor, figures.paid_minor) == (sums["pending"], sums["paid"])
        assert figures.refunded_minor == sums["refunded"]
        assert figures.open_minor >= 0
        causes = [(b.payment_id, b.refund_id, b.cause, b.bucket) for b in self.account.bookings]
        assert len(causes) == len(set(causes))

    def end(self) -> None:
        """In the end everything is settled, said three times, and given back what is to be given back."""
        for who in "AB":
            self.step(f"settle {who}")
        for _ in range(3):
            for who in "BA":
                self.step(f"webhook {who}")
                self.step("refunds")

    @property
    def elsewhere(self) -> int:
        """What staff saw was the provider's money if it had any by then, or the transfer; else it was other money."""
        seen = [
            c for c in self.charges.values() if c.came and self.marked_at and c.words[0].initiated_at <= self.marked_at
        ]
        return self.transferred or (DUE if self.marked_at and not seen else 0)

    @property
    def customer_has_paid(self) -> int:
        return self.elsewhere + sum(charge.came - charge.returned for charge in self.charges.values())


VERBS = [f"{verb} {who}" for who in "AB" for verb in ("card", "sepa", "settle", "bounce", "webhook", "stale", "erp")]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from([*VERBS, "refunds"]), max_size=16))
def test_the_customer_has_paid_once_in_every_order(steps: list[str]) -> None:
    story = Story()
    for step in steps:
        story.step(step)
    story.end()
    figures = story.account.figures()
    anything_came = story.elsewhere or any(charge.came for charge in story.charges.values())
    assert figures.state == ("paid" if anything_came else "open")
    assert story.customer_has_paid == (DUE if anything_came else 0)
    assert figures.overpaid_minor == 0
    assert figures.paid_minor - figures.refunded_minor == (DUE if anything_came else 0)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from([*VERBS, "markpaid", "refunds", "transfer"]), max_size=16))
def test_money_that_really_came_twice_is_given_back_or_shown_as_overpaid(steps: list[str]) -> None:
    story = Story()
    for step in steps:
        story.step(step)
    story.end()
    figures = story.account.figures()
    anything_came = story.elsewhere or any(charge.came for charge in story.charges.values())
    assert figures.state == ("paid" if anything_came else "open")
    assert story.customer_has_paid - figures.overpaid_minor == (DUE if anything_came else 0)
    assert figures.paid_minor - figures.refunded_minor == story.customer_has_paid


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from([*VERBS, "markpaid", "refunds", "transfer", "cancel"]), max_size=16))
def test_after_a_cancellation_nothing_is_open_and_every_cent_is_accounted_for(steps: list[str]) -> None:
    story = Story()
    for step in [*steps, "cancel"]:
        story.step(step)
    story.end()
    figures = story.account.figures()
    assert (figures.state, figures.open_minor, figures.due_minor) == ("cancelled", 0, 0)
    assert figures.overpaid_minor == figures.paid_minor - figures.refunded_minor == story.customer_has_paid

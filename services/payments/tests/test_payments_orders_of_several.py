"""Whatever the order of words about a checkout of several receivables: each is paid once, and every cent is accounted for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from payments_in_memory import Memory, run

from kontor_payments.bookings.external import book
from kontor_payments.checkouts.reports import apply_money
from kontor_payments.connections.offer import Offer
from kontor_payments.models import Checkout, Receivable
from kontor_payments.providers.protocol import CheckoutReport, PaymentReport, RefundReport
from kontor_payments.receivables.account import Account
from kontor_service.clock import Clock

DUES = (11900, 4999, 1)
START = datetime(2026, 11, 10, 8, tzinfo=UTC)


class Story:
    """Two checkouts that each pay all three receivables, the merchant's refunds at the provider, and transfers past it."""

    def __init__(self) -> None:
        self.memory = Memory()
        merchant = uuid4()
        rows = [
            Receivable(merchant_id=merchant, document_id=uuid4(), currency="EUR", asked_minor=due) for due in DUES
        ]  # fmt: skip
        self.accounts = [Account(self.memory, row, Clock(), Offer()) for row in rows]  # type: ignore[arg-type]
        self.checkouts = {
            name: Checkout(
                merchant_id=merchant, connection_id=uuid4(), provider="sandbox", method="card",
                amount_minor=sum(DUES), currency="EUR", offered_on=START.date(), created_at=START,
            )
            for name in "AB"
        }  # fmt: skip
        self.words: dict[str, list[PaymentReport]] = {"A": [], "B": []}
        # What the merchant gave back at the provider's own pages, and what was given back because it was too much.
        self.by_hand: dict[str, list[RefundReport]] = {"A": [], "B": []}
        self.carried_out: list[RefundReport] = []
        self.transferred = [0] * len(DUES)
        self.now = START

    def step(self, name: str) -> None:
        self.now += timedelta(minutes=1)
        verb, _, who = name.partition(" ")
        run(getattr(self, verb)(who))
        self.holds()

    async def card(self, who: str) -> None:
        self._first(who, "succeeded")

    async def sepa(self, who: str) -> None:
        self._first(who, "pending")

    async def settle(self, who: str) -> None:
        self._last(who, "succeeded")

    async def bounce(self, who: str) -> None:
        self._last(who, "failed")

    async def webhook(self, who: str) -> None:
        """All that was said so far, the latest word first: out of order, and again and again."""
        for word in reversed(self.words[who]):
            await self._hear(who, word)

    async def stale(self, who: str) -> None:
        for word in self.words[who][:1]:
            await self._hear(who, word)

    async def part_back(self, who: str) -> None:
        """The merchant gives a part back at the provider's own page, which knows one payment only."""
        left = self.came(who) - self.returned(who)
        if left > 1 and self._told(who):
            amount = min(left, 5003)
            self.by_hand[who].append(
                RefundReport(f"re_{who}_{len(self.by_hand[who])}", "", f"py_{who}", amount, "succeeded")
            )

    async def transfer(self, which: str) -> None:
        place = int(which)
        if not self.transferred[place]:
            self.transferred[place] = DUES[place]
            await book(
                self.accounts[place], amount_minor=DUES[place], method="transfer", reference="", provider="erp",
                counts_on=START.date(), booked_by="somebody", charged_at=self.now,
            )  # fmt: skip

    async def refunds(self, _: str) -> None:
        """The provider carries out what it was asked for, unless the merchant has given that back already."""
        for refund in [one for one in self.memory.refunds if one.state == "requested"]:
            payment = next(a.payments[refund.payment_id] for a in self.accounts if refund.payment_id in a.payments)
            who = payment.provider_reference[-1]
            fits = self.returned(who) + refund.amount_minor <= self.came(who)
            said: Any = "succeeded" if fits else "failed"
            word = RefundReport(f"re_{refund.id}", str(refund.id), f"py_{who}", refund.amount_minor, said)
            self.carried_out.append(word)
            await apply_money(self.accounts, DUES, self.checkouts[who], self._report((), [word]))

    def came(self, who: str) -> int:
        return sum(DUES) if self.words[who] and self.words[who][-1].state == "succeeded" else 0

    def returned(self, who: str) -> int:
        mine = [*self.by_hand[who], *(word for word in self.carried_out if word.payment_id == f"py_{who}")]
        return sum(word.amount_minor for word in mine if word.state == "succeeded")

    def _told(self, who: str) -> bool:
        """Whether the payment's success has been heard of, and nothing is being given back at this moment."""
        of_it = [p for a in self.accounts for p in a.payments.values() if p.provider_reference == f"py_{who}"]
        return bool(of_it) and all(p.state in ("succeeded", "refunded") for p in of_it)

    def _first(self, who: str, state: Any) -> None:
        if not self.words[who]:
            settled = self.now if state == "succeeded" else None
            self.words[who].append(
                PaymentReport(
                    f"py_{who}", state, sum(DUES), "EUR", "card", "", self.now, settled, None, 300, sum(DUES) - 300
                )
            )

    def _last(self, who: str, state: Any) -> None:
        if self.words[who] and self.words[who][-1].state == "pending":
            self.words[who].append(replace(self.words[who][-1], state=state, settled_at=self.now))

    async def _hear(self, who: str, word: PaymentReport) -> None:
        refunds = self.by_hand[who] if word.state == "succeeded" else []
        await apply_money(self.accounts, DUES, self.checkouts[who], self._report([word], refunds))

    def _report(self, payments: Any, refunds: Any) -> CheckoutReport:
        return CheckoutReport("cs", "", "completed", "", None, payments, refunds)

    def holds(self) -> None:
        """What is true after every single step."""
        for account in self.accounts:
            sums = dict.fromkeys(("pending", "paid", "refunding", "refunded"), 0)
            for booking in account.bookings:
                sums[booking.bucket] += booking.amount_minor
            assert all(value >= 0 for value in sums.values())
            assert account.figures().open_minor >= 0
            causes = [(b.payment_id, b.refund_id, b.cause, b.bucket) for b in account.bookings]
            assert len(causes) == len(set(causes))

    def end(self) -> None:
        """In the end everything is settled, said three times, and given back what is to be given back."""
        for who in "AB":
            self.step(f"settle {who}")
        for _ in range(3):
            for who in "BA":
                self.step(f"webhook {who}")
                self.step("refunds")


VERBS = [f"{verb} {who}" for who in "AB" for verb in ("card", "sepa", "settle", "bounce", "webhook", "stale")]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from([*VERBS, "refunds", "transfer 0", "transfer 2"]), max_size=16))
def test_each_of_several_receivables_is_paid_once_in_every_order(steps: list[str]) -> None:
    story = Story()
    for step in steps:
        story.step(step)
    story.end()
    came = sum(bool(story.came(who)) for who in "AB")
    for account, due, transferred in zip(story.accounts, DUES, story.transferred, strict=True):
        figures = account.figures()
        assert figures.state == ("paid" if came or transferred else "open")
        # What came past the provider is known first or last; the provider's surplus goes back by itself.
        received = figures.paid_minor - figures.refunded_minor
        assert received - figures.overpaid_minor == (due if came or transferred else 0)
        assert figures.overpaid_minor in (0, transferred)
    kept = sum(story.came(who) - story.returned(who) for who in "AB")
    received = sum(f.paid_minor - f.refunded_minor for f in (a.figures() for a in story.accounts))
    assert received == kept + sum(story.transferred)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from([*VERBS, "refunds", "part_back A", "part_back B", "transfer 1"]), max_size=20))
def test_a_refund_at_the_providers_page_is_taken_once_from_what_the_payment_paid(steps: list[str]) -> None:
    story = Story()
    for step in steps:
        story.step(step)
    story.end()
    kept = sum(story.came(who) - story.returned(who) for who in "AB")
    figures = [account.figures() for account in story.accounts]
    assert sum(f.paid_minor - f.refunded_minor for f in figures) == kept + sum(story.transferred)
    assert all(f.refunded_minor <= f.paid_minor for f in figures)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from("AB"), st.booleans())
def test_fee_and_net_of_one_payment_add_up_over_its_parts(who: str, late: bool) -> None:
    story = Story()
    for step in [f"sepa {who}", *([f"webhook {who}"] if late else []), f"settle {who}", f"webhook {who}"]:
        story.step(step)
    payments = [payment for account in story.accounts for payment in account.payments.values()]
    assert [payment.amount_minor for payment in payments] == list(DUES)
    assert {payment.provider_reference for payment in payments} == {f"py_{who}"}
    assert sum(payment.fee_minor or 0 for payment in payments) == 300
    assert sum(payment.net_minor or 0 for payment in payments) == sum(DUES) - 300

"""Every order in which refunds, disputes and reports of them may come, over the real use cases, with the storage left out."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from test_payments_orders import DUE, START, VERBS, Story

from kontor.payments.v1.payments_pb2_codes import RefundReason
from kontor_payments.disputes.models import Dispute
from kontor_payments.disputes.service import follow_dispute, open_dispute
from kontor_payments.models import Payment
from kontor_payments.providers.protocol import DisputeReport, RefundReport
from kontor_payments.refunds.service import Wish, end_refund, request_refund


@dataclass
class Contest:
    """What really happened at the provider to one dispute, and every report of it."""

    words: list[DisputeReport] = field(default_factory=list)
    row: Dispute | None = None

    @property
    def taken(self) -> int:
        return self.words[-1].amount_minor if self.words and self.words[-1].state != "won" else 0


class StoryOfRefunds(Story):
    """Besides: staff give back a part or all, through the provider or by hand, and payers contest what they paid."""

    def __init__(self) -> None:
        super().__init__()
        self.contests = {"A": Contest(), "B": Contest()}
        self.by_hand = 0

    async def giveback(self, who: str) -> None:
        payment = self._payment(who)
        left = self.account.position(payment).refundable if payment else 0
        if payment and left:
            request_refund(self.account, payment, max(1, left // 2), Wish(RefundReason.GOODWILL))

    async def giveall(self, who: str) -> None:
        payment = self._payment(who)
        left = self.account.position(payment).refundable if payment else 0
        if payment and left:
            request_refund(self.account, payment, left, Wish(RefundReason.RETURNED))

    async def handback(self, _: str) -> None:
        """Staff have transferred back what was booked without a provider."""
        for booking in [p for p in self.account.payments.values() if p.connection_id is None]:
            left = self.account.position(booking).refundable
            if left:
                refund = request_refund(self.account, booking, left, Wish(RefundReason.GOODWILL))
                done = RefundReport("", str(refund.id), "", left, "succeeded")
                end_refund(self.account, booking, refund, done)
                self.by_hand += left
                return

    async def contest(self, who: str) -> None:
        contest = self.contests[who]
        if self.charges[who].came and not contest.words:
            amount = DUE if who == "A" else DUE // 3
            answer_by = START + timedelta(days=9)
            contest.words.append(
                DisputeReport(f"dp_{who}", f"py_{who}", amount, "needs_response", "fraudulent", answer_by)
            )

    async def answer(self, who: str) -> None:
        self._goes_on(who, "under_review")

    async def win(self, who: str) -> None:
        self._goes_on(who, "won")

    async def lose(self, who: str) -> None:
        self._goes_on(who, "lost")

    async def webhook(self, who: str) -> None:
        await super().webhook(who)
        for word in reversed(self.contests[who].words):
            self._hear(who, word)

    async def stale(self, who: str) -> None:
        await super().stale(who)
        for word in self.contests[who].words[:1]:
            self._hear(who, word)

    async def refunds(self, _: str) -> None:
        """The provider gives back what it has, and refuses the rest."""
        for refund in [one for one in self.memory.refunds if one.state == "requested"]:
            payment = self.account.payments[refund.payment_id]
            who = payment.provider_reference.removeprefix("py_")
            charge = self.charges[who]
            has = charge.came - charge.returned - self.contests[who].taken
            state: Any = "succeeded" if refund.amount_minor <= has else "failed"
            word = RefundReport(
                f"re_{refund.id}", str(refund.id), payment.provider_reference, refund.amount_minor, state
            )
            end_refund(self.account, payment, refund, word)
            if state == "succeeded":
                charge.returned += refund.amount_minor

    def _payment(self, who: str) -> Payment | None:
        return next((p for p in self.account.payments.values() if p.provider_reference == f"py_{who}"), None)

    def _goes_on(self, who: str, state: Any) -> None:
        words = self.contests[who].words
        if words and words[-1].state not in ("won", "lost"):
            words.append(replace(words[-1], state=state))

    def _hear(self, who: str, word: DisputeReport) -> None:
        payment, contest = self._payment(who), self.contests[who]
        if payment is None:
            return
        is_new = contest.row is None
        contest.row = contest.row or open_dispute(self.account, payment, word, word.amount_minor)
        follow_dispute(self.account, payment, contest.row, word, is_new=is_new)

    @property
    def customer_has_paid(self) -> int:
        taken = sum(contest.taken for contest in self.contests.values())
        return super().customer_has_paid - taken - self.by_hand


OF_MONEY_BACK = [
    f"{verb} {who}" for who in "AB" for verb in ("giveback", "giveall", "contest", "answer", "win", "lose", "webhook")
]


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from([*VERBS, *OF_MONEY_BACK, "refunds", "transfer", "handback"]), max_size=24))
def test_no_cent_is_lost_by_refunds_and_disputes_in_any_order(steps: list[str]) -> None:
    story = StoryOfRefunds()
    for step in steps:
        story.step(step)
    story.end()
    figures, paid = story.account.figures(), story.customer_has_paid
    assert figures.paid_minor - figures.refunded_minor == paid
    assert figures.open_minor == max(0, DUE - paid)
    assert figures.overpaid_minor == max(0, paid - DUE)
    assert figures.refunding_minor == 0
    for who, contest in story.contests.items():
        payment = story._payment(who)
        undecided = bool(contest.words) and contest.words[-1].state in ("needs_response", "under_review")
        assert payment is None or (payment.disputed_minor > 0) == undecided


def told(story: StoryOfRefunds) -> tuple[int, int]:
    figures = story.account.figures()
    return figures.paid_minor - figures.refunded_minor, figures.open_minor


def after(*steps: str) -> StoryOfRefunds:
    story = StoryOfRefunds()
    for step in steps:
        story.step(step)
    return story


def test_a_dispute_after_a_refund_takes_the_money_a_second_time() -> None:
    assert told(after("card A", "webhook A", "giveall A", "refunds", "contest A", "webhook A")) == (-DUE, 2 * DUE)


def test_a_refund_of_what_is_disputed_is_refused_by_the_provider_and_changes_nothing() -> None:
    story = after("card A", "webhook A", "giveall A", "contest A", "webhook A", "refunds")
    assert told(story) == (0, DUE)
    story.step("win A")
    story.step("webhook A")
    assert told(story) == (DUE, 0)


def test_what_staff_gave_back_by_hand_counts_for_the_payment_that_their_booking_spoke_of() -> None:
    story = after("card A", "erp A", "handback", "webhook A", "refunds")
    assert told(story) == (0, DUE)
    assert [payment.state for payment in story.account.payments.values()] == ["matched", "refunded"]

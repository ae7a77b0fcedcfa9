"""Two providers take money for one invoice at once, and report in any order: nothing is lost, and what came twice goes back once."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from payments_in_memory import DUE, Memory, new_account, run
from test_payments_orders_paypal import AtPayPal
from test_payments_orders_stripe import AtStripe

from kontor_payments.checkouts.reports import apply_money

STEPS = [
    *(("stripe", step) for step in ("decline", "card", "debit", "arrive", "bounce", "refund", "dispute", "lose", "win")),
    *(("paypal", step) for step in ("approve", "decline", "take", "hold", "arrive", "deny", "refund")),
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=16), st.randoms(use_true_random=False), st.integers(0, 30))
def test_the_figures_are_the_truth_of_both_providers(steps: list[tuple[str, str]], shuffle: Any, told: int) -> None:
    there, memory = {"stripe": AtStripe(), "paypal": AtPayPal()}, Memory()
    account, paypal = new_account(memory, "paypal")
    checkouts = {"paypal": paypal, "stripe": new_account(Memory(), "stripe")[1]}
    reports = []
    for provider, step in steps:
        getattr(there[provider], step)()
        reports.append((provider, there[provider].report()))
    heard = [shuffle.choice(reports) for _ in range(told)] if reports else []
    last = [(provider, at.report()) for provider, at in there.items()]
    for provider, report in [*heard, *shuffle.sample(last, 2), *last]:
        run(apply_money([account], [DUE], checkouts[provider], report))
        assert account.figures().open_minor >= 0
    figures = account.figures()
    assert figures.paid_minor - figures.refunded_minor == sum(at.kept for at in there.values())
    causes = [(b.payment_id, b.refund_id, b.cause, b.bucket) for b in account.bookings]
    assert len(causes) == len(set(causes))
    wanted = [refund.amount_minor for refund in memory.refunds if refund.reason == "paid_twice"]
    assert sum(wanted) <= DUE


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

"""The arithmetic of a receivable."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kontor_payments.bookings.rules import match
from kontor_payments.models import Payment
from kontor_payments.providers.registry import KINDS
from kontor_payments.receivables.ledger import is_news, postings, refund_corrected, refund_ended, refund_started
from kontor_payments.receivables.rules import DiscountStep, Position, Terms, payable_on, standing, to_refund
from kontor_payments_pages.portal.copy import SAVES

DAY = date(2026, 11, 10)
LATER = DAY + timedelta(days=1)
SKONTO = Terms(10000, (DiscountStep(DAY, 9800, "2.00"),))
PLAIN = Terms(10000)


def paid(amount: int, on: date = DAY, sequence: int = 0, **other: int) -> Position:
    return Position(on, sequence, paid=amount, **other)


def test_nothing_paid_leaves_everything_open() -> None:
    figures = standing(PLAIN, [])
    assert (figures.open_minor, figures.state) == (10000, "open")


def test_a_part_payment_leaves_the_rest_open() -> None:
    figures = standing(PLAIN, [paid(4000)])
    assert (figures.open_minor, figures.state) == (6000, "partly_paid")


def test_money_on_its_way_is_neither_open_nor_paid() -> None:
    figures = standing(PLAIN, [Position(DAY, 0, pending=10000)])
    assert (figures.pending_minor, figures.open_minor, figures.paid_minor, figures.state) == (10000, 0, 0, "on_its_way")


def test_part_on_its_way_leaves_the_rest_to_be_paid() -> None:
    figures = standing(PLAIN, [Position(DAY, 0, pending=4000)])
    assert (figures.open_minor, figures.state) == (6000, "open")


def test_what_comes_twice_is_overpaid() -> None:
    figures = standing(PLAIN, [paid(10000), paid(10000, sequence=1)])
    assert (figures.open_minor, figures.overpaid_minor, figures.state) == (0, 10000, "paid")


def test_a_refund_of_the_only_payment_opens_the_receivable_again() -> None:
    figures = standing(PLAIN, [paid(10000, refunded=10000)])
    assert (figures.open_minor, figures.state) == (10000, "open")


def test_a_refund_that_failed_and_succeeds_after_all_is_the_money_gone_once() -> None:
    started, failed = refund_started(400), refund_ended(400, succeeded=False)
    posted = [*started, *failed, *refund_corrected(400)]
    sums = {bucket: sum(p.amount_minor for p in posted if p.bucket == bucket) for bucket in ("refunding", "refunded")}
    assert sums == {"refunding": 0, "refunded": 400}


def test_paid_in_time_at_the_reduced_amount_counts_as_paid_in_full() -> None:
    figures = standing(SKONTO, [paid(9800)])
    assert (figures.discount_minor, figures.open_minor, figures.state) == (200, 0, "paid")


def test_the_reduced_amount_one_day_late_leaves_the_discount_open() -> None:
    figures = standing(SKONTO, [paid(9800, LATER)])
    assert (figures.discount_minor, figures.open_minor, figures.state) == (0, 200, "partly_paid")


def test_who_pays_in_full_in_time_has_not_used_the_discount() -> None:
    figures = standing(SKONTO, [paid(10000)])
    assert (figures.discount_minor, figures.overpaid_minor) == (0, 0)


def test_a_second_payment_of_the_reduced_amount_is_overpaid_in_full() -> None:
    assert standing(SKONTO, [paid(9800), paid(9800, sequence=1)]).overpaid_minor == 9800


def test_the_reduced_amount_on_its_way_covers_everything_until_it_fails() -> None:
    assert standing(SKONTO, [Position(DAY, 0, pending=9800)]).state == "on_its_way"
    assert standing(SKONTO, [Position(DAY, 0)]).open_minor == 10000


def test_two_part_payments_in_time_earn_the_discount_together() -> None:
    assert standing(SKONTO, [paid(5000), paid(4800, sequence=1)]).state == "paid"


def test_the_second_step_of_a_discount_counts_after_the_first_has_passed() -> None:
    terms = Terms(10000, (DiscountStep(DAY, 9700), DiscountStep(LATER, 9800)))
    assert standing(terms, [paid(9800, LATER)]).state == "paid"
    assert payable_on(terms, [], DAY) == 9700
    assert payable_on(terms, [], LATER) == 9800
    assert payable_on(terms, [], LATER + timedelta(days=1)) == 10000


def test_what_to_pay_today_takes_part_payments_into_account() -> None:
    assert payable_on(SKONTO, [paid(5000)], DAY) == 4800
    assert payable_on(SKONTO, [paid(5000)], LATER) == 5000


def test_a_cancelled_document_makes_what_was_paid_overpaid() -> None:
    figures = standing(Terms(10000, cancelled=True), [paid(10000)])
    assert (figures.due_minor, figures.open_minor, figures.overpaid_minor) == (0, 0, 10000)
    assert figures.state == "cancelled"


def test_only_what_came_too_much_and_is_not_on_its_way_back_is_refunded() -> None:
    first, second = paid(10000), paid(10000, sequence=1)
    assert to_refund(PLAIN, [first, second], second) == 10000
    returning = paid(10000, sequence=1, refunding=10000)
    assert to_refund(PLAIN, [first, returning], returning) == 0


amounts = st.integers(min_value=0, max_value=20000)
positions = st.lists(
    st.builds(
        lambda day, number, pending, came, back: Position(
            DAY + timedelta(days=day), number, pending=pending, paid=came, refunded=min(came, back)
        ),
        st.integers(-3, 3),
        st.integers(0, 9),
        amounts,
        amounts,
        amounts,
    ),
    max_size=5,
)
terms = st.builds(
    lambda due, less, cancelled: Terms(due, (DiscountStep(DAY, max(1, due - less)),), cancelled),
    st.integers(1, 20000),
    st.integers(0, 500),
    st.booleans(),
)


@given(terms, positions)
def test_the_figures_always_add_up(asked: Terms, ledger: list[Position]) -> None:
    figures = standing(asked, ledger)
    received = figures.paid_minor - figures.refunded_minor
    assert figures.open_minor >= 0
    assert figures.overpaid_minor >= 0
    assert 0 <= figures.discount_minor <= asked.owed_minor
    assert not (figures.open_minor and figures.overpaid_minor)
    covered = received + figures.discount_minor - figures.overpaid_minor
    assert covered <= figures.due_minor
    assert figures.open_minor == max(0, figures.due_minor - covered - figures.pending_minor)
    assert (figures.state == "paid") == (not asked.cancelled and covered >= figures.due_minor)


@given(terms, positions, st.randoms(use_true_random=False))
def test_the_order_of_the_ledger_changes_nothing(asked: Terms, ledger: list[Position], chance: object) -> None:
    numbered = [Position(p.counts_on, n, p.pending, p.paid, 0, p.refunded) for n, p in enumerate(ledger)]
    mixed = list(numbered)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert standing(asked, numbered) == standing(asked, mixed)


@given(terms, positions, st.integers(-3, 5))
def test_paying_what_is_asked_for_today_leaves_nothing_open(asked: Terms, ledger: list[Position], days: int) -> None:
    day = DAY + timedelta(days=days)
    known = [
        Position(p.counts_on, n, p.pending, p.paid, 0, p.refunded) for n, p in enumerate(ledger) if p.counts_on <= day
    ]
    amount = payable_on(asked, known, day)
    after = standing(asked, [*known, Position(day, 99, paid=amount)])
    assert after.open_minor == 0


@given(st.lists(st.sampled_from(["pending", "failed", "succeeded"]), min_size=1, max_size=6))
def test_a_payment_that_succeeded_is_booked_once_whatever_else_is_said_of_it(words: list[str]) -> None:
    state, sums = None, {"pending": 0, "paid": 0}
    for word in [*words, "succeeded", *words]:
        if is_news(state, word):  # type: ignore[arg-type]
            for posting in postings(Position(DAY, 0, sums["pending"], sums["paid"]), word, 500):  # type: ignore[arg-type]
                sums[posting.bucket] += posting.amount_minor
            state = word
    assert sums == {"pending": 0, "paid": 500}


AT = datetime(2026, 11, 10, 12, tzinfo=UTC)


def money(name: str = "py_1", *, minutes: int = 0, state: str = "succeeded") -> Payment:
    at = AT + timedelta(minutes=minutes)
    return Payment(
        state=state, amount_minor=500, method="card", provider="sandbox", provider_reference=name, charged_at=at
    )


def booking(
    *,
    amount: int = 500,
    method: str = "",
    reference: str = "",
    minutes: int = 1,
    source: str = "erp",
    to: UUID | None = None,
) -> Payment:
    at = AT + timedelta(minutes=minutes)
    return Payment(
        provider=source, amount_minor=amount, method=method, reference=reference, charged_at=at, matched_to=to
    )


def test_a_booking_that_names_the_payment_speaks_of_it_whatever_its_amount() -> None:
    known, word = money(), booking(amount=485, method="transfer", reference="py_1")
    assert match([word], [known]) == {word.id: known.id}


def test_a_booking_without_a_way_after_the_charge_is_the_same_money() -> None:
    known, word = money(), booking()
    assert match([word], [known]) == {word.id: known.id}


def test_nobody_can_book_a_charge_before_it_happened() -> None:
    assert match([booking(minutes=-1)], [money()]) == {}


def test_a_booking_that_names_another_way_is_other_money() -> None:
    assert match([booking(method="transfer")], [money()]) == {}


def test_a_booking_of_another_amount_is_other_money() -> None:
    assert match([booking(amount=499)], [money()]) == {}


def test_the_second_word_of_the_same_source_is_other_money() -> None:
    known, first, second = money(), booking(), booking(minutes=2)
    assert match([first, second], [known]) == {first.id: known.id}


def test_the_erp_and_staff_may_both_speak_of_one_payment() -> None:
    known, first, second = money(), booking(), booking(source="staff")
    assert match([first, second], [known]) == {first.id: known.id, second.id: known.id}


def test_the_erp_follows_what_staff_have_marked_as_paid() -> None:
    marked, booked = booking(source="staff"), booking(method="transfer", minutes=600)
    assert match([marked, booked], []) == {booked.id: marked.id}


def test_a_booking_taken_for_a_payment_that_failed_stands_for_itself() -> None:
    failed = money(state="failed")
    assert match([booking(to=failed.id)], [failed]) == {}


def test_a_booking_keeps_its_payment_when_that_is_refunded_later() -> None:
    gone = money(state="reversed")
    word = booking(to=gone.id)
    assert match([word], [gone]) == {word.id: gone.id}


def test_money_that_went_back_is_not_what_a_new_booking_speaks_of() -> None:
    assert match([booking()], [money(state="reversed")]) == {}


def test_the_portal_offers_to_save_what_a_provider_keeps_and_nothing_else() -> None:
    assert {(kind.name, method) for kind in KINDS.values() for method in kind.saves} == SAVES

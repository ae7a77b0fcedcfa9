"""A payment is contested at the provider: its money is taken back at once, and comes back where the merchant wins."""

from datetime import UTC, datetime
from typing import Any

import pytest
from test_payments_refunds import give_back, payment_of
from test_payments_refunds_staff import paid_by_card, refunded

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.disputes.rules import dispute_reason, is_news
from kontor_payments.providers.protocol import DisputeReport
from kontor_testing.waiting import eventually


async def decided(world: Any) -> Any:
    """The fact that the provider has decided, once it is told."""
    [told] = await eventually(lambda: world.told(pb.DisputeDecided))
    return told.dispute


async def test_what_is_disputed_is_taken_back_and_the_merchant_is_told(world: Any) -> None:
    document, checkout, _ = await paid_by_card(world)
    await world.settle(checkout, "disputed")
    row = await world.becomes(document, "open")
    assert (row["open_minor"], row["paid_minor"], row["last_failure"]) == (11900, 0, "")
    payment = await payment_of(world, checkout, "disputed")
    assert (payment["disputed_minor"], payment["left_minor"]) == (11900, 0)
    [told] = await world.told(pb.DisputeOpened)
    dispute = told.dispute
    assert (dispute.state, dispute.reason, dispute.amount_minor) == ("needs_response", "fraudulent", 11900)
    assert (dispute.payment_id, dispute.document_id) == (str(payment["id"]), str(document))
    assert dispute.respond_by.ToDatetime(UTC) > datetime.now(UTC)
    assert dispute.page_url.endswith("/sandbox")
    # The payer knows what they did.
    assert await world.told(pb.PaymentFailed) == []


async def test_a_dispute_that_is_won_brings_the_money_back(world: Any) -> None:
    document, checkout, _ = await paid_by_card(world)
    for step in ("disputed", "answered", "won"):
        await world.settle(checkout, step)
    dispute = await decided(world)
    assert (dispute.state, dispute.decided_at.seconds > 0) == ("won", True)
    row = await world.receivable(document)
    assert (row["state"], row["paid_minor"], row["refunded_minor"], row["overpaid_minor"]) == ("paid", 11900, 0, 0)
    payment = await payment_of(world, checkout, "succeeded")
    assert (payment["disputed_minor"], payment["left_minor"]) == (0, 11900)
    assert await world.kept(document) == 11900


async def test_a_dispute_that_is_lost_takes_the_payment_back_for_good(world: Any) -> None:
    document, checkout, _ = await paid_by_card(world)
    await world.settle(checkout, "disputed")
    await world.settle(checkout, "lost")
    payment = await payment_of(world, checkout, "reversed")
    assert (payment["failure"], payment["disputed_minor"], payment["left_minor"]) == ("charged_back", 0, 0)
    row = await world.receivable(document)
    assert (row["state"], row["open_minor"], row["last_failure"]) == ("open", 11900, "charged_back")
    assert len(await world.told(pb.PaymentFailed)) == 1


async def test_a_part_that_is_disputed_and_lost_leaves_the_rest(world: Any) -> None:
    document, checkout, _ = await paid_by_card(world)
    await world.settle(checkout, "disputed", amount_minor=1900)
    await world.settle(checkout, "lost")
    await decided(world)
    payment = await payment_of(world, checkout, "succeeded")
    assert payment["left_minor"] == 10000
    row = await world.receivable(document)
    assert (row["open_minor"], row["paid_minor"]) == (1900, 10000)
    assert await world.told(pb.PaymentFailed) == []


@pytest.mark.parametrize("webhooks", ["thrice", "out_of_order"])
async def test_reports_of_a_dispute_come_in_any_order_and_count_once(world: Any, webhooks: str) -> None:
    document, checkout, _ = await paid_by_card(world)
    at_provider = (await world.at_provider(checkout))["id"]
    await world.provider.patch(f"/sandbox/checkouts/{at_provider}", json={"webhooks": webhooks})
    for step in ("disputed", "answered", "won"):
        await world.settle(checkout, step)
    await decided(world)
    await world.comes_back(checkout)
    row = await world.receivable(document)
    assert (row["state"], row["paid_minor"]) == ("paid", 11900)
    assert len(await world.told(pb.DisputeDecided)) == 1


async def test_a_disputed_payment_cannot_be_refunded(world: Any) -> None:
    document, checkout, payment = await paid_by_card(world)
    await world.settle(checkout, "disputed")
    await payment_of(world, checkout, "disputed")
    answer = await give_back(world, payment["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_refund")
    assert await world.state(document) == "open"


async def test_a_dispute_after_a_refund_counts_the_money_as_gone_twice(world: Any) -> None:
    document, checkout, payment = await paid_by_card(world)
    await give_back(world, payment["id"])
    await refunded(world, document, 11900)
    await world.settle(checkout, "disputed")
    await payment_of(world, checkout, "disputed")
    row = await world.receivable(document)
    assert (row["paid_minor"], row["refunded_minor"], row["open_minor"]) == (0, 11900, 23800)
    assert await world.kept(document) == -11900
    await world.settle(checkout, "won")
    await payment_of(world, checkout, "refunded")
    assert (await world.receivable(document))["open_minor"] == 11900


def report(state: Any, day: int | None = None) -> DisputeReport:
    respond_by = datetime(2026, 12, day, tzinfo=UTC) if day else None
    return DisputeReport("dp", "py", 1, state, "fraudulent", respond_by)


@pytest.mark.parametrize(
    ("state", "day", "reported", "news"),
    [
        ("needs_response", 1, report("needs_response", 1), False),
        ("needs_response", 1, report("under_review"), True),
        ("under_review", 1, report("needs_response", 1), False),
        # A second round.
        ("under_review", 1, report("needs_response", 9), True),
        ("needs_response", 9, report("under_review", 1), False),
        # PayPal names the deadline of some disputes later.
        ("needs_response", None, report("needs_response", 9), True),
        ("needs_response", 1, report("lost"), True),
        ("lost", 1, report("won"), False),
        ("won", 1, report("needs_response", 9), False),
    ],
)
def test_a_decision_stands_and_a_later_deadline_is_a_new_round(
    state: str, day: int | None, reported: DisputeReport, news: bool
) -> None:
    assert is_news(state, report("needs_response", day).respond_by, reported) is news


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("product_not_received", "not_received"),
        ("MERCHANDISE_OR_SERVICE_NOT_AS_DESCRIBED", "not_as_described"),
        ("UNAUTHORISED", "fraudulent"),
        ("something_new", "other"),
    ],
)
def test_reasons_of_providers_have_words_of_the_contract(code: str, reason: str) -> None:
    assert dispute_reason(code) == reason

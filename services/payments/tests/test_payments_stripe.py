"""Paying through Stripe, against the double of its API: what customers pay, and what comes of it in any order."""

import hashlib
import hmac
import json
import time
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
import structlog.testing
from stripe_merchant import StripeMerchant

from kontor.payments.v1 import payments_pb2 as pb
from kontor_testing.waiting import eventually


@pytest_asyncio.fixture(loop_scope="session")
async def shop(world: Any) -> StripeMerchant:
    made = StripeMerchant(world)
    await made.connect()
    return made


async def test_a_card_payment_is_booked_with_its_fee_and_what_is_left(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    checkout = await shop.paid(document)
    payment = await shop.payment(fee_minor=203)
    assert (payment["method"], payment["amount_minor"], payment["net_minor"]) == ("card", 11900, 11697)
    assert str(payment["checkout_id"]) == checkout["checkout_id"]
    told = (await world.told(pb.PaymentRecorded))[-1].payment
    assert (told.fee_minor, told.net_minor, told.provider) == (203, 11697, "stripe")


async def test_apple_pay_is_a_card_payment_that_says_so(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    await shop.pays(await world.checkout(document), "apple_pay")
    await world.becomes(document, "paid")
    assert (await shop.payment())["method"] == "apple_pay"


async def test_a_debit_is_on_its_way_and_then_there(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    await shop.pays(await world.checkout(document, "sepa_debit"), method="sepa_debit")
    row = await world.becomes(document, "on_its_way")
    assert (row["pending_minor"], row["open_minor"]) == (11900, 0)
    assert row["expected_on"] is not None
    await shop.does("settle", charge=(await shop.charges())[0]["id"])
    assert (await world.becomes(document, "paid"))["paid_minor"] == 11900


async def test_a_debit_that_fails_leaves_the_invoice_open_and_says_why(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    await shop.pays(await world.checkout(document, "sepa_debit"), method="sepa_debit")
    await world.becomes(document, "on_its_way")
    await shop.does("settle", charge=(await shop.charges())[0]["id"], outcome="insufficient_funds")
    row = await world.becomes(document, "open")
    assert (row["open_minor"], row["last_failure"]) == (11900, "insufficient_funds")
    assert (await world.checkout(document, "sepa_debit"))["redirect_url"]


@pytest.mark.parametrize(
    ("outcome", "failure"),
    [
        ("generic_decline", "card_declined"),
        ("insufficient_funds", "insufficient_funds"),
        ("expired_card", "card_expired"),
        ("authentication_failed", "authentication_failed"),
    ],
)
async def test_a_failed_attempt_says_why_and_the_next_one_pays(
    world: Any, shop: StripeMerchant, outcome: str, failure: str
) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    assert (await shop.pays(checkout, outcome)).status_code == 402

    async def is_told() -> bool:
        return bool((await world.receivable(document))["last_failure"] == failure)

    await eventually(is_told)
    assert (await shop.pays(checkout)).status_code == 303
    row = await world.becomes(document, "paid")
    assert (row["paid_minor"], row["last_failure"]) == (11900, "")


@pytest.mark.parametrize("webhooks", ["twice", "thrice", "out_of_order"])
async def test_webhooks_twice_or_out_of_order_book_once(world: Any, shop: StripeMerchant, webhooks: str) -> None:
    await shop.behaves(webhooks=webhooks)
    document = await world.invoice()
    await shop.paid(document)
    await shop.payment(fee_minor=203)
    assert [row["amount_minor"] for row in await world.sql("SELECT amount_minor FROM booking")] == [11900]
    assert len(await world.told(pb.PaymentSucceeded)) == 1


async def test_without_any_webhook_the_return_page_finds_the_payment(world: Any, shop: StripeMerchant) -> None:
    await shop.behaves(webhooks="never")
    document = await world.invoice()
    checkout = await world.checkout(document)
    await shop.pays(checkout)
    assert (await world.comes_back(checkout)).json()["state"] == "completed"
    assert await world.state(document) == "paid"


async def test_a_checkout_that_was_made_in_silence_is_given_again(world: Any, shop: StripeMerchant) -> None:
    await shop.behaves(calls={"POST /v1/checkout/sessions": "timeout_after"}, hold_seconds=3)
    document = await world.invoice()
    answer = await world.pay(document)
    assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")
    checkout = await world.checkout(document)
    [session] = await shop.objects("cs")
    assert (session["client_reference_id"], session["url"]) == (checkout["checkout_id"], checkout["redirect_url"])


async def test_a_payment_of_a_checkout_that_was_made_in_silence_is_found(world: Any, shop: StripeMerchant) -> None:
    """Stripe made the page and the payer paid on it, but neither answer nor webhook ever came."""
    await shop.behaves(calls={"POST /v1/checkout/sessions": "timeout_after"}, hold_seconds=3, webhooks="never")
    document = await world.invoice()
    assert (await world.pay(document)).status_code == 503
    [session] = await shop.objects("cs")
    await shop.pays({"redirect_url": session["url"]})
    await world.ask_provider_in(timedelta(hours=1))
    assert (await world.receivable(document))["paid_minor"] == 11900


async def test_a_page_that_expired_can_be_followed_by_a_new_one(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    first = await world.checkout(document)
    await shop.does("expire", session=(await shop.objects("cs"))[0]["id"])

    async def is_over() -> bool:
        query = "SELECT c.state FROM checkout c JOIN checkout_part t ON t.checkout_id = c.id WHERE t.document_id = $1"
        [row] = await world.sql(query, document)
        return bool(row["state"] == "expired")

    await eventually(is_over)
    assert (await world.checkout(document))["redirect_url"] != first["redirect_url"]


async def test_a_document_that_is_cancelled_takes_its_page_back(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.invoice(document, state="cancelled")

    async def is_expired() -> bool:
        return bool((await shop.objects("cs"))[0]["status"] == "expired")

    await eventually(is_expired)
    assert (await shop.pays(checkout)).status_code == 409


async def test_a_webhook_with_a_wrong_signature_or_an_old_time_is_refused(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    await shop.behaves(webhooks="never")
    await shop.pays(await world.checkout(document))
    event = (await shop.objects("evt"))[0]
    body = json.dumps(event).encode()
    keys = world.app.state.settings.credential_keys.unseal(shop.connection.credentials)

    async def send(secret: str, at: int) -> int:
        digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Stripe-Signature": f"t={at},v1={digest}"}
        path = f"/v1/webhooks/stripe/{shop.connection.id}"
        return int((await world.http.post(path, content=body, headers=headers)).status_code)

    now = int(time.time())
    assert [await send("whsec_forged", now), await send(keys["webhook_secret"], now - 301)] == [401, 401]
    assert await world.state(document) == "open"
    assert await send(keys["webhook_secret"], now) == 204
    assert await world.state(document) == "paid"


async def test_a_webhook_while_stripe_does_not_answer_is_sent_again(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await shop.behaves(calls={"GET /v1/payment_intents/{id}": "error", "GET /v1/checkout/sessions/{id}": "error"})
    with structlog.testing.capture_logs() as lines:
        await shop.pays(checkout)
        await world.becomes(document, "paid")
    refused = [line for line in lines if line["event"] == "double_webhook_not_delivered"]
    assert {line["answer"] for line in refused if str(shop.connection.id) in line["url"]} == {"503"}


async def test_an_amount_below_the_minimum_is_refused_before_stripe_is_asked(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice(gross_minor=49, amount_due_minor=49)
    answer = await world.pay(document)
    assert (answer.status_code, answer.json()["code"], answer.json()["minimum"]) == (409, "below_minimum", "0.50 EUR")
    assert await shop.objects("cs") == []


async def test_in_a_currency_that_is_not_supported_nothing_is_offered(world: Any, shop: StripeMerchant) -> None:
    document = await world.invoice(currency="TRY")
    assert (await world.pay(document)).json()["code"] == "method_not_offered"
    assert "stripe" not in str((await world.receivable(document))["methods"])

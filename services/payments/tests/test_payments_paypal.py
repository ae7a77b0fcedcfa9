"""Paying through PayPal, against the double of its API: what customers pay, and what comes of it in any order."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from paypal_merchant import PayPalMerchant

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.connections.ending import disconnect
from kontor_testing.waiting import eventually


@pytest_asyncio.fixture(loop_scope="session")
async def shop(world: Any) -> PayPalMerchant:
    made = PayPalMerchant(world)
    await made.connect()
    return made


async def test_an_approved_order_is_captured_and_booked_with_fee_and_net(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    checkout = await shop.paid(document)
    payment = await shop.payment(fee_minor=395)
    assert (payment["method"], payment["amount_minor"], payment["net_minor"]) == ("paypal", 11900, 11505)
    assert str(payment["checkout_id"]) == checkout["checkout_id"]
    told = (await world.told(pb.PaymentRecorded))[-1].payment
    assert (told.fee_minor, told.net_minor, told.provider) == (395, 11505, "paypal")
    [order] = await shop.orders()
    unit = order["purchase_units"][0]
    assert (unit["custom_id"], unit["amount"]) == (checkout["checkout_id"], {"currency_code": "EUR", "value": "119.00"})


async def test_the_payer_who_comes_back_finds_the_money_captured_without_a_webhook(
    world: Any, shop: PayPalMerchant
) -> None:
    document = await world.invoice()
    await shop.behaves(webhooks="never")
    checkout = await shop.start(document)
    await shop.pays(checkout)
    assert (await world.comes_back(checkout)).json()["state"] == "completed"
    assert await world.state(document) == "paid"


async def test_nothing_is_taken_from_a_payer_who_cancels(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    checkout = await shop.start(document)
    answer = await shop.pays(checkout, "cancel")
    assert answer.headers["location"].startswith(world.return_url)
    await world.comes_back(checkout)
    assert await shop.objects("capture") == []
    assert (await world.receivable(document))["open_minor"] == 11900
    assert (await shop.start(document))["checkout_id"] == checkout["checkout_id"]


async def test_money_from_a_bank_account_is_on_its_way_and_then_there(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    await shop.pays(await shop.start(document), "echeck")
    row = await world.becomes(document, "on_its_way")
    assert (row["pending_minor"], row["open_minor"]) == (11900, 0)
    assert row["expected_on"] is not None
    await shop.does("settle", capture=(await shop.captured())["id"])
    assert (await world.becomes(document, "paid"))["paid_minor"] == 11900
    assert (await shop.payment())["fee_minor"] == 395


async def test_a_capture_that_paypal_denies_after_its_review_leaves_the_invoice_open(
    world: Any, shop: PayPalMerchant
) -> None:
    document = await world.invoice()
    await shop.pays(await shop.start(document), "denied_later")
    await world.becomes(document, "on_its_way")
    await shop.does("settle", capture=(await shop.captured())["id"], completed=False)
    row = await world.becomes(document, "open")
    assert (row["open_minor"], row["last_failure"]) == (11900, "declined")
    await shop.paid(document)


async def test_a_capture_that_is_denied_after_the_approval_says_so(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    checkout = await shop.start(document)
    await shop.pays(checkout, "declined")
    await shop.payment("failed", failure="declined")
    row = await world.receivable(document)
    assert (row["open_minor"], row["paid_minor"], row["last_failure"]) == (11900, 0, "declined")


async def test_a_declined_instrument_sends_the_payer_back_to_choose_another(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    await shop.behaves(webhooks="never")
    checkout = await shop.start(document)
    await shop.pays(checkout, "instrument_declined")
    answer = (await world.comes_back(checkout)).json()
    assert (answer["state"], answer["redirect_url"]) == ("requires_action", checkout["redirect_url"])
    assert (await world.receivable(document))["last_failure"] == "declined"
    again = await shop.start(document)
    assert again["checkout_id"] == checkout["checkout_id"]
    await shop.pays(again)
    assert (await world.comes_back(checkout)).json()["state"] == "completed"
    row = await world.receivable(document)
    assert (row["state"], row["paid_minor"], row["last_failure"]) == ("paid", 11900, "")


async def test_a_payer_whom_paypal_lets_pay_nothing_can_choose_another_method(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    await shop.behaves(webhooks="never")
    checkout = await shop.start(document)
    await shop.pays(checkout, "restricted")
    assert (await world.comes_back(checkout)).json()["state"] == "cancelled"
    assert (await shop.start(document))["checkout_id"] != checkout["checkout_id"]


async def test_a_capture_without_an_answer_is_found_and_booked_once(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    await shop.behaves(
        webhooks="never", calls={"POST /v2/checkout/orders/{id}/capture": "timeout_after"}, hold_seconds=3
    )
    checkout = await shop.start(document)
    await shop.pays(checkout)
    await world.comes_back(checkout)
    assert len(await shop.objects("capture")) == 1
    await world.ask_provider_in(timedelta(hours=1))
    assert (await world.becomes(document, "paid"))["paid_minor"] == 11900
    assert len(await shop.objects("capture")) == 1


async def test_the_webhook_may_come_before_the_answer(world: Any, shop: PayPalMerchant) -> None:
    """The order is made and approved while our own call still waits for its answer."""
    document = await world.invoice()
    await shop.behaves(calls={"POST /v2/checkout/orders": "timeout_after"}, hold_seconds=3)
    assert (await world.pay(document, method="paypal")).status_code == 503
    [order] = await shop.orders()
    page = next(one["href"] for one in order["links"] if one["rel"] == "payer-action")
    await shop.pays({"redirect_url": page})
    await world.becomes(document, "paid")
    assert len(await shop.objects("capture")) == 1


async def test_an_order_without_an_answer_is_the_same_one_when_asked_for_again(
    world: Any, shop: PayPalMerchant
) -> None:
    document = await world.invoice()
    await shop.behaves(calls={"POST /v2/checkout/orders": "timeout_after"}, hold_seconds=3)
    assert (await world.pay(document, method="paypal")).status_code == 503
    assert (await shop.start(document))["redirect_url"]
    assert len(await shop.orders()) == 1


@pytest.mark.parametrize("webhooks", ["late", "twice", "thrice", "out_of_order"])
async def test_webhooks_in_any_order_and_number_book_it_once(world: Any, shop: PayPalMerchant, webhooks: str) -> None:
    document = await world.invoice()
    await shop.behaves(webhooks=webhooks, late_seconds=0.5)
    checkout = await shop.start(document)
    await shop.pays(checkout)
    await world.comes_back(checkout)
    await world.becomes(document, "paid")
    assert [row["amount_minor"] for row in await world.sql("SELECT amount_minor FROM booking")] == [11900]
    assert len(await world.told(pb.PaymentSucceeded)) == 1


async def test_an_order_that_nobody_wants_any_more_is_not_captured(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    checkout = await shop.start(document)
    await world.erp(document, method="transfer")
    await world.ask_provider_in(timedelta(hours=1))
    await shop.pays(checkout)
    await world.comes_back(checkout)
    await world.ask_provider_in(timedelta(days=1))
    assert await shop.objects("capture") == []
    assert (await world.receivable(document))["paid_minor"] == 11900


async def test_an_order_that_paypal_has_deleted_is_over_and_a_new_one_is_made(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    checkout = await shop.start(document)
    await shop.does("lapse", order=(await shop.orders())[0]["id"])
    assert (await world.comes_back(checkout)).json()["state"] == "expired"
    assert (await shop.start(document))["checkout_id"] != checkout["checkout_id"]


async def test_a_token_that_no_longer_holds_is_renewed_unnoticed(world: Any, shop: PayPalMerchant) -> None:
    await shop.does("forget-tokens")
    document = await world.invoice()
    assert (await shop.start(document))["redirect_url"]


async def test_a_currency_without_decimals_is_paid_to_the_yen(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice(currency="JPY", gross_minor=11900, amount_due_minor=11900)
    await shop.paid(document)
    assert (await shop.captured())["amount"] == {"currency_code": "JPY", "value": "11900"}


async def test_a_currency_that_paypal_does_not_take_is_not_offered(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice(currency="ISK", gross_minor=11900, amount_due_minor=11900)
    answer = await world.pay(document, method="paypal")
    assert (answer.status_code, answer.json()["code"]) == (422, "method_not_offered")


async def test_disconnecting_ends_open_checkouts_and_keeps_what_was_paid(world: Any, shop: PayPalMerchant) -> None:
    paid, open_ = await world.invoice(), await world.invoice()
    await shop.paid(paid)
    checkout = await shop.start(open_)
    await disconnect(shop.deps, world.merchant, "paypal")

    async def is_over() -> bool:
        rows = await world.sql("SELECT state FROM checkout WHERE id = $1", UUID(checkout["checkout_id"]))
        return [row["state"] for row in rows] == ["expired"]

    await eventually(is_over)
    await shop.pays(checkout)
    await world.ask_provider_in(timedelta(days=1))
    assert len(await shop.objects("capture")) == 1
    assert await world.state(paid) == "paid"
    assert (await world.pay(open_, method="paypal")).status_code == 422

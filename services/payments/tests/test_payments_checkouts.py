"""Checkouts: one live per receivable, repeated safely, whatever the provider does."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import httpx

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.providers.sandbox import SandboxProvider
from kontor_testing.waiting import eventually


async def test_a_second_click_leads_to_the_same_checkout(world: Any) -> None:
    document = await world.invoice()
    first, second = [await world.checkout(document) for _ in range(2)]
    assert first["checkout_id"] == second["checkout_id"]
    assert first["redirect_url"] == second["redirect_url"]


async def test_twenty_clicks_at_once_lead_to_one_live_page(world: Any) -> None:
    document = await world.invoice()
    answers = await asyncio.gather(*(world.pay(document) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    [address] = {answer.json()["redirect_url"] for answer in answers}
    [made] = await world.all_at_provider(document)
    assert (made["url"], made["state"]) == (address, "open")


async def test_paying_again_after_the_page_expired_gives_a_new_checkout(world: Any) -> None:
    document, headers = await world.invoice(), world.payer()
    first = (await world.pay(document, headers=headers)).json()
    at_provider = (await world.at_provider(first))["id"]
    await world.provider.post(f"/v1/checkouts/{at_provider}/expire", headers=await world.account())

    async def heard() -> bool:
        return not (await world.receivable(document))["checkout_open"]

    await eventually(heard)
    second, third = [(await world.pay(document, headers=headers)).json() for _ in range(2)]
    assert second["checkout_id"] != first["checkout_id"]
    assert third["redirect_url"] == second["redirect_url"]
    await world.choose(second, "success")
    await world.becomes(document, "paid")
    assert await world.kept(document) == 11900


async def test_a_page_whose_time_is_up_is_not_given_out_again_though_nobody_has_said_so(world: Any) -> None:
    document, headers = await world.invoice(), world.payer()
    await world.behave_next(expires_in_seconds=0.1, webhooks="never")
    first = (await world.pay(document, headers=headers)).json()

    async def expired() -> bool:
        return bool((await world.at_provider(first))["state"] == "expired")

    await eventually(expired)
    second = (await world.pay(document, headers=headers)).json()
    assert second["checkout_id"] != first["checkout_id"]
    assert (await world.at_provider(second))["state"] == "open"


async def test_paying_again_after_a_debit_that_failed_gives_a_new_checkout(world: Any) -> None:
    document, headers = await world.invoice(), world.payer()
    first = (await world.pay(document, method="sepa_debit", headers=headers)).json()
    await world.choose(first, "pending_fails", method="sepa_debit")
    await world.becomes(document, "on_its_way")
    await world.settle(first, "failed")
    await world.becomes(document, "open")
    second = (await world.pay(document, method="sepa_debit", headers=headers)).json()
    assert second["checkout_id"] != first["checkout_id"]
    assert (await world.at_provider(second))["state"] == "open"


async def test_an_earlier_checkout_can_still_be_looked_at(world: Any) -> None:
    document, headers = await world.invoice(), world.payer()
    first = (await world.pay(document, headers=headers)).json()
    await world.choose(first, "cancel")

    async def heard() -> bool:
        return not (await world.receivable(document))["checkout_open"]

    await eventually(heard)
    second = (await world.pay(document, headers=headers)).json()
    answer = await world.http.get(f"/v1/checkouts/{first['checkout_id']}", headers=headers)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert second["checkout_id"] != first["checkout_id"]


async def test_a_checkout_by_another_method_ends_the_first_at_the_provider(world: Any) -> None:
    document = await world.invoice()
    first, second = [await world.checkout(document, method) for method in ("card", "sepa_debit")]
    assert first["checkout_id"] != second["checkout_id"]
    assert (await world.at_provider(first))["state"] == "expired"
    assert (await world.at_provider(second))["state"] == "open"


async def test_a_checkout_of_another_amount_ends_the_first_at_the_provider(world: Any) -> None:
    document = await world.invoice()
    first = await world.checkout(document)
    await world.invoice(document, amount_due_minor=20000)
    second = await world.checkout(document)
    assert (second["amount_minor"], (await world.at_provider(first))["state"]) == (20000, "expired")


async def test_a_paid_invoice_answers_already_paid_and_charges_nobody(world: Any) -> None:
    document = await world.invoice()
    await world.choose(await world.checkout(document), "success")
    await world.becomes(document, "paid")
    answer = await world.pay(document)
    assert (answer.status_code, answer.json()["status"]) == (200, "already_paid")
    assert await world.kept(document) == 11900


async def test_a_decline_is_told_with_its_reason_and_leaves_the_invoice_open(world: Any) -> None:
    document = await world.invoice()
    answer = await world.choose(await world.checkout(document), "decline")
    assert "abgelehnt" in answer.text

    async def told() -> bool:
        return (await world.receivable(document))["last_failure"] == "card_declined"

    await eventually(told)
    assert await world.state(document) == "open"
    [failed] = await world.told(pb.PaymentFailed)
    assert failed.payment.failure == "card_declined"


async def test_after_a_decline_the_same_page_can_still_be_paid(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.choose(checkout, "decline")
    await world.choose(checkout, "success")
    assert (await world.becomes(document, "paid"))["last_failure"] == ""


async def test_authentication_is_a_step_of_its_own(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    page = await world.choose(checkout, "authenticate")
    assert "Ihre Bank" in page.text
    assert (await world.at_provider(checkout))["state"] == "open"
    await world.choose(checkout, "confirm")
    await world.becomes(document, "paid")


async def test_an_abandoned_checkout_leaves_the_invoice_open_and_payable(world: Any) -> None:
    document = await world.invoice()
    answer = await world.choose(await world.checkout(document), "cancel")
    assert answer.status_code == 303

    async def closed() -> bool:
        return not (await world.receivable(document))["checkout_open"]

    await eventually(closed)
    assert await world.state(document) == "open"
    assert (await world.pay(document)).status_code == 201


async def test_sepa_is_on_its_way_until_it_settles(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document, "sepa_debit")
    await world.choose(checkout, "pending", method="sepa_debit")
    row = await world.becomes(document, "on_its_way")
    assert (row["pending_minor"], row["open_minor"]) == (11900, 0)
    assert row["expected_on"] is not None
    assert (await world.pay(document)).json()["status"] == "on_its_way"
    await world.settle(checkout)
    row = await world.becomes(document, "paid")
    assert (row["pending_minor"], row["paid_minor"]) == (0, 11900)
    assert len(await world.told(pb.PaymentPending)) == 1
    assert len(await world.told(pb.PaymentSucceeded)) == 1


async def test_sepa_that_fails_makes_the_invoice_payable_again(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document, "sepa_debit")
    await world.choose(checkout, "pending_fails")
    await world.becomes(document, "on_its_way")
    await world.settle(checkout, "failed")
    assert (await world.becomes(document, "open"))["last_failure"] == "insufficient_funds"
    assert (await world.pay(document)).status_code == 201


async def test_settled_sepa_that_the_bank_takes_back_opens_the_invoice_again(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document, "sepa_debit")
    await world.choose(checkout, "pending")
    await world.settle(checkout)
    await world.becomes(document, "paid")
    await world.settle(checkout, "reversed")
    assert (await world.becomes(document, "open"))["last_failure"] == "returned_by_bank"


async def test_an_approved_payment_is_captured(world: Any) -> None:
    document = await world.invoice()
    await world.choose(await world.checkout(document, "paypal"), "success", method="paypal")
    assert (await world.becomes(document, "paid"))["paid_minor"] == 11900


async def test_a_capture_that_took_effect_and_was_never_answered_is_found_out(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document, "paypal")
    await world.provider.patch(
        f"/sandbox/checkouts/{(await world.at_provider(checkout))['id']}",
        json={"capture_call": "timeout_after", "hold_seconds": 5, "webhooks": "never"},
    )
    await world.choose(checkout, "success", method="paypal")
    # The first capture times out after two seconds; the return page asks again.
    for _ in range(2):
        await world.comes_back(checkout)
    await world.becomes(document, "paid")
    assert await world.kept(document) == 11900


async def test_a_create_call_that_was_never_answered_is_repeated(world: Any) -> None:
    document, headers = await world.invoice(), world.payer()
    await world.behave_next(create_call="timeout_after", hold_seconds=5)
    first = await world.pay(document, headers=headers)
    assert (first.status_code, first.json()["code"]) == (503, "provider_unavailable")
    second = await world.pay(document, headers=headers)
    assert second.status_code == 201
    assert len(await world.all_at_provider(document)) == 1


async def test_a_provider_that_charged_and_never_answered_has_been_paid_once(world: Any) -> None:
    document = await world.invoice()
    await world.behave_next(create_call="charge_then_timeout", hold_seconds=5, webhooks="never")
    assert (await world.pay(document)).status_code == 503
    # The next attempt first looks at the earlier one.
    again = await world.pay(document)
    assert (again.status_code, again.json()["status"]) == (200, "already_paid")
    assert await world.kept(document) == 11900


async def test_a_checkout_that_was_never_made_does_not_stand_in_the_way(world: Any) -> None:
    document = await world.invoice()
    await world.behave_next(create_call="timeout_before", hold_seconds=5)
    assert (await world.pay(document)).status_code == 503
    assert (await world.pay(document)).status_code == 201


async def test_the_job_finds_out_what_no_webhook_has_told(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.choose(checkout, "success", webhooks="never")
    await world.ask_provider_in(timedelta(minutes=2))
    assert (await world.becomes(document, "paid"))["paid_minor"] == 11900


async def test_the_return_page_asks_the_provider(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.choose(checkout, "success", webhooks="never")
    answer = await world.comes_back(checkout)
    assert (answer.json()["state"], answer.json()["receivable_state"]) == ("completed", "paid")


async def test_a_provider_that_is_down_leaves_nothing_half_done(world: Any, monkeypatch: Any) -> None:
    document = await world.invoice()
    await world.app.state.dependencies.providers.connect(world.merchant, "sandbox")
    async with httpx.AsyncClient(base_url="http://127.0.0.1:1") as nobody:
        adapters = world.app.state.dependencies.providers._adapters
        monkeypatch.setitem(adapters, "sandbox", partial(SandboxProvider, nobody))
        answer = await world.pay(document)
    assert (answer.status_code, answer.json()["code"]) == (503, "provider_unavailable")
    assert await world.state(document) == "open"


async def test_two_first_checkouts_at_once_open_one_account_whose_keys_hold(world: Any) -> None:
    documents = [await world.invoice() for _ in range(3)]
    answers = await asyncio.gather(*(world.pay(document) for document in documents))
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    for document, answer in zip(documents, answers, strict=True):
        await world.choose(answer.json(), "success")
        await world.becomes(document, "paid")


async def test_a_method_that_is_not_offered_is_refused_by_name(world: Any) -> None:
    document = await world.invoice()
    for method in ("klarna", "transfer"):
        answer = await world.pay(document, method=method)
        assert (answer.status_code, answer.json()["field"]) == (422, "method")


async def test_a_cancelled_invoice_cannot_be_paid_and_its_checkout_ends(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.invoice(document, state="cancelled")
    answer = await world.pay(document)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_payable")

    async def ended() -> bool:
        return bool((await world.at_provider(checkout))["state"] == "expired")

    await eventually(ended)


async def test_what_is_paid_after_a_cancellation_goes_back(world: Any) -> None:
    document = await world.invoice()
    checkout = await world.checkout(document)
    await world.choose(checkout, "success", webhooks="never")
    await world.invoice(document, state="cancelled")

    async def given_back() -> bool:
        return (await world.receivable(document))["refunded_minor"] == 11900

    await eventually(given_back)
    assert await world.kept(document) == 0
    assert len(await world.told(pb.PaymentRefunded)) == 1


async def test_a_cash_discount_that_still_runs_reduces_what_is_charged(world: Any) -> None:
    step = {"until": "2099-12-31", "percent": "2.00", "amount_minor": 238, "payable_minor": 11662}
    document = await world.invoice(cash_discounts=[step])
    checkout = await world.checkout(document)
    assert checkout["amount_minor"] == 11662
    await world.choose(checkout, "success")
    row = await world.becomes(document, "paid")
    assert (row["paid_minor"], row["discount_minor"], row["open_minor"]) == (11662, 238, 0)

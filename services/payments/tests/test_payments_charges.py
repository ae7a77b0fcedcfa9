"""Charging a saved method while the customer is not there: once, whatever is heard of it."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest_asyncio
from saving_customer import BACK, SavingCustomer
from stripe_merchant import StripeMerchant

from kontor.payments.v1 import payments_pb2 as pb
from kontor_testing.waiting import eventually

INTENTS = "POST /v1/payment_intents"


@pytest_asyncio.fixture(loop_scope="session")
async def customer(world: Any) -> SavingCustomer:
    shop = StripeMerchant(world)
    await shop.connect()
    return SavingCustomer(world, shop)


async def succeeded(customer: SavingCustomer) -> int:
    return sum(one["status"] == "succeeded" for one in await customer.shop.charges())


async def test_an_invoice_is_charged_to_the_default_method_once(customer: SavingCustomer) -> None:
    card, document, key = await customer.saves(), await customer.world.invoice(), str(uuid4())
    answers = [await customer.charges(document, key=key) for _ in range(2)]
    assert [(one.status_code, one.json()["state"]) for one in answers] == [(201, "completed")] * 2
    assert answers[0].json()["checkout_id"] == answers[1].json()["checkout_id"]
    assert (await customer.world.state(document), await succeeded(customer)) == ("paid", 1)
    [payment] = await customer.world.sql("SELECT * FROM payment")
    assert (str(payment["saved_method_id"]), payment["method"]) == (card, "card")
    again = await customer.charges(document)
    assert (again.status_code, again.json()["status"]) == (200, "already_paid")


async def test_charges_side_by_side_are_one(customer: SavingCustomer) -> None:
    await customer.saves()
    document = await customer.world.invoice()
    answers = await asyncio.gather(*(customer.charges(document) for _ in range(3)))
    assert {one.status_code for one in answers} <= {200, 201}
    await customer.world.becomes(document, "paid")
    assert await succeeded(customer) == 1


async def test_a_charge_of_which_nothing_was_heard_is_asked_for_again(customer: SavingCustomer) -> None:
    await customer.saves()
    document = await customer.world.invoice()
    await customer.shop.behaves(calls={INTENTS: "timeout_after"}, hold_seconds=3)
    assert (await customer.charges(document)).json()["state"] == "creating"
    # Already paid where the webhook was here first; else nothing else can be begun.
    assert (await customer.world.pay(document)).status_code in (200, 503)
    await customer.world.ask_provider_in(timedelta(minutes=5))
    await customer.world.becomes(document, "paid")
    assert await succeeded(customer) == 1


async def test_a_declined_card_says_why_and_leaves_the_invoice_open(customer: SavingCustomer) -> None:
    await customer.saves("insufficient_funds")
    document = await customer.world.invoice()
    told = (await customer.charges(document)).json()
    assert (told["state"], told["failure"]) == ("cancelled", "insufficient_funds")
    [event] = await customer.world.told(pb.PaymentFailed)
    assert (event.payment.failure, bool(event.payment.saved_method_id)) == ("insufficient_funds", True)
    assert await customer.world.state(document) == "open"
    assert (await customer.world.pay(document)).status_code == 201


async def test_where_the_bank_wants_the_customer_they_are_told_and_confirm(customer: SavingCustomer) -> None:
    card, document = await customer.saves("authentication_required"), await customer.world.invoice()
    told = (await customer.charges(document)).json()
    assert told["state"] == "requires_action"
    [event] = await customer.world.told(pb.ConfirmationNeeded)
    assert (event.amount_minor, event.method_display, event.receivable.confirmation_needed) == (
        11900, "Visa •••• 4242, 08/31", True,
    )  # fmt: skip
    assert (await customer.row(card))["state"] == "needs_confirmation"
    assert (await customer.call("DELETE", f"/{card}")).json()["code"] == "saved_method_in_use"
    world = customer.world
    found = await world.http.post(f"/v1/documents/{document}/confirmation", headers=world.payer())
    assert found.json()["checkout_id"] == told["checkout_id"]
    await world.stripe.post(found.json()["redirect_url"], data={"confirmed": "true"})
    row = await world.becomes(document, "paid")
    assert row["confirmation_needed"] is False

    async def is_usable() -> bool:
        return bool((await customer.row(card))["state"] == "usable")

    await eventually(is_usable)
    over = await world.http.post(f"/v1/documents/{document}/confirmation", headers=world.payer())
    assert (over.status_code, over.json()["code"]) == (409, "nothing_to_confirm")


async def test_who_pays_otherwise_instead_of_confirming_pays_once(customer: SavingCustomer) -> None:
    await customer.saves("authentication_required")
    document = await customer.world.invoice()
    await customer.charges(document)
    checkout = await customer.world.checkout(document)
    await customer.shop.pays(checkout)
    row = await customer.world.becomes(document, "paid")
    assert (row["confirmation_needed"], await succeeded(customer)) == (False, 1)


async def test_a_debit_is_on_its_way(customer: SavingCustomer) -> None:
    await customer.saves(method="sepa_debit")
    document = await customer.world.invoice()
    assert (await customer.charges(document)).json()["state"] == "completed"
    assert await customer.world.state(document) == "on_its_way"


async def test_without_a_method_or_with_anothers_nothing_is_charged(customer: SavingCustomer) -> None:
    document = await customer.world.invoice()
    assert (await customer.charges(document)).json()["code"] == "no_saved_method"
    card = await customer.saves()
    others = await customer.world.invoice(customer_id=str(uuid4()))
    assert (await customer.charges(others, method_id=card)).json()["code"] == "no_saved_method"
    denied = await customer.world.http.post(
        "/v1/charges", json={"documents": [str(document)], "return_url": BACK}, headers=customer.world.payer()
    )
    assert (denied.status_code, await succeeded(customer)) == (403, 0)

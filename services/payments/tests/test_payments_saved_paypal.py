"""An account at PayPal that a customer lets the merchant charge: saved, charged, taken away at PayPal."""

from typing import Any

import pytest
import pytest_asyncio
from paypal_merchant import PayPalMerchant
from saving_customer import SavingCustomer

from kontor.payments.v1 import payments_pb2 as pb
from kontor_testing.waiting import eventually


@pytest_asyncio.fixture(loop_scope="session", params=["own_app", "referral"])
async def customer(world: Any, request: Any) -> SavingCustomer:
    """A merchant's own app has a webhook of its own; the operator's app has one for all merchants."""
    shop = PayPalMerchant(world)
    await (shop.connect() if request.param == "own_app" else shop.connect_by_referral())
    return SavingCustomer(world, shop)


async def saves(customer: SavingCustomer, outcome: str = "completed") -> str:
    begun = await customer.begins("paypal")
    assert begun.status_code == 201, begun.text
    assert (await customer.shop.pays(begun.json(), outcome)).status_code == 303
    assert [one["state"] for one in await customer.comes_back()] == ["usable"]
    return str(begun.json()["id"])


async def test_an_invoice_is_charged_to_the_saved_account_until_the_payer_takes_it_away(
    customer: SavingCustomer,
) -> None:
    saved, document, later = await saves(customer), await customer.world.invoice(), await customer.world.invoice()
    answer = await customer.charges(document)
    assert (answer.status_code, answer.json()["state"]) == (201, "completed"), answer.text
    assert await customer.world.state(document) == "paid"
    [payment] = await customer.world.sql("SELECT * FROM payment")
    assert (str(payment["saved_method_id"]), payment["method"], payment["amount_minor"]) == (saved, "paypal", 11900)
    await customer.shop.does("unlink", token=(await customer.row(saved))["token"])

    async def has_ended() -> bool:
        return bool((await customer.row(saved))["end_reason"] == "gone")

    await eventually(has_ended)
    assert [event.method.id for event in await customer.world.told(pb.SavedMethodEnded)] == [saved]
    assert (await customer.charges(later)).json()["code"] == "no_saved_method"


@pytest.mark.parametrize("customer", ["own_app"], indirect=True)
async def test_a_declined_charge_leaves_the_invoice_open_and_the_account_saved(customer: SavingCustomer) -> None:
    saved, document = await saves(customer, "instrument_declined"), await customer.world.invoice()
    told = (await customer.charges(document)).json()
    assert (told["state"], told["failure"]) == ("cancelled", "declined")
    assert (await customer.world.state(document), (await customer.row(saved))["state"]) == ("open", "usable")


@pytest.mark.parametrize("customer", ["own_app"], indirect=True)
async def test_an_account_that_was_taken_away_unheard_ends_with_the_refused_charge(customer: SavingCustomer) -> None:
    saved, document = await saves(customer), await customer.world.invoice()
    await customer.shop.behaves(webhooks="never")
    await customer.shop.does("unlink", token=(await customer.row(saved))["token"])
    assert (await customer.charges(document)).json()["code"] == "no_saved_method"
    assert ((await customer.row(saved))["end_reason"], await customer.world.state(document)) == ("gone", "open")

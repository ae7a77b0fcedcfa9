"""Methods that a provider keeps for a customer: agreed to, saved, chosen, removed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from saving_customer import SavingCustomer
from stripe_merchant import StripeMerchant

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.methods.jobs import ask_due
from kontor_testing.waiting import eventually


@pytest_asyncio.fixture(loop_scope="session")
async def customer(world: Any) -> SavingCustomer:
    shop = StripeMerchant(world)
    await shop.connect()
    return SavingCustomer(world, shop)


async def told(customer: SavingCustomer, *kinds: type[Any]) -> list[pb.SavedMethod]:
    wanted = kinds or (pb.SavedMethodSaved, pb.SavedMethodChanged, pb.SavedMethodEnded)
    return [event.method for event in await customer.world.told(*wanted)]


async def test_what_can_be_saved_says_what_the_customer_agrees_to(customer: SavingCustomer) -> None:
    headers = customer.world.payer() | {"Accept-Language": "de"}
    options = (await customer.call("GET", "/options", headers=headers)).json()["options"]
    assert [(one["method"], one["provider"]) for one in options] == [("card", "stripe"), ("sepa_debit", "stripe")]
    assert "Muster GmbH" in options[0]["terms"]
    assert "acht Wochen" in options[1]["terms"]


async def test_a_card_is_saved_with_what_was_agreed_and_becomes_the_default(customer: SavingCustomer) -> None:
    card = await customer.saves()
    row = await customer.row(card)
    assert (row["display"], row["state"], row["is_default"]) == ("Visa •••• 4242, 08/31", "usable", True)
    assert "Muster GmbH" in row["consent"]
    assert row["agreed_by"].startswith("contact:")
    assert datetime.now(UTC) - row["agreed_at"] < timedelta(minutes=5)
    [event] = await told(customer)
    assert (event.state, event.version, event.customer_id) == ("usable", 1, str(customer.world.customer))
    assert row["token"] not in str(event)


async def test_a_mandate_is_kept_with_its_reference_and_day(customer: SavingCustomer) -> None:
    row = await customer.row(await customer.saves(method="sepa_debit"))
    assert (row["display"], row["mandate_reference"][:6]) == ("DE•• … 3000", "KONTOR")
    assert row["mandate_date"] == customer.world.app.state.clock.today("Europe/Berlin")


async def test_without_agreeing_nothing_is_begun(customer: SavingCustomer) -> None:
    refused = await customer.begins(agreed=False)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_agreed")
    assert (await customer.begins("klarna")).json()["code"] == "method_not_saved"
    assert await customer.world.sql("SELECT id FROM saved_method") == []


async def test_what_nobody_finished_is_told_to_nobody_and_ends(customer: SavingCustomer) -> None:
    begun = (await customer.begins()).json()
    assert [one["state"] for one in await customer.comes_back()] == ["setting_up"]
    await customer.shop.does("expire", session=(await customer.row(begun["id"]))["setup_id"])
    world = customer.world
    await ask_due(world.app.state.dependencies, world.merchant, datetime.now(UTC) + timedelta(days=1))
    row = await customer.row(begun["id"])
    assert (row["state"], row["end_reason"], row["ask_at"]) == ("ended", "not_saved", None)
    assert await told(customer) == []


async def test_a_customer_who_never_comes_back_has_saved_the_card_all_the_same(customer: SavingCustomer) -> None:
    begun = (await customer.begins()).json()
    await customer.shop.pays(begun)
    world = customer.world
    await ask_due(world.app.state.dependencies, world.merchant, datetime.now(UTC) + timedelta(days=1))
    assert (await customer.row(begun["id"]))["state"] == "usable"


async def test_another_default_and_the_heir_of_a_removed_one(customer: SavingCustomer) -> None:
    first, second = await customer.saves(), await customer.saves(method="sepa_debit")
    assert await customer.default() == first
    assert (await customer.call("POST", f"/{second}/default")).status_code == 200
    assert await customer.default() == second
    assert (await customer.call("DELETE", f"/{second}")).json()["state"] == "ended"
    assert await customer.default() == first
    assert [event.end_reason for event in await told(customer, pb.SavedMethodEnded)] == ["removed"]
    assert (await customer.call("POST", f"/{second}/default")).status_code == 404
    token = (await customer.row(second))["token"]

    async def is_deleted_at_stripe() -> bool:
        kept = await customer.shop.objects("pm")
        return all(one["customer"] is None for one in kept if one["id"] == token)

    await eventually(is_deleted_at_stripe)


@pytest.mark.parametrize("claims", [{"customers": [uuid4()]}, {"document": uuid4()}])
async def test_nobody_else_reaches_a_method(customer: SavingCustomer, claims: dict[str, Any]) -> None:
    card = await customer.saves()
    stranger = customer.world.payer(**claims)
    body = {"customer_id": str(customer.world.customer), "method": "card", "agreed": True, "return_url": "http://a.de"}
    assert (await customer.call("POST", headers=stranger, json=body)).status_code == 404
    assert (await customer.call("POST", f"/{card}/default", headers=stranger)).status_code == 404
    assert (await customer.call("DELETE", f"/{card}", headers=stranger)).status_code == 404
    assert await customer.default() == card

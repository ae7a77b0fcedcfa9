"""Saved methods that the provider no longer has: it tells so, or refuses to charge them."""

from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from saving_customer import BACK, SavingCustomer
from stripe_merchant import StripeMerchant

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.providers.protocol import ChargeRequest, Refused
from kontor_testing.waiting import eventually


@pytest_asyncio.fixture(loop_scope="session")
async def customer(world: Any) -> SavingCustomer:
    shop = StripeMerchant(world)
    await shop.connect()
    return SavingCustomer(world, shop)


@pytest.mark.parametrize(("action", "method"), [("detach", "card"), ("revoke-mandate", "sepa_debit")])
async def test_a_method_that_ends_at_stripe_ends_here_and_another_follows(
    customer: SavingCustomer, action: str, method: str
) -> None:
    gone, other = await customer.saves(method=method), await customer.saves()
    assert await customer.default() == gone
    await customer.shop.does(action, method=(await customer.row(gone))["token"])

    async def has_ended() -> bool:
        return bool((await customer.row(gone))["state"] == "ended")

    await eventually(has_ended)
    assert await customer.default() == other
    [event] = [event.method for event in await customer.world.told(pb.SavedMethodEnded)]
    assert (event.id, event.end_reason, event.is_default) == (gone, "gone", False)


@pytest.mark.parametrize(("action", "method"), [("detach", "card"), ("revoke-mandate", "sepa_debit")])
async def test_a_charge_that_is_refused_for_that_ends_the_method_and_takes_nothing(
    customer: SavingCustomer, action: str, method: str
) -> None:
    saved, document = await customer.saves(method=method), await customer.world.invoice()
    await customer.shop.behaves(webhooks="never")
    await customer.shop.does(action, method=(await customer.row(saved))["token"])
    refused = await customer.charges(document)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_saved_method")
    row = await customer.row(saved)
    assert (row["state"], row["end_reason"], row["is_default"]) == ("ended", "gone", False)
    assert (await customer.world.state(document), await customer.shop.charges()) == ("open", [])
    assert (await customer.world.pay(document)).status_code == 201


async def test_another_refusal_says_nothing_about_the_method(customer: SavingCustomer) -> None:
    row = await customer.row(await customer.saves())
    request = ChargeRequest(20, "EUR", str(uuid4()), row["provider_customer"], row["token"], "Rechnung", BACK)
    with pytest.raises(Refused, match="amount_too_small"):
        await customer.shop.adapter.charge(request)

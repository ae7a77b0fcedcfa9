"""Ending a connection, deleting its keys, and keys that a provider no longer accepts."""

import json
from typing import Any

import pytest
import pytest_asyncio
from connecting_merchant import ConnectingMerchant

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments import jobs
from kontor_testing.waiting import eventually


@pytest_asyncio.fixture(loop_scope="session")
async def shop(world: Any) -> ConnectingMerchant:
    """Live at Stripe, and nowhere else."""
    made = ConnectingMerchant(world)
    await made.go_live()
    off = [{"provider": "sandbox", "enabled": False}]
    assert (await world.http.put("/v1/settings", json={"providers": off}, headers=world.staff())).status_code == 200
    return made


async def offers_stripe(world: Any, document: Any) -> bool:
    return any(one["provider"] == "stripe" for one in json.loads((await world.receivable(document))["methods"]))


async def no_longer_offered(world: Any, document: Any) -> None:
    async def is_gone() -> bool:
        return not await offers_stripe(world, document)

    await eventually(is_gone)


async def pays(world: Any, checkout: dict[str, Any], method: str = "card") -> Any:
    return await world.stripe.post(checkout["redirect_url"], data={"outcome": "succeeded", "method": method})


async def test_open_payment_pages_are_closed_and_what_was_paid_stays(world: Any, shop: Any) -> None:
    paid, left = await world.invoice(), await world.invoice()
    await pays(world, await world.checkout(paid))
    await world.becomes(paid, "paid")
    checkout = await world.checkout(left)
    answer = await shop.call("POST", "/stripe/end")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["open_checkouts"], told["pending_payments"], told["open_refunds"]) == (1, 0, 0)

    async def is_closed() -> bool:
        return (await world.sql("SELECT state FROM checkout WHERE id = $1", checkout["checkout_id"]))[0][
            "state"
        ] == "expired"

    await eventually(is_closed)
    assert (await pays(world, checkout)).status_code == 409
    assert (await world.state(paid), await world.state(left)) == ("paid", "open")
    await no_longer_offered(world, left)
    assert (await world.pay(left)).json()["code"] == "method_not_offered"
    assert (await shop.connection())["state"] == "ended"
    assert (await shop.call("POST", "/stripe/end")).status_code == 404


async def test_what_a_stopped_process_left_of_a_disconnected_account_is_handed_out_to_nobody_and_ended(
    world: Any, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_on = jobs.carry_on_disconnecting

    async def later(_deps: Any) -> None:
        """The job does not come round to it."""

    monkeypatch.setattr(jobs, "carry_on_disconnecting", later)
    asked_for, left = await world.invoice(), await world.invoice()
    pages = [await world.checkout(document) for document in (asked_for, left)]
    await world.sql("UPDATE connection SET state = 'ended', ended_at = now() WHERE provider = 'stripe'")
    assert (await shop.enter(await shop.key(live=True))).status_code == 200
    assert (await shop.call("POST", "/stripe/live")).status_code == 200
    assert (await world.checkout(asked_for))["redirect_url"] != pages[0]["redirect_url"]
    assert (await pays(world, pages[0])).status_code == 409
    await carry_on(world.app.state.dependencies)
    assert (await world.receivable(left))["checkout_open"] is False
    assert (await world.sql("SELECT state FROM checkout WHERE id = $1", pages[1]["checkout_id"]))[0]["state"] in (
        "ending",
        "expired",
    )


async def test_methods_that_were_saved_there_end(world: Any, shop: Any) -> None:
    setup = {"customer_id": str(world.customer), "method": "card", "agreed": True, "return_url": "http://localhost:9/"}
    for _ in range(2):
        begun = (await world.http.post("/v1/saved-methods", json=setup, headers=world.payer())).json()
        await pays(world, begun)
        await world.http.post("/v1/saved-methods/reconcile", headers=world.payer())
    assert (await shop.call("POST", "/stripe/end")).status_code == 200
    rows = await world.sql("SELECT state, end_reason, is_default FROM saved_method")
    assert [tuple(row) for row in rows] == [("ended", "disconnected", False)] * 2
    assert len(await world.told(pb.SavedMethodEnded)) == 2
    options = await world.http.get("/v1/saved-methods/options", headers=world.payer())
    assert options.json()["options"] == []


async def test_a_debit_on_its_way_is_booked_after_the_end_and_keeps_the_keys_until_then(world: Any, shop: Any) -> None:
    document = await world.invoice()
    await pays(world, await world.checkout(document, "sepa_debit"), "sepa_debit")
    await world.becomes(document, "on_its_way")
    assert (await shop.call("POST", "/stripe/end")).json()["pending_payments"] == 1
    connection = (await shop.connection())["id"]
    needed = await shop.call("DELETE", f"/{connection}/keys")
    assert (needed.status_code, needed.json()["code"]) == (409, "keys_needed")
    charge = (await world.stripe.get(f"/double/stripe/{shop.account}/objects/ch?livemode=true")).json()["data"][0]
    settled = await world.stripe.post(
        f"/double/stripe/{shop.account}/settle?livemode=true", json={"charge": charge["id"]}
    )
    assert settled.status_code < 300
    await world.becomes(document, "paid")
    assert (await shop.call("DELETE", f"/{connection}/keys")).status_code == 200
    assert (await shop.connection())["has_keys"] is False
    assert (await world.stripe.get(f"/double/stripe/{shop.account}/objects/we?livemode=true")).json()["data"] == []


async def test_a_debit_that_nobody_can_follow_any_more_has_failed_when_the_keys_are_deleted(world: Any) -> None:
    shop = ConnectingMerchant(world)
    key = await shop.go_live()
    off = [{"provider": "sandbox", "enabled": False}]
    await world.http.put("/v1/settings", json={"providers": off}, headers=world.staff())
    document = await world.invoice()
    await pays(world, await world.checkout(document, "sepa_debit"), "sepa_debit")
    await world.becomes(document, "on_its_way")
    await shop.revoke(key)
    await world.pay(await world.invoice())
    assert (await shop.call("POST", "/stripe/end")).json()["pending_payments"] == 1
    connection = (await shop.connection())["id"]
    assert (await shop.call("DELETE", f"/{connection}/keys")).status_code == 200
    row = await world.becomes(document, "open")
    assert (row["open_minor"], row["pending_minor"], row["last_failure"]) == (11900, 0, "failed")


async def test_ending_needs_a_fresh_log_in(shop: Any) -> None:
    refused = await shop.call("POST", "/stripe/end", minutes_ago=11)
    assert (refused.status_code, refused.json()["code"]) == (403, "fresh_log_in_needed")
    assert (await shop.connection())["state"] == "live"


async def test_a_key_that_was_revoked_takes_the_methods_away_and_the_merchant_is_told_once(world: Any) -> None:
    shop = ConnectingMerchant(world)
    key = await shop.go_live()
    off = [{"provider": "sandbox", "enabled": False}]
    await world.http.put("/v1/settings", json={"providers": off}, headers=world.staff())
    first, second = await world.invoice(), await world.invoice()
    await shop.revoke(key)
    for document in (first, second):
        assert (await world.pay(document)).status_code in (409, 422)
    [told] = await world.told(pb.ConnectionNeedsAttention)
    assert (told.connection.problem, told.connection.provider) == ("key_revoked", "stripe")
    await no_longer_offered(world, first)
    assert (await shop.connection())["problem"] == "key_revoked"
    # A new key of the account sets it right.
    assert (await shop.enter(await shop.key(live=True))).status_code == 200
    assert (await shop.connection())["problem"] == ""

    async def is_back() -> bool:
        return await offers_stripe(world, first)

    await eventually(is_back)
    await pays(world, await world.checkout(first))
    await world.becomes(first, "paid")

"""Connecting an account at a provider: keys, signing in there, test payment, switching on (D4, D13)."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from connecting_merchant import BACK, ConnectingMerchant

from kontor.payments.v1 import payments_pb2 as pb
from kontor_testing.waiting import eventually


@pytest.fixture
def shop(world: Any) -> ConnectingMerchant:
    return ConnectingMerchant(world)


async def offered(world: Any, document: Any) -> set[str]:
    return {one["provider"] for one in json.loads((await world.receivable(document))["methods"])}


async def test_a_connection_is_tried_before_customers_can_pay_through_it(world: Any, shop: Any) -> None:
    document = await world.invoice()
    assert (await shop.enter(await shop.key())).status_code == 200
    found = await shop.connection()
    assert (found["state"], found["mode"], found["account"], found["display_name"]) == (
        "trial", "test", shop.account, "Muster GmbH"
    )  # fmt: skip
    early = await shop.call("POST", "/stripe/live")
    assert (early.status_code, early.json()["code"]) == (409, "live_key_needed")
    trial = await shop.try_out()
    assert (trial["state"], trial["amount_minor"]) == ("succeeded", 50)
    assert (await shop.enter(await shop.key(live=True))).status_code == 200
    found = await shop.connection()
    assert (found["state"], found["mode"]) == ("trial", "live")
    assert "stripe" not in await offered(world, document)
    assert (await shop.call("POST", "/stripe/live")).status_code == 200

    async def is_offered() -> bool:
        return "stripe" in await offered(world, document)

    await eventually(is_offered)
    states = [one.connection.state for one in await world.told(pb.ConnectionChanged)]
    assert states == ["trial", "ended", "trial", "live"]


async def test_a_test_payment_touches_no_receivable(world: Any, shop: Any) -> None:
    await shop.enter(await shop.key())
    await shop.try_out()
    assert await world.sql("SELECT 1 FROM receivable") == []
    assert await world.sql("SELECT 1 FROM payment") == []


async def test_a_declined_test_payment_says_why_and_does_not_count(shop: Any) -> None:
    await shop.enter(await shop.key())
    begun = await shop.call("POST", "/stripe/trial-payments", json={"method": "card", "return_url": BACK})
    await shop.world.stripe.post(begun.json()["redirect_url"], data={"outcome": "insufficient_funds", "method": "card"})
    back = await shop.call("POST", f"/trial-payments/{begun.json()['id']}/reconcile")
    assert (back.json()["state"], back.json()["failure"]) == ("open", "insufficient_funds")
    refused = await shop.enter(await shop.key(live=True))
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, "trial_first", "fields.key")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("hallo", "key_malformed"),
        ("pk_test_1234567890abc", "key_publishable"),
        ("sk_test_1234567890abc", "key_not_restricted"),
        ("rk_test_1234567890abc", "key_invalid"),
        ("", "missing"),
    ],
)
async def test_what_is_no_key_is_said_at_its_field(shop: Any, typed: str, code: str) -> None:
    refused = await shop.enter(typed)
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (422, code, "fields.key")
    assert (await shop.shown())["connections"] == []


async def test_a_revoked_key_and_one_without_permissions_say_so(shop: Any) -> None:
    key = await shop.key()
    await shop.revoke(key)
    assert (await shop.enter(key)).json()["code"] == "key_revoked"
    poor = await shop.enter(await shop.key(permissions=["checkout_session_write", "accounts_kyc_basic_read"]))
    assert poor.json()["code"] == "permission_missing"
    assert "Webhook Endpoints: Write" in poor.json()["permissions"]
    assert "Checkout Sessions" not in poor.json()["permissions"]


async def test_a_live_account_takes_no_test_key_and_no_other_account(shop: Any) -> None:
    await shop.go_live()
    before = await shop.connection()
    test_key = await shop.enter(await shop.key())
    assert (test_key.status_code, test_key.json()["code"]) == (422, "key_of_test_mode")
    other = await shop.enter(await shop.key(live=True, account=f"acct_{uuid4().hex[:16]}"))
    assert (other.status_code, other.json()["code"]) == (422, "key_of_another_account")
    assert await shop.connection() == before


async def test_new_keys_of_the_same_account_keep_it_live(shop: Any) -> None:
    await shop.go_live()
    before = await shop.connection()
    assert (await shop.enter(await shop.key(live=True))).status_code == 200
    after = await shop.connection()
    assert (after["id"], after["state"]) == (before["id"], "live")


async def test_connecting_needs_a_fresh_log_in(shop: Any) -> None:
    late = {"minutes_ago": 11}
    for method, path, body in (
        ("POST", "/stripe/keys", {"fields": {"key": "rk_test_1234567890abc"}}),
        ("POST", "/stripe/sign-in", {"return_url": BACK}),
        ("POST", "/stripe/live", None),
    ):
        refused = await shop.call(method, path, json=body, **late)
        assert (refused.status_code, refused.json()["code"]) == (403, "fresh_log_in_needed")
        assert refused.json()["field"] == "own_password"


async def came_back(shop: Any, *, allowed: bool = True, **who: Any) -> dict[str, str]:
    """Begins to sign in, answers at Stripe, and says what Stripe sends along."""
    begun = await shop.call("POST", "/stripe/sign-in", json={"return_url": BACK}, **who)
    assert begun.status_code == 200, begun.text
    asked = parse_qs(urlsplit(begun.json()["authorize_url"]).query)
    data = {
        "redirect_uri": asked["redirect_uri"][0],
        "state": asked["state"][0],
        "allowed": allowed,
        "account": shop.account,
    }
    answer = await shop.world.stripe.post("/oauth/authorize", data=data)
    told = parse_qs(urlsplit(answer.headers["location"]).query)
    return {name: values[0] for name, values in told.items() if name in ("state", "code")}


async def test_what_signing_in_connects_is_said_beforehand(shop: Any) -> None:
    providers = {one["provider"]: one["sign_in"] for one in (await shop.shown())["providers"]}
    # The mode of the operator's own accounts.
    assert (providers["stripe"], providers["paypal"], providers["paylink"]) == ("test", "test", None)


async def test_signing_in_at_the_provider_connects_the_account_once(shop: Any) -> None:
    told = await came_back(shop)
    assert (await shop.call("POST", "/stripe/signed-in", json=told)).status_code == 200
    assert (await shop.connection())["account"] == shop.account
    again = await shop.call("POST", "/stripe/signed-in", json=told)
    assert (again.status_code, again.json()["code"]) == (409, "oauth_state_invalid")


async def test_deleting_the_keys_of_an_earlier_sign_in_leaves_the_later_one_its_access(world: Any, shop: Any) -> None:
    ended = []
    for _ in range(2):
        assert (await shop.call("POST", "/stripe/signed-in", json=await came_back(shop))).status_code == 200
        ended.append((await shop.connection())["id"])
        if len(ended) == 1:
            assert (await shop.call("POST", "/stripe/end")).status_code == 200
    assert (await shop.call("DELETE", f"/{ended[0]}/keys")).status_code == 200
    assert (await shop.try_out())["state"] == "succeeded"
    assert (await shop.call("POST", "/stripe/end")).status_code == 200
    assert (await shop.call("DELETE", f"/{ended[1]}/keys")).status_code == 200
    access = {"client_id": "ca_kontor", "stripe_user_id": shop.account}
    platform = {"Authorization": "Bearer sk_test_platform"}
    assert (await world.stripe.post("/oauth/deauthorize", data=access, headers=platform)).status_code == 401


async def test_what_comes_back_counts_in_its_own_session_only(shop: Any) -> None:
    told = await came_back(shop)
    stranger = await shop.call("POST", "/stripe/signed-in", json=told, session_id=uuid4())
    assert stranger.json()["code"] == "oauth_state_invalid"
    assert (await shop.shown())["connections"] == []
    assert (await shop.call("POST", "/stripe/signed-in", json=told)).status_code == 200


async def test_what_comes_back_after_ten_minutes_is_too_late(world: Any, shop: Any) -> None:
    told = await came_back(shop)
    await world.sql("UPDATE sign_in SET expires_at = now() - interval '1 second'")
    late = await shop.call("POST", "/stripe/signed-in", json=told)
    assert late.json()["code"] == "oauth_state_invalid"


async def test_another_merchants_test_payment_is_not_there(world: Any, shop: Any) -> None:
    await shop.enter(await shop.key())
    trial = await shop.try_out()
    world.merchant = uuid4()
    await world.register()
    foreign = await shop.call("POST", f"/trial-payments/{trial['id']}/reconcile")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "trial_payment_not_found")
    assert (await shop.shown())["connections"] == []


async def test_access_that_was_withdrawn_at_the_provider_is_said(shop: Any) -> None:
    assert (await shop.call("POST", "/stripe/signed-in", json=await came_back(shop))).status_code == 200
    await shop.world.stripe.post(f"/double/stripe/{shop.account}/disconnect", json={})
    refused = await shop.call("POST", "/stripe/trial-payments", json={"method": "card", "return_url": BACK})
    assert (refused.status_code, refused.json()["code"]) == (422, "account_disconnected")

"""Connecting a Stripe account by a restricted key, and ending that again."""

from typing import Any

import pytest
import pytest_asyncio
from stripe_merchant import PERMISSIONS, StripeMerchant

from kontor_payments.connections.accounts import connect_with_key
from kontor_payments.connections.ending import disconnect
from kontor_payments.errors import ConnectionUnknown, KeyRefused
from kontor_service.errors import Problem
from kontor_service.ids import uuid7
from kontor_testing.waiting import eventually


@pytest_asyncio.fixture(loop_scope="session")
async def shop(world: Any) -> StripeMerchant:
    return StripeMerchant(world)


async def refused(shop: StripeMerchant, key: str) -> Problem:
    with pytest.raises(KeyRefused) as error:
        await connect_with_key(shop.deps, shop.world.merchant, "stripe", {"key": key})
    return error.value


async def connections(world: Any) -> list[tuple[str, str, str]]:
    rows = await world.sql("SELECT account, mode, state FROM connection WHERE provider = 'stripe' ORDER BY id")
    return [(row["account"], row["mode"], row["state"]) for row in rows]


async def test_a_restricted_key_connects_its_account_as_a_trial(world: Any, shop: StripeMerchant) -> None:
    found = await connect_with_key(shop.deps, world.merchant, "stripe", {"key": f" {await shop.key()} "})
    assert (found.account, found.display_name, found.mode, found.state) == (
        shop.account,
        "Muster GmbH",
        "test",
        "trial",
    )
    assert "rk_" not in found.credentials
    [hook] = await shop.objects("we")
    assert (hook["url"], hook["status"]) == (found.webhook_url, "enabled")
    assert "charge.updated" in hook["enabled_events"]


async def test_a_key_that_may_not_read_its_account_connects_it_without_its_name(
    world: Any, shop: StripeMerchant
) -> None:
    key = await shop.key(permissions=PERMISSIONS[1:])
    found = await connect_with_key(shop.deps, world.merchant, "stripe", {"key": key})
    assert (found.account, found.display_name) == (shop.account, shop.account)


async def test_a_trial_is_not_offered_to_customers(world: Any, shop: StripeMerchant) -> None:
    await shop.connect(state="trial")
    document = await world.invoice()
    assert (await world.pay(document)).json()["code"] == "method_not_offered"


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "key_malformed"),
        ("rk_test", "key_malformed"),
        ("pk_test_51AbCdEfGhIjKl", "key_publishable"),
        ("sk_live_51AbCdEfGhIjKl", "key_not_restricted"),
        ("rk_test_51AbCdEfGhIjKl", "key_invalid"),
    ],
)
async def test_a_wrong_key_is_refused_at_its_field(world: Any, shop: StripeMerchant, key: str, code: str) -> None:
    error = await refused(shop, key)
    assert (error.code, error.field, error.status) == (code, "fields.key", 422)
    assert await connections(world) == []


async def test_a_revoked_key_is_refused(world: Any, shop: StripeMerchant) -> None:
    key = await shop.key()
    await shop.does("keys/revoke", key=key)
    assert (await refused(shop, key)).code == "key_revoked"
    assert await connections(world) == []


async def test_permissions_that_a_key_lacks_are_named(world: Any, shop: StripeMerchant) -> None:
    lacks = {"checkout_session_write", "payout_read"}
    error = await refused(shop, await shop.key(permissions=[one for one in PERMISSIONS if one not in lacks]))
    assert error.code == "permission_missing"
    assert error.params["permissions"] == "Checkout Sessions: Write, Payouts: Read"
    assert (await connections(world), await shop.objects("cs"), await shop.objects("we")) == ([], [], [])


async def test_a_new_key_of_the_same_account_takes_the_place_of_the_old_one(world: Any, shop: StripeMerchant) -> None:
    await shop.connect()
    again = await connect_with_key(shop.deps, world.merchant, "stripe", {"key": await shop.key()})
    assert (again.id, again.state) == (shop.connection.id, "live")
    assert len(await shop.objects("we")) == 1


async def test_another_account_ends_the_one_before(world: Any, shop: StripeMerchant) -> None:
    await shop.connect()
    other = StripeMerchant(world)
    await other.connect()
    assert await connections(world) == [(shop.account, "test", "ended"), (other.account, "test", "live")]


async def test_disconnecting_takes_open_pages_back_and_leaves_what_was_paid(world: Any, shop: StripeMerchant) -> None:
    await shop.connect()
    paid, unpaid = await world.invoice(), await world.invoice()
    await shop.paid(paid)
    await world.checkout(unpaid)
    await disconnect(shop.deps, world.merchant, "stripe")

    async def is_expired() -> bool:
        return bool((await shop.objects("cs"))[0]["status"] == "expired")

    await eventually(is_expired)
    assert await world.state(paid) == "paid"
    assert await connections(world) == [(shop.account, "test", "ended")]
    assert (await world.pay(unpaid)).json()["code"] == "method_not_offered"
    with pytest.raises(ConnectionUnknown):
        await disconnect(shop.deps, world.merchant, "stripe")


async def test_what_was_paid_before_can_be_refunded_after_disconnecting(world: Any, shop: StripeMerchant) -> None:
    await shop.connect()
    document = await world.invoice()
    await shop.paid(document)
    await disconnect(shop.deps, world.merchant, "stripe")
    await shop.does("refund", charge=(await shop.charges())[0]["id"], amount=1900)

    async def is_booked() -> bool:
        return bool((await world.receivable(document))["refunded_minor"] == 1900)

    await eventually(is_booked)


async def test_a_payer_who_paid_while_the_merchant_disconnected_has_paid(world: Any, shop: StripeMerchant) -> None:
    await shop.connect()
    document = await world.invoice()
    checkout = await world.checkout(document)
    await shop.behaves(webhooks="never")
    await shop.pays(checkout)
    await disconnect(shop.deps, world.merchant, "stripe")
    assert (await world.becomes(document, "paid"))["paid_minor"] == 11900


async def test_another_merchants_connection_is_not_found(world: Any, shop: StripeMerchant) -> None:
    await shop.connect()
    with pytest.raises(ConnectionUnknown):
        await disconnect(shop.deps, uuid7(), "stripe")
    assert await connections(world) == [(shop.account, "test", "live")]

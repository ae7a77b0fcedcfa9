"""Connecting a PayPal account, by an app of its own or by referral; webhooks and who may send them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from paypal_merchant import PayPalMerchant, account_id

from kontor_payments.connections.accounts import connect_with_key
from kontor_payments.connections.ending import disconnect
from kontor_payments.errors import KeyRefused, SignatureInvalid
from kontor_payments.providers.paypal.access import PayPalAccess
from kontor_payments.providers.paypal.amounts import minor_of, paypal_amount
from kontor_payments.providers.paypal.signature import verify
from kontor_payments.providers.protocol import Refused
from kontor_provider_doubles.paypal.calls import sign
from kontor_service.errors import Problem
from kontor_testing.waiting import eventually


@pytest_asyncio.fixture(loop_scope="session")
async def shop(world: Any) -> PayPalMerchant:
    return PayPalMerchant(world)


async def refused(shop: PayPalMerchant, fields: dict[str, str]) -> Problem:
    with pytest.raises(KeyRefused) as error:
        await connect_with_key(shop.deps, shop.world.merchant, "paypal", fields)
    return error.value


async def test_a_live_app_is_known_as_such_and_has_to_wait_for_a_test_payment(shop: PayPalMerchant) -> None:
    assert (await refused(shop, await shop.app(mode="live"))).code == "trial_first"


async def test_an_app_connects_its_account_and_its_mode_is_found_out(world: Any, shop: PayPalMerchant) -> None:
    mode = "test"
    app = await shop.app(mode=mode)
    found = await connect_with_key(shop.deps, world.merchant, "paypal", {n: f" {v} " for n, v in app.items()})
    assert (found.account, found.mode, found.state) == (shop.account, mode, "trial")
    assert found.display_name == f"{shop.account.lower()}@haendler.example"
    assert app["client_secret"] not in found.credentials
    answer = await world.paypal.get(f"/double/paypal/{shop.account}/objects/webhook", params={"mode": mode})
    [hook] = answer.json()["data"]
    assert hook["url"] == found.webhook_url
    assert {"name": "CUSTOMER.DISPUTE.RESOLVED"} in hook["event_types"]


async def test_connecting_again_replaces_the_webhook(world: Any, shop: PayPalMerchant) -> None:
    app = await shop.app()
    first = await connect_with_key(shop.deps, world.merchant, "paypal", app)
    again = await connect_with_key(shop.deps, world.merchant, "paypal", app)
    assert (again.id, len(await shop.objects("webhook"))) == (first.id, 1)


async def test_a_wrong_secret_and_nonsense_are_refused_and_nothing_is_connected(
    world: Any, shop: PayPalMerchant
) -> None:
    app = await shop.app()
    assert (await refused(shop, app | {"client_secret": "E" * 80})).code == "key_invalid"
    assert (await refused(shop, app | {"client_id": "not a key"})).code == "key_malformed"
    await shop.does("revoke")
    assert (await refused(shop, app)).code == "key_invalid"
    assert await world.sql("SELECT 1 FROM connection WHERE provider = 'paypal'") == []


async def test_an_app_that_may_make_no_orders_is_told_so(shop: PayPalMerchant) -> None:
    problem = await refused(shop, await shop.app(permissions=["webhooks"]))
    assert (problem.code, "Orders" in str(problem.detail)) == ("permission_missing", True)


async def test_a_checkout_with_keys_that_were_deleted_takes_no_money(world: Any, shop: PayPalMerchant) -> None:
    await shop.connect()
    document = await world.invoice()
    await shop.does("revoke")
    answer = await world.pay(document, method="paypal")
    assert (answer.status_code, answer.json()["code"]) == (409, "provider_refused")
    assert (await world.receivable(document))["open_minor"] == 11900


async def test_a_merchant_who_agreed_is_charged_through_the_operators_app(world: Any, shop: PayPalMerchant) -> None:
    state = uuid4().hex
    told = await shop.agrees(state)
    assert told["merchantId"] == state
    account = await shop.connector.by_code(told["merchantIdInPayPal"], state)
    assert (account.id, account.display_name, account.mode) == (shop.account, "Muster GmbH", "test")
    assert "client_secret" not in account.credentials


async def test_the_operators_one_webhook_tells_of_every_merchant_who_agreed(world: Any, shop: PayPalMerchant) -> None:
    await shop.connect_by_referral()
    document = await world.invoice()
    checkout = await shop.paid(document)
    assert (await shop.orders())[0]["purchase_units"][0]["payee"]["merchant_id"] == shop.account
    await shop.does("refund", capture=(await shop.captured())["id"], value="19.00")

    async def is_refunded() -> bool:
        return bool((await world.receivable(document))["refunded_minor"] == 1900)

    await eventually(is_refunded)
    hooks = (await world.paypal.get("/double/paypal/KNTRPARTNER23/objects/webhook")).json()["data"]
    assert [urlsplit(hook["url"]).path for hook in hooks] == [f"/v1/webhooks/paypal/{UUID(int=0)}"]
    await shop.does("withdraw", partner="KNTRPARTNER23")
    refused_ = await world.pay(await world.invoice(), method="paypal")
    assert (refused_.status_code, refused_.json()["code"], bool(checkout)) == (409, "provider_refused", True)


async def test_a_refund_is_booked_though_the_account_was_connected_anew_since(world: Any, shop: PayPalMerchant) -> None:
    document = await world.invoice()
    await shop.connect_by_referral()
    await shop.paid(document)
    await disconnect(shop.deps, world.merchant, "paypal")
    await shop.connect_by_referral()
    await shop.does("refund", capture=(await shop.captured())["id"], value="19.00")

    async def is_refunded() -> bool:
        return bool((await world.receivable(document))["refunded_minor"] == 1900)

    await eventually(is_refunded)
    assert len(await world.sql("SELECT 1 FROM connection WHERE provider = 'paypal'")) == 2


async def test_an_approval_that_was_withdrawn_names_its_order_otherwise(world: Any, shop: PayPalMerchant) -> None:
    await shop.connect()
    await shop.start(await world.invoice())
    [order] = await shop.orders()
    told = (await shop.hears("checkout-order", {"order_id": order["id"]})).checkout
    assert told is not None
    assert (told.provider_id, told.state) == (order["id"], "open")


async def test_anothers_account_cannot_be_claimed_by_its_id(shop: PayPalMerchant) -> None:
    await shop.agrees(uuid4().hex)
    for code in (shop.account, account_id(), "../partner-referrals"):
        with pytest.raises(Refused, match="invalid_grant"):
            await shop.connector.by_code(code, uuid4().hex)


async def test_who_does_not_agree_comes_back_without_an_account(shop: PayPalMerchant) -> None:
    told = await shop.agrees(uuid4().hex, allowed=False)
    assert told["permissionsGranted"] == "false"
    assert "merchantIdInPayPal" not in told


async def webhook(world: Any, shop: PayPalMerchant, *, forged: str = "", **headers: str) -> int:
    body = json.dumps({"id": f"WH-{uuid4()}", "event_type": "VAULT.PAYMENT-TOKEN.DELETED", "resource": {}}).encode()
    [hook] = await shop.objects("webhook")
    about = {"webhook_id": hook["id"], "base": str(world.paypal.base_url).rstrip("/"), "forged": forged}
    answer = await world.http.post(urlsplit(hook["url"]).path, content=body, headers=sign(about, body) | headers)
    return int(answer.status_code)


async def test_a_webhook_is_believed_only_with_paypals_signature(world: Any, shop: PayPalMerchant) -> None:
    await shop.connect()
    assert await webhook(world, shop) == 204
    assert await webhook(world, shop, forged="yes") == 401
    assert await webhook(world, shop, **{"PayPal-Transmission-Id": "another"}) == 401
    assert await webhook(world, shop, **{"PayPal-Auth-Algo": "none"}) == 401
    assert await webhook(world, shop, **{"PayPal-Transmission-Time": "2026-01-01T00:00:00Z"}) == 401
    assert await webhook(world, shop, **{"PayPal-Transmission-Time": "yesterday"}) == 401
    assert len(await world.sql("SELECT 1 FROM provider_event")) == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://paypal.example/v1/notifications/certs/CERT-1", "https://api.paypal.com.example/v1/notifications/certs/CERT-1",
        "http://api.paypal.com/v1/notifications/certs/CERT-1", "https://api.paypal.com/v1/notifications/certs/../../x",
        "https://api.paypal.com/other/CERT-1", "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/CERT-1?x=y", "",
    ],
)  # fmt: skip
async def test_certificates_come_from_paypals_addresses_alone(world: Any, shop: PayPalMerchant, address: str) -> None:
    await shop.connect()
    assert await webhook(world, shop, **{"PayPal-Cert-Url": address}) == 401


async def test_a_recorded_webhook_is_worth_nothing_after_four_days(world: Any) -> None:
    url = str(world.paypal.base_url).rstrip("/")
    access = PayPalAccess(world.app.state.dependencies.providers._http, url, url)
    headers = {
        name.lower(): value for name, value in sign({"webhook_id": "1", "base": url, "forged": ""}, b"{}").items()
    }
    now = datetime.now(UTC)
    await verify(access, "1", headers, b"{}", now)
    for webhook_id, body, at in (("2", b"{}", now), ("1", b"{ }", now), ("1", b"{}", now + timedelta(days=5))):
        with pytest.raises(SignatureInvalid):
            await verify(access, webhook_id, headers, body, at)


@pytest.mark.parametrize(
    ("minor", "currency", "value"),
    [(1, "EUR", "0.01"), (11900, "EUR", "119.00"), (5, "JPY", "5"), (123400, "HUF", "1234"), (100, "TWD", "1")],
)
def test_amounts_have_the_decimals_that_paypal_wants(minor: int, currency: str, value: str) -> None:
    written = paypal_amount(minor, currency)
    assert written == {"currency_code": currency, "value": value}
    assert minor_of(written) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "code"), [(0, "EUR", "amount_too_small"), (123450, "HUF", "amount_not_whole")]
)
def test_amounts_that_paypal_cannot_take_are_refused(minor: int, currency: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        paypal_amount(minor, currency)

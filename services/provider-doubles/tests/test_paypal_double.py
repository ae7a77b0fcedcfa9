"""What the double of PayPal accepts, refuses and answers over HTTP."""

import base64
import json
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from kontor_provider_doubles.paypal.calls import sign
from kontor_provider_doubles.server import create_app
from kontor_provider_doubles.settings import DoubleSettings
from kontor_testing.serving import free_port, serving

ORDER: dict[str, Any] = {
    "intent": "CAPTURE",
    "purchase_units": [{"amount": {"currency_code": "EUR", "value": "119.00"}, "invoice_id": "RE-1"}],
    "payment_source": {
        "paypal": {
            "experience_context": {
                "return_url": "http://localhost:9/zurueck",
                "cancel_url": "http://localhost:9/abbruch",
            }
        }
    },
}


@dataclass
class Account:
    http: httpx.AsyncClient
    id: str = "MUSTERGMBH234"
    token: str = field(default="")

    async def sign_in(self, **wanted: Any) -> httpx.Response:
        app = (await self.http.post(f"/double/paypal/{self.id}/apps", json=wanted)).json()
        form, keys = {"grant_type": "client_credentials"}, (app["client_id"], app["client_secret"])
        answer = await self.http.post("/v1/oauth2/token", data=form, auth=keys)
        self.token = answer.json().get("access_token", "")
        return answer

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        told = {"Authorization": f"Bearer {self.token}"} | headers
        return await self.http.request(method, path, json=body, headers=told)

    async def order(self, **changes: Any) -> dict[str, Any]:
        answer = await self.call("POST", "/v2/checkout/orders", ORDER | changes)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def approves(self, order: dict[str, Any], outcome: str = "completed") -> httpx.Response:
        page = next(one["href"] for one in order["links"] if one["rel"] == "payer-action")
        return await self.http.post(page, data={"outcome": outcome})


@pytest_asyncio.fixture
async def account(tmp_path: Path) -> AsyncIterator[Account]:
    port = free_port()
    app = create_app("paypal", DoubleSettings(environment="development", folder=tmp_path, port=port))
    async with serving(app, port=port) as url, httpx.AsyncClient(base_url=url, timeout=20) as http:
        made = Account(http)
        await made.sign_in()
        yield made


def issue(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["details"][0]["issue"]


async def test_an_order_is_approved_captured_once_and_tells_its_fee(account: Account) -> None:
    order = await account.order()
    assert order["status"] == "PAYER_ACTION_REQUIRED"
    path = f"/v2/checkout/orders/{order['id']}"
    assert issue(await account.call("POST", f"{path}/capture", {})) == (422, "ORDER_NOT_APPROVED")
    back = await account.approves(order)
    assert back.headers["location"].startswith(f"http://localhost:9/zurueck?token={order['id']}&PayerID=")
    done = (await account.call("POST", f"{path}/capture", {})).json()
    [capture] = done["purchase_units"][0]["payments"]["captures"]
    kept = capture["seller_receivable_breakdown"]
    assert (capture["status"], kept["paypal_fee"]["value"], kept["net_amount"]["value"]) == (
        "COMPLETED",
        "3.95",
        "115.05",
    )
    assert issue(await account.call("POST", f"{path}/capture", {})) == (422, "ORDER_ALREADY_CAPTURED")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"nonsense": 1}, "/nonsense"),
        ({"intent": "GIVE"}, "/intent"),
        ({"purchase_units": []}, "/purchase_units"),
        ({"purchase_units": [{"amount": {"value": "1.00"}}]}, "/purchase_units/0/amount/currency_code"),
        ({"purchase_units": [{"amount": {"currency_code": "EUR", "value": "1,00"}}]}, "/purchase_units/0/amount/value"),
        (
            {"payment_source": {"paypal": {"experience_context": {"locale": "de_DE"}}}},
            "/payment_source/paypal/experience_context/locale",
        ),
    ],
)
async def test_what_the_contract_does_not_allow_is_refused_at_its_field(
    account: Account, changes: Any, field: str
) -> None:
    answer = await account.call("POST", "/v2/checkout/orders", ORDER | changes)
    assert (answer.status_code, answer.json()["name"]) == (400, "INVALID_REQUEST")
    assert answer.json()["details"][0]["field"] == field
    assert (await account.http.get(f"/double/paypal/{account.id}/objects/order")).json()["data"] == []


@pytest.mark.parametrize(
    ("code", "value", "wanted"),
    [
        ("XXX", "1.00", "INVALID_CURRENCY_CODE"),
        ("EUR", "0.00", "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ("JPY", "1.00", "DECIMALS_NOT_SUPPORTED"),
        ("HUF", "1.00", "DECIMALS_NOT_SUPPORTED"),
        ("EUR", "1.001", "DECIMAL_PRECISION"),
    ],
)
async def test_amounts_that_paypal_does_not_take_are_refused(
    account: Account, code: str, value: str, wanted: str
) -> None:
    units = [{"amount": {"currency_code": code, "value": value}}]
    answer = await account.call("POST", "/v2/checkout/orders", ORDER | {"purchase_units": units})
    assert issue(answer) == (422, wanted)


async def test_the_same_request_id_gives_the_same_order_until_it_is_forgotten(account: Account) -> None:
    async def make() -> httpx.Response:
        return await account.call("POST", "/v2/checkout/orders", ORDER, **{"PayPal-Request-Id": "k"})

    first, again = await make(), await make()
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert (await account.http.post(f"/double/forget-keys/{account.id}")).status_code == 204
    assert (await make()).json()["id"] != first.json()["id"]


async def test_an_invoice_number_is_paid_once(account: Account) -> None:
    orders = [await account.order() for _ in range(2)]
    for order in orders:
        await account.approves(order)
    answers = [await account.call("POST", f"/v2/checkout/orders/{order['id']}/capture", {}) for order in orders]
    assert answers[0].status_code == 201
    assert issue(answers[1]) == (422, "DUPLICATE_INVOICE_ID")


async def test_tokens_hold_for_their_mode_and_permissions(account: Account) -> None:
    order = await account.order()
    assert (await account.call("GET", f"/live/v2/checkout/orders/{order['id']}")).status_code == 401
    await account.sign_in(permissions=["webhooks"])
    assert issue(await account.call("GET", f"/v2/checkout/orders/{order['id']}")) == (403, "PERMISSION_DENIED")
    assert (await account.sign_in(mode="live")).status_code == 401
    account.token = "nobody"
    assert (await account.call("GET", f"/v2/checkout/orders/{order['id']}")).json()["name"] == "AUTHENTICATION_FAILURE"


async def test_the_vault_wants_a_request_id(account: Account) -> None:
    answer = await account.call(
        "POST", "/v3/vault/payment-tokens", {"payment_source": {"token": {"id": "A", "type": "SETUP_TOKEN"}}}
    )
    assert issue(answer) == (400, "MISSING_REQUIRED_PARAMETER")


async def test_an_order_that_nobody_approved_in_time_is_gone(account: Account) -> None:
    order = await account.order()
    await account.http.post(f"/double/paypal/{account.id}/lapse", json={"order": order["id"]})
    assert (await account.call("GET", f"/v2/checkout/orders/{order['id']}")).status_code == 404
    assert (await account.approves(order)).status_code == 404


async def test_webhooks_are_signed_with_the_certificate_that_they_name(account: Account) -> None:
    body = json.dumps({"id": "WH-1"}).encode()
    headers = sign({"webhook_id": "W1", "base": str(account.http.base_url).rstrip("/"), "forged": ""}, body)
    pem = (await account.http.get(headers["PayPal-Cert-Url"])).content
    key: Any = x509.load_pem_x509_certificate(pem).public_key()
    told = f"{headers['PayPal-Transmission-Id']}|{headers['PayPal-Transmission-Time']}|W1|{zlib.crc32(body)}"
    signature = base64.b64decode(headers["PayPal-Transmission-Sig"])
    assert key.verify(signature, told.encode(), padding.PKCS1v15(), hashes.SHA256()) is None


async def test_pages_say_that_no_money_moves_and_load_nothing_from_elsewhere(account: Account) -> None:
    order = await account.order()
    page = next(one["href"] for one in order["links"] if one["rel"] == "payer-action")
    for url in (page, "/double/paypal"):
        answer = await account.http.get(url)
        assert "PayPal" in answer.text
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    made = await account.http.post("/double/paypal", data={"mode": "live"})
    assert "Client-ID" in made.text

"""Our side of the sandbox provider: its HTTP API as a HostedProvider."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import httpx
from pydantic import TypeAdapter

from kontor.payments.v1.payments_pb2_codes import FailureCode
from kontor_payments.errors import SignatureInvalid
from kontor_payments.providers.protocol import (
    CheckoutReport,
    CheckoutRequest,
    NotThere,
    OutcomeUnknown,
    ProviderEvent,
    RefundReport,
    Refused,
)

_SIGNATURE = "Sandbox-Signature"
_TOLERANCE_SECONDS = 300
_UNIX_TIME = re.compile(r"[0-9]{1,12}")
_CHECKOUT, _REFUND = TypeAdapter(CheckoutReport), TypeAdapter(RefundReport)


class SandboxProvider:
    """`credentials` are what opening the account gave: api_key and webhook_secret."""

    def __init__(self, http: httpx.AsyncClient, credentials: Mapping[str, str]) -> None:
        self._http = http
        self._credentials = credentials

    async def create_checkout(self, request: CheckoutRequest) -> CheckoutReport:
        body = asdict(request) | {
            # As PayPal Orders does: the payer approves, we take the money.
            "capture": "manual" if request.method == "paypal" else "automatic",
            "description": request.description[:200],
        }
        return checkout_report(await self._call("POST", "/v1/checkouts", json=body, key=request.reference))

    async def find(self, reference: str) -> CheckoutReport | None:
        found = (await self._call("GET", "/v1/checkouts", params={"reference": reference}))["data"]
        return checkout_report(found[0]) if found else None

    async def fetch(self, provider_id: str) -> CheckoutReport:
        return checkout_report(await self._call("GET", f"/v1/checkouts/{provider_id}"))

    async def expire(self, provider_id: str) -> CheckoutReport:
        try:
            return checkout_report(await self._call("POST", f"/v1/checkouts/{provider_id}/expire"))
        except NotThere:
            # What the provider does not know, nobody can pay.
            return CheckoutReport(provider_id, "", "expired", "", None)
        except Refused:
            return await self.fetch(provider_id)

    async def capture(self, provider_id: str) -> CheckoutReport:
        try:
            return checkout_report(await self._call("POST", f"/v1/checkouts/{provider_id}/capture"))
        except Refused:
            return await self.fetch(provider_id)

    async def refund(self, provider_id: str, payment_id: str, amount_minor: int, reference: str) -> RefundReport:
        body = {"payment": payment_id, "amount_minor": amount_minor, "reference": reference}
        return _REFUND.validate_python(_refund(await self._call("POST", "/v1/refunds", json=body, key=reference)))

    async def read_webhook(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent:
        signature = headers.get(_SIGNATURE.lower(), "")
        if not verify(self._credentials["webhook_secret"], signature, body, int(time.time())):
            raise SignatureInvalid(field=_SIGNATURE)
        event = json.loads(body)
        return ProviderEvent(event["id"], event["type"], checkout_report(event["data"]["checkout"]))

    async def _call(self, method: str, path: str, *, key: str = "", **options: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._credentials['api_key']}"}
        if key:
            headers["Idempotency-Key"] = key
        return await call(self._http, method, path, headers=headers, **options)


def verify(secret: str, header: str, body: bytes, now: int) -> bool:
    """Whether a webhook's signature is right and no older than five minutes, so that a recorded one is of no use.

    The header is `t=<unix time>,v1=<hex HMAC-SHA256 of "t.body">`, as Stripe's is.
    """
    parts = dict(part.split("=", 1) for part in header.split(",") if "=" in part)
    sent = parts.get("t", "")
    if _UNIX_TIME.fullmatch(sent) is None or abs(now - int(sent)) > _TOLERANCE_SECONDS:
        return False
    right = hmac.new(secret.encode(), f"{sent}.".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(right.encode(), parts.get("v1", "").encode())


async def open_account(http: httpx.AsyncClient, platform_key: str, reference: str, name: str, webhook_url: str) -> Any:
    """id, api_key and webhook_secret of the account; asked again for the same address they are the same."""
    headers = {"Authorization": f"Bearer {platform_key}", "Idempotency-Key": webhook_url}
    body = {"reference": reference, "name": name[:200], "webhook_url": webhook_url}
    return await call(http, "POST", "/v1/accounts", headers=headers, json=body)


async def call(http: httpx.AsyncClient, method: str, path: str, **options: Any) -> dict[str, Any]:
    try:
        response = await http.request(method, path, **options)
    except httpx.HTTPError as error:
        raise OutcomeUnknown(type(error).__name__) from error
    if response.status_code >= 500:
        raise OutcomeUnknown(str(response.status_code))
    if response.status_code >= 400:
        raise (NotThere if response.status_code == 404 else Refused)(f"{response.status_code} {response.text[:200]}")
    answer: dict[str, Any] = response.json()
    return answer


def checkout_report(data: Mapping[str, Any]) -> CheckoutReport:
    """The sandbox names most of it as Kontor does."""
    told = {
        "provider_id": data["id"],
        "redirect_url": data["url"],
        "payments": [payment | {"failure": _failure(payment["failure"])} for payment in data["payments"]],
        "refunds": [_refund(refund) for refund in data["refunds"]],
        "disputes": [dispute | {"payment_id": dispute["payment"]} for dispute in data["disputes"]],
    }
    return _CHECKOUT.validate_python({**data, **told})


def _failure(code: str) -> str:
    """A reason that is unknown here is a failure all the same."""
    return (FailureCode.known(code) or FailureCode.FAILED) if code else ""


def _refund(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "payment_id": data["payment"]}

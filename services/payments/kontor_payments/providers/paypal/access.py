"""How this installation reaches PayPal: tokens, certificates, calls, and what PayPal's errors mean to payments.

PayPal's own server SDK is not used: its calls block the event loop.
"""

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from kontor_payments.providers.protocol import NotThere, OutcomeUnknown, Refused

# A token is renewed so many seconds before PayPal would refuse it.
_RENEW_BEFORE_SECONDS = 120
_CERTIFICATE_HOSTS = frozenset(
    {"api.paypal.com", "api-m.paypal.com", "api.sandbox.paypal.com", "api-m.sandbox.paypal.com"}
)
_CERTIFICATE_PATH = "/v1/notifications/certs/"
_MOST_CERTIFICATE_BYTES = 32 * 1024
_CODES = {
    "INVALID_CURRENCY_CODE": "currency_unsupported",
    "CURRENCY_NOT_SUPPORTED": "currency_unsupported",
    "CANNOT_BE_ZERO_OR_NEGATIVE": "amount_too_small",
    "DECIMALS_NOT_SUPPORTED": "amount_not_whole",
    "PERMISSION_DENIED": "permission_missing",
    "NOT_AUTHORIZED": "permission_missing",
    "PAYEE_ACCOUNT_RESTRICTED": "account_restricted",
    "PAYEE_ACCOUNT_LOCKED_OR_CLOSED": "account_restricted",
}


@dataclass(frozen=True)
class App:
    """A REST app at PayPal: the merchant's own, or the operator's for merchants who connected by referral."""

    client_id: str
    secret: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(f"{self.client_id}:{self.secret}".encode()).hexdigest()


@dataclass
class _Token:
    value: str = ""
    good_until: float = 0.0
    renewing: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class PayPalAccess:
    """One for all merchants. `partner` and `partner_id` are the operator's own account; `attribution_id` its BN code."""

    http: httpx.AsyncClient
    live_url: str
    test_url: str
    partner: App | None = None
    partner_id: str = ""
    partner_mode: Literal["test", "live"] = "live"
    attribution_id: str = ""
    _tokens: dict[tuple[str, str], _Token] = field(default_factory=dict)
    _certificates: dict[str, bytes] = field(default_factory=dict)

    def url_of(self, mode: str) -> str:
        return self.live_url if mode == "live" else self.test_url

    def client(self, credentials: Mapping[str, str]) -> "PayPalClient":
        """A merchant's account: by its own app, or by the operator's on behalf of the merchant."""
        if credentials.get("client_id"):
            app = App(credentials["client_id"], credentials["client_secret"])
            return PayPalClient(self, credentials["mode"], app)
        if self.partner is None:
            raise Refused("account_disconnected")
        return PayPalClient(self, credentials["mode"], self.partner, credentials["merchant_id"])

    async def token(self, mode: str, app: App) -> str:
        """Kept until shortly before it expires; asked for once, however many need it. Raises Refused (key_invalid)."""
        kept = self._tokens.setdefault((mode, app.digest), _Token())
        async with kept.renewing:
            if time.monotonic() >= kept.good_until:
                answer = await self._new_token(mode, app)
                kept.value = answer["access_token"]
                kept.good_until = time.monotonic() + int(answer["expires_in"]) - _RENEW_BEFORE_SECONDS
        return kept.value

    def forget_token(self, mode: str, app: App, value: str) -> None:
        """PayPal refused it; another call may have renewed it already."""
        kept = self._tokens.get((mode, app.digest))
        if kept is not None and kept.value == value:
            kept.good_until = 0.0

    async def _new_token(self, mode: str, app: App) -> dict[str, Any]:
        answer = await send(
            self.http, "POST", f"{self.url_of(mode)}/v1/oauth2/token",
            data={"grant_type": "client_credentials"}, auth=(app.client_id, app.secret),
        )  # fmt: skip
        if answer.status_code in (400, 401):
            raise Refused("key_invalid")
        return understood(answer)

    async def certificate(self, url: str) -> bytes:
        """PEM of the certificate that webhooks are signed with; only from PayPal's own addresses. Raises Refused."""
        if not self._may_hold_certificates(url):
            raise Refused("certificate_address")
        if url not in self._certificates:
            answer = await send(self.http, "GET", url, follow_redirects=False)
            if answer.status_code != 200 or len(answer.content) > _MOST_CERTIFICATE_BYTES:
                raise OutcomeUnknown(f"certificate {answer.status_code}")
            self._certificates[url] = answer.content
        return self._certificates[url]

    def _may_hold_certificates(self, url: str) -> bool:
        parts = urlsplit(url)
        if ".." in parts.path or parts.query or parts.fragment:
            return False
        if parts.scheme == "https" and parts.netloc in _CERTIFICATE_HOSTS:
            return parts.path.startswith(_CERTIFICATE_PATH)
        return url.startswith((f"{self.live_url}{_CERTIFICATE_PATH}", f"{self.test_url}{_CERTIFICATE_PATH}"))


@dataclass(frozen=True)
class PayPalClient:
    """Calls for one merchant's account. `merchant_id` is set where the operator's app acts for the merchant."""

    access: PayPalAccess
    mode: str
    app: App
    merchant_id: str = ""

    async def call(
        self, method: str, path: str, *, body: Any = None, key: str = "", params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """PayPal's whole answer. `key` is the PayPal-Request-Id. Raises OutcomeUnknown, Refused, NotThere.

        A merchant who has withdrawn the operator's permission is account_disconnected.
        """
        token = await self.access.token(self.mode, self.app)
        answer = await self._send(token, method, path, body, key, params)
        if answer.status_code == 401:
            self.access.forget_token(self.mode, self.app, token)
            token = await self.access.token(self.mode, self.app)
            answer = await self._send(token, method, path, body, key, params)
        try:
            return understood(answer)
        except Refused as error:
            if self.merchant_id and str(error) == "permission_missing":
                raise Refused("account_disconnected") from error
            raise

    async def _send(
        self, token: str, method: str, path: str, body: Any, key: str, params: Mapping[str, str] | None
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Prefer": "return=representation"}
        if key:
            headers["PayPal-Request-Id"] = key
        if self.merchant_id:
            headers["PayPal-Auth-Assertion"] = assertion(self.app.client_id, self.merchant_id)
        if self.access.attribution_id:
            headers["PayPal-Partner-Attribution-Id"] = self.access.attribution_id
        if method != "GET":
            headers["Content-Type"] = "application/json"
        content = None if method == "GET" else b"{}" if body is None else json.dumps(body).encode()
        url = f"{self.access.url_of(self.mode)}{path}"
        return await send(self.access.http, method, url, headers=headers, content=content, params=params)


def assertion(client_id: str, merchant_id: str) -> str:
    """An unsigned JWT that names the merchant for whom the operator's app acts
    (https://developer.paypal.com/api/rest/requests/#paypal-auth-assertion)."""
    parts = ({"alg": "none"}, {"iss": client_id, "payer_id": merchant_id})
    encoded = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return ".".join(encoded) + "."


async def send(http: httpx.AsyncClient, method: str, url: str, **options: Any) -> httpx.Response:
    try:
        return await http.request(method, url, **options)
    except httpx.HTTPError as error:
        raise OutcomeUnknown(type(error).__name__) from error


def understood(answer: httpx.Response) -> dict[str, Any]:
    """409: the same request is still being worked on; 429: PayPal asks to come back later."""
    if answer.status_code >= 500 or answer.status_code in (409, 429):
        raise OutcomeUnknown(str(answer.status_code))
    try:
        told: dict[str, Any] = answer.json() if answer.content else {}
    except ValueError as error:
        raise OutcomeUnknown(f"{answer.status_code} without JSON") from error
    if answer.status_code == 401:
        raise Refused("key_invalid")
    if answer.status_code >= 400:
        raise (NotThere if answer.status_code == 404 else Refused)(_code(told))
    return told


def _code(told: Mapping[str, Any]) -> str:
    """One of our codes where there is one for it, else PayPal's own issue."""
    details = told.get("details") or [{}]
    issue = details[0].get("issue") or told.get("name") or told.get("error") or "INVALID_REQUEST"
    return _CODES.get(issue, issue)

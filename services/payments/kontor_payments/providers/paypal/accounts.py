"""Connecting a merchant's PayPal account: by the app that the merchant made there, or by referral to the operator's."""

import json
import re
from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID, uuid4

from kontor_payments.providers.paypal.access import App, PayPalAccess, PayPalClient
from kontor_payments.providers.paypal.reports import link
from kontor_payments.providers.protocol import ConnectedAccount, NotThere, PermissionsMissing, Refused

TOKEN_DELETED = "VAULT.PAYMENT-TOKEN.DELETED"
# What PayPal tells us of; everything else is asked for.
EVENTS = (
    "CHECKOUT.ORDER.APPROVED", "CHECKOUT.PAYMENT-APPROVAL.REVERSED", "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.PENDING", "PAYMENT.CAPTURE.DENIED", "PAYMENT.CAPTURE.DECLINED", "PAYMENT.CAPTURE.REFUNDED",
    "PAYMENT.CAPTURE.REVERSED", "PAYMENT.REFUND.PENDING", "PAYMENT.REFUND.FAILED", "CUSTOMER.DISPUTE.CREATED",
    "CUSTOMER.DISPUTE.UPDATED", "CUSTOMER.DISPUTE.RESOLVED", TOKEN_DELETED,
)  # fmt: skip
_CLIENT_ID, _SECRET = re.compile(r"[A-Za-z0-9_-]{40,120}"), re.compile(r"[A-Za-z0-9_-]{40,120}")
_MODES: tuple[Literal["live", "test"], ...] = ("live", "test")
# An order of so much tells whose account it is. Nobody is sent to it, and PayPal deletes it.
_PROBE = {"currency_code": "EUR", "value": "1.00"}
_FEATURES = ["PAYMENT", "REFUND", "READ_SELLER_DISPUTE", "ACCESS_MERCHANT_INFORMATION", "VAULT", "BILLING_AGREEMENT"]
_LONGEST_RETURN_URL = 127
# In the place of a connection's id in a webhook's address: the event itself names the merchant.
FOR_ALL_MERCHANTS = UUID(int=0)


class PayPalConnector:
    def __init__(self, access: PayPalAccess) -> None:
        self._access = access

    @property
    def sign_in_mode(self) -> Literal["test", "live"] | None:
        """That of the operator's app, where the operator of this installation is a partner of PayPal."""
        return self._access.partner_mode if self._access.partner is not None else None

    async def by_key(self, fields: Mapping[str, str]) -> ConnectedAccount:
        """`fields`: client_id and client_secret of a REST app. Which mode they are of is found out by asking both.

        Raises OutcomeUnknown; Refused with key_malformed, key_invalid, account_restricted; PermissionsMissing.
        """
        app = App(fields["client_id"].strip(), fields["client_secret"].strip())
        if not _CLIENT_ID.fullmatch(app.client_id) or not _SECRET.fullmatch(app.secret):
            raise Refused("key_malformed")
        mode = await self._mode_of(app)
        credentials = {"client_id": app.client_id, "client_secret": app.secret, "mode": mode}
        payee = await _payee(self._access.client(credentials))
        account = payee["merchant_id"]
        return ConnectedAccount(
            account, payee.get("email_address") or account, mode, {**credentials, "merchant_id": account}
        )

    async def authorize_url(self, state: str, redirect_url: str) -> str:
        """Where the merchant lets the operator's app act for its account. `state` comes back as merchantId.

        Raises OutcomeUnknown, Refused.
        """
        if len(redirect_url) > _LONGEST_RETURN_URL:
            raise Refused("return_address_too_long")
        integration = {
            "integration_method": "PAYPAL",
            "integration_type": "THIRD_PARTY",
            "third_party_details": {"features": _FEATURES},
        }
        operation = {
            "operation": "API_INTEGRATION",
            "api_integration_preference": {"rest_api_integration": integration},
        }
        body = {
            "tracking_id": state,
            "partner_config_override": {"return_url": redirect_url},
            "operations": [operation],
            "products": ["EXPRESS_CHECKOUT", "ADVANCED_VAULTING"],
            "legal_consents": [{"type": "SHARE_DATA_CONSENT", "granted": True}],
        }
        return link(await self._partner().call("POST", "/v2/customer/partner-referrals", body=body), "action_url")

    async def by_code(self, code: str, state: str) -> ConnectedAccount:
        """`code` is the merchant's id at PayPal, which anybody may know: PayPal has to say that it belongs to this referral.

        Raises OutcomeUnknown; Refused with invalid_grant, account_restricted, email_unconfirmed.
        """
        path = f"/v1/customer/partners/{self._access.partner_id}/merchant-integrations/{code}"
        try:
            found = await self._partner().call("GET", path) if code.isalnum() else {}
        except NotThere:
            found = {}
        if found.get("tracking_id") != state or not found.get("oauth_integrations"):
            raise Refused("invalid_grant")
        if not found.get("primary_email_confirmed"):
            raise Refused("email_unconfirmed")
        if not found.get("payments_receivable"):
            raise Refused("account_restricted")
        mode = self._access.partner_mode
        name = found.get("legal_name") or found.get("primary_email") or code
        return ConnectedAccount(code, name, mode, {"merchant_id": code, "mode": mode})

    async def register_webhook(self, credentials: Mapping[str, str], url: str) -> dict[str, str]:
        """PayPal takes an address once per app, and ten per app: the operator's app has one for all merchants, who keep it;
        of a merchant's own app, one that was registered at this address is replaced."""
        of_partner = not credentials.get("client_id")
        if of_partner:
            url = f"{url.rpartition('/')[0]}/{FOR_ALL_MERCHANTS}"
        api = self._access.client(credentials)
        app = PayPalClient(api.access, api.mode, api.app)
        for known in (await app.call("GET", "/v1/notifications/webhooks"))["webhooks"]:
            if known["url"] == url and of_partner:
                return {**credentials, "webhook_id": known["id"]}
            if known["url"] == url:
                await app.call("DELETE", f"/v1/notifications/webhooks/{known['id']}")
        wanted = {"url": url, "event_types": [{"name": name} for name in EVENTS]}
        made = await app.call("POST", "/v1/notifications/webhooks", body=wanted)
        return {**credentials, "webhook_id": made["id"]}

    async def close(self, credentials: Mapping[str, str], *, account_still_used: bool) -> None:
        """Takes the webhook of a merchant's own app away; what is gone already is no error. Raises OutcomeUnknown.

        A merchant who connected by referral takes the permission away at PayPal, which no call of the operator's can do.
        """
        if not credentials.get("client_id"):
            return
        try:
            await self._access.client(credentials).call(
                "DELETE", f"/v1/notifications/webhooks/{credentials['webhook_id']}"
            )
        except Refused:
            return

    async def _mode_of(self, app: App) -> Literal["live", "test"]:
        for mode in _MODES:
            try:
                await self._access.token(mode, app)
            except Refused:
                continue
            return mode
        raise Refused("key_invalid")

    def _partner(self) -> PayPalClient:
        if self._access.partner is None:
            raise Refused("account_disconnected")
        return PayPalClient(self._access, self._access.partner_mode, self._access.partner)


async def _payee(api: PayPalClient) -> dict[str, Any]:
    """Whose account the app belongs to, from an order made with it."""
    body = {"intent": "CAPTURE", "purchase_units": [{"amount": _PROBE}]}
    try:
        made = await api.call("POST", "/v2/checkout/orders", body=body, key=str(uuid4()))
    except Refused as error:
        if str(error) == "permission_missing":
            raise PermissionsMissing(["Orders"]) from error
        raise
    payee: dict[str, Any] = made["purchase_units"][0]["payee"]
    return payee


def account_in(body: bytes) -> str:
    """The id of the merchant whom an event is about; empty where it names none. Nothing is verified here."""
    try:
        about = json.loads(body)["resource"]
        units, disputed = about.get("purchase_units") or [{}], about.get("disputed_transactions") or [{}]
        named = [about.get("payee"), units[0].get("payee"), about.get("payer"), disputed[0].get("seller")]
        account = next((str(one["merchant_id"]) for one in named if one and one.get("merchant_id")), "")
        return account if account.isalnum() else ""
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return ""


def token_in(body: bytes) -> str:
    """The id of the saved account whose deletion an event tells of, which names no merchant. Nothing is verified here."""
    try:
        event = json.loads(body)
        return str(event["resource"]["id"]) if event["event_type"] == TOKEN_DELETED else ""
    except (ValueError, KeyError, TypeError):
        return ""

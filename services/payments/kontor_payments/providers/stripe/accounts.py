"""Connecting a merchant's Stripe account: by a restricted key of its own, or by Connect (OAuth, Standard accounts)."""

import asyncio
import re
from collections.abc import Awaitable, Mapping
from typing import Any, Literal
from urllib.parse import urlencode

import httpx
import stripe

from kontor_payments.providers.protocol import ConnectedAccount, OutcomeUnknown, PermissionsMissing, Refused
from kontor_payments.providers.stripe.access import StripeAccess, asked, plain, refusal

# What Stripe tells us of; everything else is asked for.
EVENTS: Any = [
    "checkout.session.completed", "checkout.session.expired", "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed", "payment_intent.succeeded", "payment_intent.processing",
    "payment_intent.payment_failed", "payment_intent.canceled", "charge.updated", "charge.refunded", "refund.created",
    "refund.updated", "refund.failed", "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
    "payout.paid", "payout.failed", "payout.canceled", "payout.updated", "payout.reconciliation_completed",
    "payment_method.detached", "mandate.updated",
]  # fmt: skip
_KEY = re.compile(r"(?P<kind>sk|rk|pk)_(?P<mode>test|live)_[A-Za-z0-9_]{10,250}")
_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]+")
# An id that nobody has: Stripe looks at the key's permissions before it looks for the object.
_NOBODY = "kontor_permission_check"
# Answers that speak of one call and not of the key.
_ABOUT_THE_CALL = (stripe.PermissionError, stripe.InvalidRequestError)


class StripeConnector:
    def __init__(self, access: StripeAccess, http: httpx.AsyncClient) -> None:
        """`http` speaks to the address where Connect exchanges codes."""
        self._access = access
        self._http = http

    @property
    def sign_in_mode(self) -> Literal["test", "live"] | None:
        """That of the platform's key, where the operator of this installation has a Connect platform."""
        if not self._access.client_id or not self._access.platform_key:
            return None
        return "live" if self._access.platform_key.startswith(("sk_live_", "rk_live_")) else "test"

    async def by_key(self, fields: Mapping[str, str]) -> ConnectedAccount:
        """`fields`: key, a restricted one. Its permissions are tried, and its account is asked for.

        Raises OutcomeUnknown; Refused with key_malformed, key_publishable, key_not_restricted, key_invalid, key_revoked;
        PermissionsMissing.
        """
        key = fields["key"].strip()
        matched = _KEY.fullmatch(key)
        if matched is None:
            raise Refused("key_malformed")
        if matched["kind"] != "rk":
            raise Refused("key_publishable" if matched["kind"] == "pk" else "key_not_restricted")
        client = self._access.client({"api_key": key})
        await _must_be_permitted(client)
        account, name = await _account(client)
        mode: Any = matched["mode"]
        return ConnectedAccount(account, name, mode, {"api_key": key})

    async def authorize_url(self, state: str, redirect_url: str) -> str:
        """Where the merchant allows us to act for its account."""
        query = {
            "response_type": "code",
            "client_id": self._access.client_id,
            "scope": "read_write",
            "state": state,
            "redirect_uri": redirect_url,
        }
        return f"{self._access.connect_url}/oauth/authorize?{urlencode(query)}"

    async def by_code(self, code: str, state: str) -> ConnectedAccount:
        """The code with which Connect sent the merchant back; valid once, for five minutes. Raises OutcomeUnknown, Refused."""
        told = await self._connect("/oauth/token", grant_type="authorization_code", code=code)
        account = told["stripe_user_id"]
        client = self._access.client({"account": account})
        _, name = await _account(client)
        mode: Any = "live" if told["livemode"] else "test"
        return ConnectedAccount(account, name, mode, {"account": account})

    async def register_webhook(self, credentials: Mapping[str, str], url: str) -> dict[str, str]:
        """The secret is told once, so an earlier webhook at this address is replaced."""
        hooks = self._access.client(credentials).v1.webhook_endpoints
        for known in (await plain(hooks.list_async({"limit": 100})))["data"]:
            if known["url"] == url:
                await asked(hooks.delete_async(known["id"]))
        wanted: Any = {"url": url, "enabled_events": EVENTS, "api_version": stripe.api_version, "description": "Kontor"}
        made = await plain(hooks.create_async(wanted))
        return {**credentials, "webhook_id": made["id"], "webhook_secret": made["secret"]}

    async def close(self, credentials: Mapping[str, str], *, account_still_used: bool) -> None:
        """Takes our webhook and, of Connect, our access to the whole account away. What is gone already is no error.

        Raises OutcomeUnknown.
        """
        try:
            if webhook := credentials.get("webhook_id"):
                await asked(self._access.client(credentials).v1.webhook_endpoints.delete_async(webhook))
            if not credentials.get("api_key") and not account_still_used:
                body = {"client_id": self._access.client_id, "stripe_user_id": credentials["account"]}
                await self._connect("/oauth/deauthorize", **body)
        except Refused:
            return

    async def _connect(self, path: str, **form: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._access.platform_key}"}
        try:
            response = await self._http.post(f"{self._access.connect_url}{path}", data=form, headers=headers)
        except httpx.HTTPError as error:
            raise OutcomeUnknown(type(error).__name__) from error
        if response.status_code >= 500:
            raise OutcomeUnknown(str(response.status_code))
        answer: dict[str, Any] = response.json()
        if response.status_code >= 400:
            code = answer.get("error", "")
            raise Refused(code if isinstance(code, str) else "invalid_request")
        return answer


async def _must_be_permitted(client: stripe.StripeClient) -> None:
    """Tries each permission with a call that changes nothing: Stripe looks at permissions before parameters."""
    trials = _trials(client)
    answers = await asyncio.gather(*trials.values(), return_exceptions=True)
    for answer in answers:
        if isinstance(answer, stripe.StripeError) and not isinstance(answer, _ABOUT_THE_CALL):
            raise refusal(answer) from answer
    missing = [name for name, answer in zip(trials, answers, strict=True) if isinstance(answer, stripe.PermissionError)]
    if missing:
        raise PermissionsMissing(missing)


def _trials(client: stripe.StripeClient) -> dict[str, Awaitable[Any]]:
    """By the words of Stripe's dashboard. A call without parameters, or for an unknown id, is refused for that alone if
    it is permitted."""
    api: Any = client.v1
    one = {"limit": 1}
    return {
        "Checkout Sessions: Write": api.checkout.sessions.create_async({}),
        "Payment Intents: Write": api.payment_intents.create_async({}),
        "Charges and Refunds: Write": api.refunds.create_async({}),
        "Disputes: Read": api.disputes.list_async(one),
        "Balance Transaction Sources: Read": api.balance_transactions.list_async(one),
        "Payouts: Read": api.payouts.list_async(one),
        "Customers: Write": api.customers.update_async(f"cus_{_NOBODY}", {}),
        "Setup Intents: Read": api.setup_intents.retrieve_async(f"seti_{_NOBODY}"),
        "Payment Methods: Write": api.payment_methods.detach_async(f"pm_{_NOBODY}"),
        "Webhook Endpoints: Write": api.webhook_endpoints.create_async({}),
    }


async def _account(client: stripe.StripeClient) -> tuple[str, str]:
    """Id and name. A key that may not read its account is told the id by the refusal, which names the account."""
    try:
        found = (await client.v1.accounts.retrieve_current_async()).to_dict()
    except stripe.PermissionError as error:
        named = _ACCOUNT.search(str(error.user_message))
        if named is None:
            raise PermissionsMissing(["Accounts: Read"]) from error
        return named[0], named[0]
    except stripe.StripeError as error:
        raise refusal(error) from error
    return found["id"], _name(found)


def _name(account: Mapping[str, Any]) -> str:
    dashboard = (account["settings"] or {}).get("dashboard") or {}
    business = account["business_profile"] or {}
    return str(dashboard.get("display_name") or business.get("name") or account["email"] or account["id"])

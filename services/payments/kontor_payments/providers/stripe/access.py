"""How this installation reaches Stripe, and what its SDK's errors mean to payments."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import stripe

from kontor_payments.providers.protocol import NotThere, OutcomeUnknown, Refused

T = TypeVar("T")
# The names under which Stripe stores our reference in metadata.
REFERENCE = "kontor_reference"
_UNKNOWN = (stripe.APIConnectionError, stripe.APIError, stripe.RateLimitError)


@dataclass(frozen=True)
class StripeAccess:
    """One for all merchants. `platform_key` and `client_id` are those of the operator's own account, for Connect."""

    http: stripe.HTTPXClient
    api_url: str
    connect_url: str
    platform_key: str = ""
    client_id: str = ""
    # Of each payment through Connect, for the operator.
    application_fee_percent: float = 0.0

    def client(self, credentials: Mapping[str, str]) -> stripe.StripeClient:
        """A merchant's account: by its own restricted key, or by the platform's key for an account that connected."""
        return stripe.StripeClient(
            credentials.get("api_key") or self.platform_key,
            stripe_account=None if credentials.get("api_key") else credentials["account"],
            base_addresses={"api": self.api_url, "connect": self.connect_url},
            http_client=self.http,
            # Asking again is decided by checkouts and refunds, which know what to ask.
            max_network_retries=0,
        )


async def asked(call: Awaitable[T]) -> T:
    """The SDK's answer. Raises OutcomeUnknown, Refused, NotThere."""
    try:
        return await call
    except stripe.StripeError as error:
        raise refusal(error) from error


async def plain(call: Awaitable[Any]) -> dict[str, Any]:
    """The answer as plain dicts and lists, as Stripe's JSON has it."""
    found: dict[str, Any] = (await asked(call)).to_dict()
    return found


async def everything(*calls: Awaitable[Any]) -> list[list[dict[str, Any]]]:
    """Several lists at once."""
    return [page["data"] for page in await asyncio.gather(*(plain(call) for call in calls))]


def refusal(error: stripe.StripeError) -> Exception:
    """OutcomeUnknown where the call may have taken effect, or may be repeated; else Refused with one of our codes:

    key_invalid, key_revoked, permission_missing, account_disconnected, amount_too_small, currency_unsupported,
    method_not_active; otherwise Stripe's own code.
    """
    status = error.http_status or 0
    if isinstance(error, _UNKNOWN) or status >= 500 or status == 409:
        return OutcomeUnknown(f"{type(error).__name__} {status}")
    # The SDK hands the code on for some kinds of error only.
    told = error.code or (error.error.code if error.error else None) or ""
    if told == "resource_missing":
        return NotThere(told)
    return Refused(_code(error, told))


def _code(error: stripe.StripeError, told: str) -> str:
    if isinstance(error, stripe.AuthenticationError):
        return "key_revoked" if told == "api_key_expired" else "key_invalid"
    if isinstance(error, stripe.PermissionError):
        return "account_disconnected" if told == "account_invalid" else "permission_missing"
    param = str(getattr(error, "param", None) or "")
    if told == "amount_too_small":
        return told
    if "currency" in param or "Invalid currency" in str(error.user_message):
        return "currency_unsupported"
    if param.startswith("allowed_payment_method_types"):
        return "method_not_active"
    return told or "invalid_request"

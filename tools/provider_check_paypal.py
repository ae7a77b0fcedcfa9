"""PayPal's part of `make provider-check`: what can be tried in its sandbox without a payer (docs/payment-providers.md)."""

from dataclasses import dataclass, replace
from uuid import uuid4

import httpx

from kontor_payments.providers.paypal.access import PayPalAccess
from kontor_payments.providers.paypal.accounts import PayPalConnector
from kontor_payments.providers.paypal.adapter import PayPalProvider
from kontor_payments.providers.protocol import CheckoutRequest, SetupRequest
from tools.scenarios import expect, refused, run_all

API, LIVE = "https://api-m.sandbox.paypal.com", "https://api-m.paypal.com"
_PAGE = "https://example.com/"


@dataclass(frozen=True)
class PayPalCheck:
    """Scenarios; each raises AssertionError where PayPal does something else than the adapter expects."""

    connector: PayPalConnector
    provider: PayPalProvider
    keys: dict[str, str]

    async def the_app_tells_its_account_and_mode(self) -> None:
        account = await self.connector.by_key(self.keys)
        expect((account.mode, len(account.id)), ("test", 13))

    async def an_order_is_made_once_for_a_reference_and_is_not_captured_without_a_payer(self) -> None:
        request = _request()
        first, again = await self.provider.create_checkout(request), await self.provider.create_checkout(request)
        expect(first.provider_id, again.provider_id)
        expect((first.state, first.reference), ("open", request.reference))
        assert first.redirect_url, "a payment page"
        expect((await self.provider.capture(first.provider_id)).state, "open")
        expect((await self.provider.expire(first.provider_id)).state, "expired")

    async def an_order_that_paypal_does_not_know_is_over(self) -> None:
        expect((await self.provider.fetch("2B222222222222222")).state, "expired")

    async def an_amount_of_nothing_is_refused(self) -> None:
        await refused("amount_too_small", self.provider.create_checkout(replace(_request(), amount_minor=0)))

    async def an_unknown_currency_is_refused(self) -> None:
        await refused("currency_unsupported", self.provider.create_checkout(replace(_request(), currency="ZZZ")))

    async def a_currency_without_decimals_is_taken(self) -> None:
        made = await self.provider.create_checkout(replace(_request(), currency="JPY"))
        expect(made.state, "open")

    async def a_setup_of_a_saved_account_waits_for_its_payer(self) -> None:
        request = SetupRequest(str(uuid4()), "EUR", ["paypal"], "Kontor provider-check", "", "", "de", _PAGE, _PAGE)
        made = await self.provider.start_setup(request)
        assert made.redirect_url, "a page to approve it"
        expect((await self.provider.setup(made.provider_id)).state, "open")

    async def a_wrong_secret_is_refused(self) -> None:
        await refused("key_invalid", self.connector.by_key(self.keys | {"client_secret": "E" * 80}))


async def check_paypal(client_id: str, secret: str, api_url: str, live_url: str) -> list[str]:
    """Prints a line for each scenario; the answer names those that failed."""
    async with httpx.AsyncClient(timeout=30) as http:
        access = PayPalAccess(http, live_url, api_url)
        keys = {"client_id": client_id, "client_secret": secret}
        return await run_all(
            "paypal", PayPalCheck(PayPalConnector(access), PayPalProvider(access, {**keys, "mode": "test"}), keys)
        )


def _request() -> CheckoutRequest:
    return CheckoutRequest(
        11900,
        "EUR",
        str(uuid4()),
        "paypal",
        ["paypal"],
        "Rechnung RE-1 · Kontor provider-check",
        "",
        "de",
        _PAGE,
        _PAGE,
    )

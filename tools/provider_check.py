"""The adapters before the providers' real test modes: `make provider-check STRIPE_KEY=… PAYPAL_CLIENT_ID=… PAYPAL_SECRET=…`
(docs/payment-providers.md).

Nobody is charged, and keys of live accounts are refused. KONTOR_STRIPE_URL and KONTOR_PAYPAL_SANDBOX_URL lead elsewhere, such as
to the doubles.
"""

import asyncio
import os
import sys
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx
import stripe

from kontor_payments.providers.protocol import ChargeRequest, CheckoutReport, CheckoutRequest
from kontor_payments.providers.stripe.access import StripeAccess
from kontor_payments.providers.stripe.accounts import StripeConnector
from kontor_payments.providers.stripe.adapter import StripeProvider
from tools.provider_check_paypal import API as PAYPAL_API
from tools.provider_check_paypal import LIVE as PAYPAL_LIVE
from tools.provider_check_paypal import check_paypal
from tools.scenarios import expect, refused, run_all

_PAGE = "https://example.com/"
_API = "https://api.stripe.com"


@dataclass(frozen=True)
class StripeCheck:
    """Scenarios; each raises AssertionError where Stripe does something else than the adapter expects."""

    access: StripeAccess
    provider: StripeProvider
    client: stripe.StripeClient

    async def a_payment_page_is_made_once_for_a_reference_and_can_be_taken_back(self) -> None:
        request = _request()
        first, again = await self.provider.create_checkout(request), await self.provider.create_checkout(request)
        expect(first.provider_id, again.provider_id)
        expect((first.state, first.reference), ("open", request.reference))
        assert first.redirect_url, "a payment page"
        expect(await self.provider.find(request.reference), None)
        expect((await self.provider.expire(first.provider_id)).state, "expired")
        expect((await self.provider.expire(first.provider_id)).state, "expired")

    async def a_debit_page_is_offered(self) -> None:
        made = await self.provider.create_checkout(replace(_request(), method="sepa_debit"))
        expect((await self.provider.expire(made.provider_id)).state, "expired")

    async def an_amount_below_the_minimum_is_refused(self) -> None:
        await refused("amount_too_small", self.provider.create_checkout(replace(_request(), amount_minor=1)))

    async def an_unknown_currency_is_refused(self) -> None:
        await refused("currency_unsupported", self.provider.create_checkout(replace(_request(), currency="ZZZ")))

    async def a_card_payment_succeeds_and_tells_its_fee(self) -> None:
        report = await self._charged("pm_card_visa")
        expect((report.state, [payment.state for payment in report.payments]), ("completed", ["succeeded"]))
        for _ in range(30):
            fee = (await self.provider.fetch(report.provider_id)).payments[0].fee_minor
            if fee is not None:
                return
            await asyncio.sleep(1)
        raise AssertionError("no fee within half a minute")

    async def a_card_that_is_declined_says_so(self) -> None:
        report = await self._charged("pm_card_chargeCustomerFail")
        expect([(payment.state, payment.failure) for payment in report.payments], [("failed", "card_declined")])

    async def a_bank_that_wants_the_customer_gets_them(self) -> None:
        report = await self._charged("pm_card_authenticationRequired")
        expect(report.state, "requires_action")
        assert report.redirect_url, "where the customer confirms"
        expect((await self.provider.expire(report.provider_id)).state, "cancelled")

    async def a_refund_is_made_once_for_a_reference(self) -> None:
        report = await self._charged("pm_card_visa")
        payment, reference = report.payments[0].id, str(uuid4())
        made = [await self.provider.refund(report.provider_id, payment, 100, reference) for _ in range(2)]
        expect(made[0].id, made[1].id)
        expect([refund.reference for refund in (await self.provider.fetch(report.provider_id)).refunds], [reference])

    async def a_wrong_key_is_refused(self) -> None:
        async with httpx.AsyncClient() as http:
            await refused("key_invalid", StripeConnector(self.access, http).by_key({"key": f"rk_test_{'0' * 24}"}))

    async def _charged(self, method: str) -> CheckoutReport:
        """A saved test card of a new customer, charged while the customer is not there."""
        customer: Any = {"description": "Kontor provider-check"}
        made = await self.client.v1.customers.create_async(customer)
        saved = await self.client.v1.payment_methods.attach_async(method, {"customer": made.id})
        return await self.provider.charge(
            ChargeRequest(1190, "EUR", str(uuid4()), made.id, saved.id, "Kontor provider-check", _PAGE)
        )


async def check_stripe(key: str, api_url: str) -> list[str]:
    """Prints a line for each scenario; the answer names those that failed."""
    http = stripe.HTTPXClient(timeout=30)
    access = StripeAccess(http, api_url, api_url)
    check = StripeCheck(access, StripeProvider(access, {"api_key": key}), access.client({"api_key": key}))
    failed = await run_all("stripe", check)
    await http.close_async()  # type: ignore[no-untyped-call]
    return failed


def _request() -> CheckoutRequest:
    return CheckoutRequest(
        11900, "EUR", str(uuid4()), "card", ["card"], "Rechnung RE-1 · Kontor provider-check", "eva@example.com", "de",
        _PAGE, _PAGE,
    )  # fmt: skip


def main() -> int:
    wanted: list[Coroutine[Any, Any, list[str]]] = []
    key, client_id, secret = (os.environ.get(name, "") for name in ("STRIPE_KEY", "PAYPAL_CLIENT_ID", "PAYPAL_SECRET"))
    if key.startswith(("rk_test_", "sk_test_")):
        wanted.append(check_stripe(key, os.environ.get("KONTOR_STRIPE_URL", _API)))
    if client_id and secret:
        sandbox = os.environ.get("KONTOR_PAYPAL_SANDBOX_URL", PAYPAL_API)
        wanted.append(check_paypal(client_id, secret, sandbox, os.environ.get("KONTOR_PAYPAL_URL", PAYPAL_LIVE)))
    if not wanted:
        print("make provider-check STRIPE_KEY=rk_test_… PAYPAL_CLIENT_ID=… PAYPAL_SECRET=… (of the test mode)")
        return 2
    return 1 if sum([len(asyncio.run(check)) for check in wanted]) else 0


if __name__ == "__main__":
    sys.exit(main())

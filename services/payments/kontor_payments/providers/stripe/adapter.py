"""One merchant's account at Stripe as a HostedProvider that saves methods."""

import json
from collections.abc import Mapping
from typing import Any

import stripe

from kontor_payments.errors import SignatureInvalid
from kontor_payments.providers.protocol import (
    ChargeRequest,
    CheckoutReport,
    CheckoutRequest,
    MethodGone,
    NotThere,
    PayoutReport,
    ProviderEvent,
    RefundReport,
    Refused,
    SetupReport,
    SetupRequest,
)
from kontor_payments.providers.stripe import reports
from kontor_payments.providers.stripe.access import REFERENCE, StripeAccess, asked, everything, plain, refusal

_SIGNATURE = "Stripe-Signature"
_TOLERANCE_SECONDS = 300
_PAGE = 100
_SETUP_PARTS = ["setup_intent.payment_method", "setup_intent.mandate"]


class StripeProvider:
    """`credentials`: webhook_secret, and api_key, or account for one that connected by OAuth."""

    def __init__(self, access: StripeAccess, credentials: Mapping[str, str]) -> None:
        self._access = access
        self._secret = credentials.get("webhook_secret", "")
        self._fee_percent = 0.0 if credentials.get("api_key") else access.application_fee_percent
        self._api = access.client(credentials).v1

    async def create_checkout(self, request: CheckoutRequest) -> CheckoutReport:
        """The payer has chosen the method here already; Stripe's page shows that one alone."""
        item = {
            "quantity": 1,
            "price_data": {
                "currency": request.currency.lower(),
                "unit_amount": request.amount_minor,
                "product_data": {"name": request.description[:250] or request.reference},
            },
        }
        payment: dict[str, Any] = {"description": request.description[:500], "metadata": {REFERENCE: request.reference}}
        if self._fee_percent:
            payment["application_fee_amount"] = self._fee(request.amount_minor)
        wanted: Any = {
            "mode": "payment",
            "line_items": [item],
            "payment_intent_data": payment,
            "allowed_payment_method_types": [request.method],
            **_common(request),
        }
        if request.customer_email:
            wanted["customer_email"] = request.customer_email
        made = await plain(self._api.checkout.sessions.create_async(wanted, {"idempotency_key": request.reference}))
        return reports.session_report(made, (), (), ())

    async def find(self, reference: str) -> CheckoutReport | None:
        """Only one that somebody tried to pay: an unpaid one is given again for its idempotency key, or has expired.

        Stripe's search is up to a minute behind. Who makes the checkout again within a day gets the same one.
        """
        query = f"metadata['{REFERENCE}']:'{reference}'"
        found = (await plain(self._api.payment_intents.search_async({"query": query, "limit": 1})))["data"]
        return await self._of_intent(found[0]) if found else None

    async def fetch(self, provider_id: str) -> CheckoutReport:
        if provider_id.startswith("pi_"):
            return await self._of_intent(await plain(self._api.payment_intents.retrieve_async(provider_id)))
        return await self._of_session(await plain(self._api.checkout.sessions.retrieve_async(provider_id)))

    async def expire(self, provider_id: str) -> CheckoutReport:
        ends = (
            self._api.payment_intents.cancel_async(provider_id)
            if provider_id.startswith("pi_")
            else self._api.checkout.sessions.expire_async(provider_id)
        )
        try:
            await asked(ends)
        except NotThere:
            # What the provider does not know, nobody can pay.
            return CheckoutReport(provider_id, "", "expired", "", None)
        except Refused:
            pass
        return await self.fetch(provider_id)

    async def capture(self, provider_id: str) -> CheckoutReport:
        return await self.fetch(provider_id)

    async def refund(self, provider_id: str, payment_id: str, amount_minor: int, reference: str) -> RefundReport:
        """Looked for first: Stripe forgets the idempotency key after a day, and refunds are tried for longer."""
        for known in (await plain(self._api.refunds.list_async({"charge": payment_id, "limit": _PAGE})))["data"]:
            if (known["metadata"] or {}).get(REFERENCE) == reference:
                return reports.refund_report(known)
        wanted: Any = {"charge": payment_id, "amount": amount_minor, "metadata": {REFERENCE: reference}}
        return reports.refund_report(
            await plain(self._api.refunds.create_async(wanted, {"idempotency_key": reference}))
        )

    async def read_webhook(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent:
        """What it is about is fetched again, so that events may come in any order."""
        try:
            stripe.WebhookSignature.verify_header(
                body, headers.get(_SIGNATURE.lower()), self._secret, _TOLERANCE_SECONDS
            )
            event = json.loads(body)
        except (stripe.SignatureVerificationError, ValueError) as error:
            raise SignatureInvalid(field=_SIGNATURE) from error
        about: dict[str, Any] = event["data"]["object"]
        checkout = payout = None
        if about["object"] == "checkout.session":
            checkout = await self.fetch(about["id"])
        elif about["object"] == "payout":
            payout = await self.payout(about["id"])
        elif intent := about["id"] if about["object"] == "payment_intent" else about.get("payment_intent"):
            checkout = await self._of_intent(await plain(self._api.payment_intents.retrieve_async(intent)))
        return ProviderEvent(event["id"], event["type"], checkout, payout, reports.gone_method(event["type"], about))

    async def payout(self, payout_id: str) -> PayoutReport:
        """A payout with everything in it."""
        payout = await plain(self._api.payouts.retrieve_async(payout_id))
        entries: list[dict[str, Any]] = []
        more, wanted = True, {"payout": payout_id, "limit": _PAGE}
        while more:
            page = await plain(self._api.balance_transactions.list_async(wanted))  # type: ignore[arg-type]
            entries += page["data"]
            more = page["has_more"]
            wanted["starting_after"] = entries[-1]["id"] if entries else ""
        return reports.payout_report(payout, entries)

    async def start_setup(self, request: SetupRequest) -> SetupReport:
        customer: Any = {"metadata": {REFERENCE: request.reference}, "preferred_locales": [request.language]}
        customer |= {"name": request.customer_name} if request.customer_name else {}
        customer |= {"email": request.customer_email} if request.customer_email else {}
        key = f"{request.reference}:customer"
        made = await plain(self._api.customers.create_async(customer, {"idempotency_key": key}))
        wanted: Any = {
            "mode": "setup",
            "currency": request.currency.lower(),
            "customer": made["id"],
            "allowed_payment_method_types": list(request.methods),
            "setup_intent_data": {
                "description": request.description[:500],
                "metadata": {REFERENCE: request.reference},
            },
            **_common(request),
        }
        session = await plain(self._api.checkout.sessions.create_async(wanted, {"idempotency_key": request.reference}))
        return reports.setup_report(session | {"setup_intent": None})

    async def setup(self, provider_id: str) -> SetupReport:
        found = await plain(self._api.checkout.sessions.retrieve_async(provider_id, {"expand": _SETUP_PARTS}))
        return reports.setup_report(found)

    async def charge(self, request: ChargeRequest) -> CheckoutReport:
        """Where the bank wants the customer, the charge is confirmed anew with an address to which they can go."""
        wanted: Any = {
            "amount": request.amount_minor,
            "currency": request.currency.lower(),
            "customer": request.customer_id,
            "payment_method": request.method_id,
            "allowed_payment_method_types": ["card", "sepa_debit"],
            "description": request.description[:500],
            "metadata": {REFERENCE: request.reference},
            "confirm": True,
            "off_session": True,
        }
        if self._fee_percent:
            wanted["application_fee_amount"] = self._fee(request.amount_minor)
        try:
            made = await self._api.payment_intents.create_async(wanted, {"idempotency_key": request.reference})
            return await self._of_intent(made.to_dict())
        except stripe.CardError as error:
            intent = error.error.payment_intent if error.error else None
            if intent is None:
                raise refusal(error) from error
            if error.code != "authentication_required":
                return await self.fetch(intent["id"])
            return await self._confirm_with_customer(intent["id"], request)
        except stripe.InvalidRequestError as error:
            if error.code == "payment_intent_mandate_invalid" or not await self._has_method(request):
                raise MethodGone from error
            raise refusal(error) from error
        except stripe.StripeError as error:
            raise refusal(error) from error

    async def forget(self, method_id: str) -> None:
        try:
            await asked(self._api.payment_methods.detach_async(method_id))
        except NotThere:
            return

    async def _has_method(self, request: ChargeRequest) -> bool:
        """Stripe refuses a method that was detached with a sentence, but without a code of its own."""
        try:
            kept = await plain(self._api.payment_methods.retrieve_async(request.method_id))
        except NotThere:
            return False
        return bool(kept["customer"] == request.customer_id)

    def _fee(self, amount_minor: int) -> int:
        """For the operator, of a payment through Connect."""
        return round(amount_minor * self._fee_percent / 100)

    async def _confirm_with_customer(self, intent_id: str, request: ChargeRequest) -> CheckoutReport:
        wanted: Any = {"payment_method": request.method_id, "return_url": request.return_url}
        key = {"idempotency_key": f"{request.reference}:confirm"}
        await asked(self._api.payment_intents.confirm_async(intent_id, wanted, key))  # type: ignore[arg-type]
        return await self.fetch(intent_id)

    async def _of_session(self, session: dict[str, Any]) -> CheckoutReport:
        intent = session["payment_intent"]
        return reports.session_report(session, *(await self._money(intent) if intent else ((), (), ())))

    async def _of_intent(self, intent: dict[str, Any]) -> CheckoutReport:
        """The Checkout Session that it belongs to; without one it is a charge of a saved method."""
        sessions = self._api.checkout.sessions.list_async({"payment_intent": intent["id"], "limit": 1})
        found = (await plain(sessions))["data"]
        money = await self._money(intent["id"])
        return reports.session_report(found[0], *money) if found else reports.intent_report(intent, *money)

    async def _money(self, intent_id: str) -> list[list[dict[str, Any]]]:
        """Charges, refunds and disputes, the oldest charge first."""
        expand = ["data.balance_transaction"]
        charges, refunds, disputes = await everything(
            self._api.charges.list_async({"payment_intent": intent_id, "limit": _PAGE, "expand": expand}),
            self._api.refunds.list_async({"payment_intent": intent_id, "limit": _PAGE}),
            self._api.disputes.list_async({"payment_intent": intent_id, "limit": _PAGE}),
        )
        return [charges[::-1], refunds[::-1], disputes]


def _common(request: CheckoutRequest | SetupRequest) -> dict[str, Any]:
    return {
        "client_reference_id": request.reference,
        "metadata": {REFERENCE: request.reference},
        "locale": request.language,
        "success_url": request.return_url,
        "cancel_url": request.cancel_url,
    }

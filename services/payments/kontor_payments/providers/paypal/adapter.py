"""One merchant's account at PayPal as a HostedProvider that saves methods."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from kontor_payments.errors import SignatureInvalid
from kontor_payments.providers.paypal import reports, requests
from kontor_payments.providers.paypal.access import PayPalAccess
from kontor_payments.providers.paypal.accounts import TOKEN_DELETED, token_in
from kontor_payments.providers.paypal.signature import verify
from kontor_payments.providers.protocol import (
    ChargeRequest,
    CheckoutReport,
    CheckoutRequest,
    MethodGone,
    NotThere,
    OutcomeUnknown,
    ProviderEvent,
    RefundReport,
    Refused,
    SavedMethod,
    SetupReport,
    SetupRequest,
)

_ORDERS, _CAPTURES, _TOKENS = "/v2/checkout/orders", "/v2/payments/captures", "/v3/vault/payment-tokens"
_SETUPS, _DISPUTES = "/v3/vault/setup-tokens", "/v1/customer/disputes"


class PayPalProvider:
    """`credentials`: mode, webhook_id, merchant_id; client_id and client_secret of the merchant's own app, if it has one."""

    def __init__(self, access: PayPalAccess, credentials: Mapping[str, str]) -> None:
        self._access = access
        self._webhook_id = credentials.get("webhook_id", "")
        self._api = access.client(credentials)

    async def create_checkout(self, request: CheckoutRequest) -> CheckoutReport:
        """Within six hours the same reference gives the same order. PayPal deletes an order that no payer has approved after three."""
        body = requests.order(request, self._api.merchant_id)
        return reports.order_report(await self._api.call("POST", _ORDERS, body=body, key=request.reference))

    async def find(self, reference: str) -> CheckoutReport | None:
        """None: PayPal cannot search orders by our reference.

        An order that a payer is to approve takes no money if its id never reached us: nobody has the address where it is approved,
        and we never capture it. A charge of a saved account takes it at once. Created again with the same reference within six
        hours, both are the same again.
        """
        return None

    async def fetch(self, provider_id: str) -> CheckoutReport:
        """An order that was not approved in time no longer exists at PayPal: it is reported as expired."""
        try:
            return reports.order_report(await self._order(provider_id))
        except NotThere:
            return CheckoutReport(provider_id, "", "expired", "", None)

    async def expire(self, provider_id: str) -> CheckoutReport:
        """PayPal ends no order that we capture later. The payer may still approve this one; without the capture, which
        only a live checkout is given, no money moves, and PayPal deletes it."""
        report = await self.fetch(provider_id)
        return report if report.state in ("completed", "cancelled") else replace(report, state="expired")

    async def capture(self, provider_id: str) -> CheckoutReport:
        try:
            order = await self._order(provider_id)
        except NotThere:
            return CheckoutReport(provider_id, "", "expired", "", None)
        if order["status"] != "APPROVED":
            return reports.order_report(order)
        # Another approval of the same order is another attempt.
        key = f"{provider_id}-{order.get('update_time') or order['create_time']}"
        try:
            return reports.order_report(await self._api.call("POST", f"{_ORDERS}/{provider_id}/capture", key=key))
        except Refused as error:
            issue = str(error)
            if issue in reports.CHOOSE_AGAIN | reports.NEVER:
                return reports.declined(order, issue)
            if issue in ("ORDER_ALREADY_CAPTURED", "ORDER_NOT_APPROVED", "RESOURCE_NOT_FOUND"):
                return await self.fetch(provider_id)
            if issue == "ORDER_COMPLETION_IN_PROGRESS":
                raise OutcomeUnknown(issue) from error
            raise

    async def refund(self, provider_id: str, payment_id: str, amount_minor: int, reference: str) -> RefundReport:
        """Looked for first: refunds are tried for longer than PayPal knows a request's id."""
        capture = await self._api.call("GET", f"{_CAPTURES}/{payment_id}")
        for known in await self._refunds(provider_id):
            if known.get("custom_id") == reference:
                return reports.refund_report(known, payment_id)
        currency = capture["amount"]["currency_code"]
        body = requests.refund(amount_minor, currency, reference)
        made = await self._api.call("POST", f"{_CAPTURES}/{payment_id}/refund", body=body, key=reference)
        return reports.refund_report(made, payment_id)

    async def read_webhook(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent:
        """What it is about is fetched again, so that events may come in any order."""
        await verify(self._access, self._webhook_id, headers, body, datetime.now(UTC))
        try:
            event = json.loads(body)
            found = ProviderEvent(event["id"], event["event_type"], None)
            about = event["resource"]
        except (ValueError, KeyError, TypeError) as error:
            raise SignatureInvalid(field="body") from error
        gone = token_in(body) if found.type == TOKEN_DELETED else ""
        return replace(found, checkout=await self._checkout_of(event.get("resource_type", ""), about), gone_method=gone)

    async def start_setup(self, request: SetupRequest) -> SetupReport:
        made = await self._api.call("POST", _SETUPS, body=requests.setup(request), key=request.reference)
        return reports.setup_report(made, request.reference)

    async def setup(self, provider_id: str) -> SetupReport:
        """What the payer has approved becomes a saved method here."""
        try:
            token = await self._api.call("GET", f"{_SETUPS}/{provider_id}")
        except NotThere:
            return SetupReport(provider_id, "", "expired", "")
        if token["status"] not in ("APPROVED", "VAULTED"):
            return reports.setup_report(token, "")
        return reports.setup_report(token, "", await self._vaulted(token))

    async def charge(self, request: ChargeRequest) -> CheckoutReport:
        """PayPal refuses a second payment under one invoice number, so one that was forgotten is not taken twice."""
        body = requests.charge(request, self._api.merchant_id)
        try:
            made = await self._api.call("POST", _ORDERS, body=body, key=request.reference)
        except Refused as error:
            if str(error) == "DUPLICATE_INVOICE_ID":
                raise OutcomeUnknown(str(error)) from error
            if str(error) in reports.GONE:
                raise MethodGone from error
            if str(error) not in reports.CHOOSE_AGAIN | reports.NEVER:
                raise
            return _declined_charge(request, str(error))
        report = reports.order_report(made)
        return replace(report, state="requires_action") if made["status"] == "PAYER_ACTION_REQUIRED" else report

    async def forget(self, method_id: str) -> None:
        try:
            await self._api.call("DELETE", f"{_TOKENS}/{method_id}")
        except NotThere:
            return

    async def _order(self, order_id: str) -> dict[str, Any]:
        return await self._api.call("GET", f"{_ORDERS}/{order_id}")

    async def _refunds(self, order_id: str) -> list[dict[str, Any]]:
        """None of an order that PayPal shows no longer."""
        try:
            order = await self._order(order_id)
        except NotThere:
            return []
        return list((order["purchase_units"][0].get("payments") or {}).get("refunds") or [])

    async def _checkout_of(self, kind: str, about: Mapping[str, Any]) -> CheckoutReport | None:
        """The order that an event is about; None where it is about none."""
        if kind == "checkout-order":
            # PayPal's CHECKOUT.PAYMENT-APPROVAL.REVERSED has the order's id as order_id.
            return await self.fetch(about.get("id") or about["order_id"])
        if kind == "dispute":
            return await self._disputed(about["dispute_id"])
        if kind not in ("capture", "refund"):
            return None
        capture = about if kind == "capture" else await self._capture(reports.last_part(reports.link(about, "up")))
        order_id = _order_of(capture)
        return await self.fetch(order_id) if order_id else None

    async def _disputed(self, dispute_id: str) -> CheckoutReport | None:
        dispute = await self._api.call("GET", f"{_DISPUTES}/{dispute_id}")
        order_id = _order_of(await self._capture(reports.disputed_capture(dispute)))
        return reports.order_report(await self._order(order_id), [dispute]) if order_id else None

    async def _capture(self, capture_id: str) -> dict[str, Any]:
        """Nothing where the payment was made past us."""
        try:
            return await self._api.call("GET", f"{_CAPTURES}/{capture_id}") if capture_id else {}
        except NotThere:
            return {}

    async def _vaulted(self, setup: Mapping[str, Any]) -> SavedMethod:
        if setup["status"] == "APPROVED":
            body = requests.payment_token(setup["id"])
            return reports.saved_method(await self._api.call("POST", _TOKENS, body=body, key=setup["id"]))
        params = {"customer_id": setup["customer"]["id"]}
        found = await self._api.call("GET", _TOKENS, params=params)
        return reports.saved_method(found["payment_tokens"][0])


def _order_of(capture: Mapping[str, Any]) -> str:
    related = (capture.get("supplementary_data") or {}).get("related_ids") or {}
    return str(related.get("order_id") or reports.last_part(reports.link(capture, "up")))


def _declined_charge(request: ChargeRequest, issue: str) -> CheckoutReport:
    """PayPal makes no order for a charge that it declines, so the report goes by our reference."""
    now = datetime.now(UTC).isoformat()
    unit = requests.charge(request, "")["purchase_units"][0]
    order = {"id": request.reference, "status": "VOIDED", "create_time": now, "purchase_units": [unit]}
    return replace(reports.declined(order, issue), state="cancelled")

"""One merchant's acquirer as a HostedProvider. Nobody is asked: the link is made here, and the acquirer calls back."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl

from kontor.payments.v1.payments_pb2_codes import FailureCode, PaymentMethod
from kontor_payments.errors import SignatureInvalid
from kontor_payments.providers.paylink.terms import PaylinkTerms, terms_of
from kontor_payments.providers.protocol import (
    CheckoutReport,
    CheckoutRequest,
    CheckoutState,
    ConnectedAccount,
    OutcomeUnknown,
    PaymentReport,
    ProviderEvent,
    RefundReport,
    Refused,
)
from kontor_service.money import TOO_MUCH_MINOR, from_minor, to_minor

_VALID = timedelta(hours=24)


class PaylinkProvider:
    """`credentials`: the merchant's terms (terms_of), and callback_url."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        self._terms: PaylinkTerms = terms_of(credentials)
        self._callback_url = credentials["callback_url"]

    async def create_checkout(self, request: CheckoutRequest) -> CheckoutReport:
        expires = datetime.now(UTC).replace(microsecond=0) + _VALID
        values = {
            "reference": request.reference,
            "amount": str(from_minor(request.amount_minor, request.currency)),
            "amount_minor": str(request.amount_minor),
            "currency": request.currency,
            "description": request.description,
            "language": request.language,
            "return_url": request.return_url,
            "cancel_url": request.cancel_url,
            "callback_url": self._callback_url,
            "expires": str(int(expires.timestamp())),
        }
        provider_id = f"{request.reference}:{int(expires.timestamp())}"
        return CheckoutReport(provider_id, request.reference, "open", self._terms.link(values), expires)

    async def find(self, reference: str) -> CheckoutReport | None:
        """Nothing can be looked up: the link is made again."""
        return None

    async def fetch(self, provider_id: str) -> CheckoutReport:
        """Over once its time is up. Until then only the acquirer's callback tells. Raises OutcomeUnknown."""
        reference, _, expires = provider_id.partition(":")
        if datetime.now(UTC).timestamp() < int(expires):
            raise OutcomeUnknown("the acquirer calls back")
        return CheckoutReport(provider_id, reference, "expired", "", None)

    async def expire(self, provider_id: str) -> CheckoutReport:
        """The acquirer's page cannot be closed from here. What is paid on it nevertheless is booked, and shown as overpaid."""
        return CheckoutReport(provider_id, provider_id.partition(":")[0], "expired", "", None)

    async def capture(self, provider_id: str) -> CheckoutReport:
        return await self.fetch(provider_id)

    async def refund(self, provider_id: str, payment_id: str, amount_minor: int, reference: str) -> RefundReport:
        """Staff refund at the acquirer's own pages."""
        raise Refused("refund_at_acquirer")

    async def read_webhook(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent:
        """A callback, as a form or as JSON. The same state of the same payment is the same event."""
        told = _fields(body)
        if not self._terms.is_genuine(told):
            raise SignatureInvalid(field=self._terms.names["signature"])
        names = self._terms.names
        payment, word = told.get(names["payment"], ""), told.get(names["state"], "")
        if not payment or word not in self._terms.states:
            return ProviderEvent(f"{payment}:{word}", "callback", None)
        report = self._payment(told, payment, word)
        state: CheckoutState = "open" if report.state == "failed" else "completed"
        reference = told.get(names["reference"], "")
        checkout = CheckoutReport(reference, reference, state, "", None, [report])
        return ProviderEvent(f"{payment}:{word}", "callback", checkout)

    def _payment(self, told: Mapping[str, str], payment: str, word: str) -> PaymentReport:
        """Raises SignatureInvalid for what is signed and no amount all the same."""
        names, state, now = self._terms.names, self._terms.states[word], datetime.now(UTC)
        currency = told.get(names["currency"], "").upper()
        try:
            amount = (
                int(told[names["amount_minor"]])
                if "amount_minor" in names
                else to_minor(Decimal(told[names["amount"]]), currency)
            )
        except (KeyError, ValueError, InvalidOperation) as error:
            raise SignatureInvalid(field="amount") from error
        if not 0 < amount < TOO_MUCH_MINOR or not re.fullmatch("[A-Z]{3}", currency):
            raise SignatureInvalid(field="amount")
        return PaymentReport(
            id=payment,
            state=state,
            amount_minor=amount,
            currency=currency,
            method=PaymentMethod.CARD,
            failure=""
            if state in ("succeeded", "pending")
            else FailureCode.CARD_DECLINED
            if state == "failed"
            else FailureCode.CHARGED_BACK,
            initiated_at=now,
            settled_at=now if state == "succeeded" else None,
            expected_on=None,
        )


class PaylinkConnector:
    """What the merchant enters is all there is: no account is asked for anything."""

    sign_in_mode = None

    async def by_key(self, fields: Mapping[str, str]) -> ConnectedAccount:
        """Raises Refused with what terms_of says."""
        terms = terms_of(fields)
        host = terms.url.split("/")[2]
        return ConnectedAccount(host, host, "live", dict(fields))

    async def authorize_url(self, state: str, redirect_url: str) -> str:
        raise Refused("invalid_grant")

    async def by_code(self, code: str, state: str) -> ConnectedAccount:
        raise Refused("invalid_grant")

    async def register_webhook(self, credentials: Mapping[str, str], url: str) -> dict[str, str]:
        """The address is part of each link, or the merchant enters it at the acquirer."""
        return {**credentials, "callback_url": url}

    async def close(self, credentials: Mapping[str, str], *, account_still_used: bool) -> None:
        return


def _fields(body: bytes) -> dict[str, str]:
    text = body.decode(errors="replace")
    try:
        told: Any = json.loads(text)
    except ValueError:
        return dict(parse_qsl(text, keep_blank_values=True))
    return {str(name): str(value) for name, value in told.items()} if isinstance(told, dict) else {}

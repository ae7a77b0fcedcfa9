"""What payments needs of a provider with a hosted page; shaped for Stripe Checkout and PayPal Orders.

Amounts are minor units, instants UTC. Whatever a provider tells, by answer or by webhook, arrives as a CheckoutReport:
the state of a checkout with all its payments and refunds. Applying reports in any order, any number of times, gives
the same result, so nothing depends on which report comes first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from kontor_payments.receivables.ledger import ReportedState

CheckoutState = Literal["open", "approved", "completed", "expired", "cancelled"]


class OutcomeUnknown(Exception):
    """The provider did not answer, or not sensibly: the call may have taken effect or not."""


class Refused(Exception):
    """The provider has said no; nothing took effect. The text is the provider's own code."""


class NotThere(Refused):
    """The provider knows no such thing."""


@dataclass(frozen=True)
class PaymentReport:
    # The provider's id of this attempt or charge; stable, one per attempt.
    id: str
    state: ReportedState
    amount_minor: int
    currency: str
    method: str
    failure: str
    initiated_at: datetime
    settled_at: datetime | None
    expected_on: date | None


@dataclass(frozen=True)
class RefundReport:
    id: str
    # What we called it when we asked for it; empty where the merchant refunded at the provider's own pages.
    reference: str
    payment_id: str
    amount_minor: int
    state: Literal["pending", "succeeded", "failed"]


@dataclass(frozen=True)
class CheckoutReport:
    provider_id: str
    # What we called it when we asked for it.
    reference: str
    state: CheckoutState
    redirect_url: str
    expires_at: datetime | None
    payments: Sequence[PaymentReport] = ()
    refunds: Sequence[RefundReport] = ()


@dataclass(frozen=True)
class ProviderEvent:
    """A verified webhook. `checkout` is None where it is about something we do not follow."""

    id: str
    type: str
    checkout: CheckoutReport | None


@dataclass(frozen=True)
class CheckoutRequest:
    amount_minor: int
    currency: str
    # Ours, unique; also the idempotency key.
    reference: str
    method: str
    methods: Sequence[str]
    description: str
    customer_email: str
    language: str
    return_url: str
    cancel_url: str


class HostedProvider(Protocol):
    """One merchant's account at a provider. Every call raises OutcomeUnknown or Refused."""

    async def create_checkout(self, request: CheckoutRequest) -> CheckoutReport:
        """The same reference again gives the same checkout."""
        ...

    async def find(self, reference: str) -> CheckoutReport | None:
        """The checkout we called so, if the provider ever made it: providers forget idempotency keys after a day."""
        ...

    async def fetch(self, provider_id: str) -> CheckoutReport: ...

    async def expire(self, provider_id: str) -> CheckoutReport:
        """Nobody can pay it afterwards. If it was already paid, the report says so."""
        ...

    async def capture(self, provider_id: str) -> CheckoutReport:
        """Takes money that the payer has approved (PayPal); where the provider does so by itself, the state."""
        ...

    async def refund(self, provider_id: str, payment_id: str, amount_minor: int, reference: str) -> RefundReport:
        """The same reference again gives the same refund. `provider_id` is the checkout's."""
        ...

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent:
        """Raises SignatureInvalid."""
        ...

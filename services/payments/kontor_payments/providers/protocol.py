"""What payments needs of a provider with a hosted page; shaped for Stripe Checkout and PayPal Orders.

Amounts are minor units, instants UTC. Whatever a provider tells, by answer or by webhook, arrives as a CheckoutReport:
the state of a checkout with all its payments, refunds and disputes. Applying reports in any order, any number of times,
gives the same result, so nothing depends on which report comes first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from kontor_payments.receivables.ledger import ReportedState

# requires_action: the customer must confirm a charge of a saved method, at `redirect_url`.
CheckoutState = Literal["open", "requires_action", "approved", "completed", "expired", "cancelled"]


class OutcomeUnknown(Exception):
    """The provider did not answer, or not sensibly: the call may have taken effect or not."""


class Refused(Exception):
    """The provider has said no; nothing took effect. The text is the provider's own code."""


class NotThere(Refused):
    """The provider knows no such thing."""


class MethodGone(Refused):
    """The provider no longer has the saved method that was to be charged."""

    def __init__(self) -> None:
        super().__init__("method_gone")


class PermissionsMissing(Refused):
    """The key may not do what is needed; `permissions` are those that it lacks, in the provider's words."""

    def __init__(self, permissions: Sequence[str]) -> None:
        super().__init__("permission_missing")
        self.permissions = list(permissions)


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
    # What the provider keeps of the payment and what it pays out; None until it says so, or where it never does.
    fee_minor: int | None = None
    net_minor: int | None = None
    # The provider's payout that contains the payment; empty until it is paid out.
    payout_id: str = ""


@dataclass(frozen=True)
class RefundReport:
    id: str
    # What we called it when we asked for it; empty where the merchant refunded at the provider's own pages.
    reference: str
    payment_id: str
    amount_minor: int
    state: Literal["pending", "succeeded", "failed"]


@dataclass(frozen=True)
class DisputeReport:
    """The payer's bank or the payer contests a payment; the provider has taken the money back until it is decided,
    except for an inquiry."""

    id: str
    payment_id: str
    amount_minor: int
    state: Literal["needs_response", "under_review", "won", "lost"]
    # The provider's own code, such as "fraudulent".
    reason: str
    # Until when the merchant can answer; None once nothing can be answered.
    respond_by: datetime | None
    # The provider's page on which the merchant answers, where the report names one.
    page_url: str = ""
    # An inquiry of the payer's bank before a dispute: the merchant still has the money, and can give it back.
    is_inquiry: bool = False


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
    disputes: Sequence[DisputeReport] = ()


@dataclass(frozen=True)
class PayoutItem:
    """One line of a payout. `gross_minor` and `net_minor` are negative where money goes away."""

    kind: Literal["payment", "refund", "dispute", "fee", "other"]
    # The id under which the provider reports the payment, refund or dispute; its own text for other lines.
    reference: str
    gross_minor: int
    fee_minor: int
    net_minor: int


@dataclass(frozen=True)
class PayoutReport:
    """Money that the provider sends to the merchant's bank account: the sum of its items' net amounts."""

    id: str
    amount_minor: int
    currency: str
    state: Literal["pending", "in_transit", "paid", "failed", "cancelled"]
    arrives_on: date
    items: Sequence[PayoutItem] = ()


@dataclass(frozen=True)
class ProviderEvent:
    """A verified webhook. `checkout` and `payout` are None, `gone_method` is empty, where it is about something else."""

    id: str
    type: str
    checkout: CheckoutReport | None
    payout: PayoutReport | None = None
    # The id of a saved method that the provider deleted, or whose mandate no longer holds.
    gone_method: str = ""


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

    async def read_webhook(self, headers: Mapping[str, str], body: bytes) -> ProviderEvent:
        """Verifies it, and asks the provider again where the event alone does not say enough.

        `headers` are looked up in lower case. Raises SignatureInvalid.
        """
        ...


@dataclass(frozen=True)
class ConnectedAccount:
    """A merchant's account at a provider that we may use from now on."""

    id: str
    # What the merchant knows it by.
    display_name: str
    mode: Literal["test", "live"]
    # Stored encrypted; what the adapter needs.
    credentials: Mapping[str, str]


class Connector(Protocol):
    """How a merchant's account is connected. Every call raises OutcomeUnknown or Refused."""

    @property
    def sign_in_mode(self) -> Literal["test", "live"] | None:
        """Which accounts merchants connect by allowing this installation access at the provider; None: there is no such way."""
        ...

    async def by_key(self, fields: Mapping[str, str]) -> ConnectedAccount:
        """With keys that the merchant copied from the provider's pages."""
        ...

    async def authorize_url(self, state: str, redirect_url: str) -> str:
        """Where the merchant allows us access. `state` comes back from there."""
        ...

    async def by_code(self, code: str, state: str) -> ConnectedAccount:
        """With the code, and the state, that the provider sent the merchant back with."""
        ...

    async def register_webhook(self, credentials: Mapping[str, str], url: str) -> dict[str, str]:
        """The credentials with what verifies webhooks to this address; one that was registered there is replaced."""
        ...

    async def close(self, credentials: Mapping[str, str], *, account_still_used: bool) -> None:
        """Takes webhook and access away at the provider; only the webhook where another connection still needs the access. What is
        gone already is no error."""
        ...


@dataclass(frozen=True)
class SetupRequest:
    """Asks the customer, on the provider's page, to save a method for payments that the merchant starts later."""

    # Ours, unique; also the idempotency key.
    reference: str
    currency: str
    methods: Sequence[str]
    description: str
    customer_name: str
    customer_email: str
    language: str
    return_url: str
    cancel_url: str


@dataclass(frozen=True)
class SavedMethod:
    """A method that the provider keeps for the merchant. Nothing of it but these ids and words is stored here."""

    id: str
    # The provider's id of the customer whose method it is.
    customer_id: str
    method: str
    # What the customer knows it by, such as "Visa •••• 4242".
    label: str
    expires_on: date | None = None
    # Of a SEPA mandate.
    mandate_reference: str = ""


@dataclass(frozen=True)
class SetupReport:
    provider_id: str
    reference: str
    state: Literal["open", "completed", "expired", "failed"]
    redirect_url: str
    saved: SavedMethod | None = None


@dataclass(frozen=True)
class ChargeRequest:
    """A payment with a saved method while the customer is not there."""

    amount_minor: int
    currency: str
    # Ours, unique; also the idempotency key.
    reference: str
    customer_id: str
    method_id: str
    description: str
    # Where the customer comes back to after confirming a charge that requires it.
    return_url: str


class SavesMethods(Protocol):
    """What a HostedProvider can do besides if it saves methods. Every call raises OutcomeUnknown or Refused."""

    async def start_setup(self, request: SetupRequest) -> SetupReport:
        """The same reference again gives the same setup."""
        ...

    async def setup(self, provider_id: str) -> SetupReport: ...

    async def charge(self, request: ChargeRequest) -> CheckoutReport:
        """The same reference again gives the same charge. `fetch`, `refund` and webhooks tell of it as of a checkout.

        Raises MethodGone besides.
        """
        ...

    async def forget(self, method_id: str) -> None:
        """The provider deletes the method; one that it no longer knows is no error."""
        ...

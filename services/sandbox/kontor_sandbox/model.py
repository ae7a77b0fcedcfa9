"""What the sandbox knows of a checkout, and how it talks about it."""

from datetime import UTC, date, datetime
from secrets import token_hex
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, BaseModel, Field, StringConstraints

Method = Literal["card", "sepa_debit", "paypal"]
METHODS: tuple[Method, ...] = ("card", "sepa_debit", "paypal")
Webhooks = Literal["prompt", "late", "twice", "thrice", "out_of_order", "never"]
CallFault = Literal["none", "timeout_before", "timeout_after", "error"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)]


class Behaviour(BaseModel):
    """How badly the provider behaves about one checkout. Times in seconds."""

    webhooks: Webhooks = "prompt"
    late_seconds: float = Field(default=5, ge=0, le=86_400)
    # timeout_before: nothing was done; timeout_after: it was done, and no answer comes.
    capture_call: CallFault = "none"
    refund_call: CallFault = "none"
    # What the payer is charged in, where that is not what was asked for.
    charge_currency: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    # failed: the refund is answered as failed, and settling it as "refunded" carries it out after all.
    refund_as: Literal["succeeded", "failed"] = "succeeded"
    # How long a call that times out is held.
    hold_seconds: float = Field(default=30, ge=0, le=300)
    # None: as the sandbox is set.
    settle_after_seconds: float | None = Field(default=None, ge=0, le=86_400)


class NextBehaviour(Behaviour):
    """For the account's next checkout: what can only be said before it exists."""

    # charge_then_timeout: the payer's money is taken at once, and no answer comes.
    create_call: Literal["none", "timeout_before", "timeout_after", "charge_then_timeout", "error"] = "none"
    # Ends after so many seconds instead of when the merchant wanted.
    expires_in_seconds: float | None = Field(default=None, gt=0, le=86_400)


class NewCheckout(BaseModel):
    amount_minor: int = Field(gt=0, lt=10**15)
    currency: str = Field(pattern="^[A-Z]{3}$")
    # The merchant's own name for this checkout; comes back in every word about it.
    reference: str = Field(min_length=1, max_length=100)
    method: Method | None = None
    methods: list[Method] = Field(default_factory=lambda: list(METHODS), min_length=1)
    capture: Literal["automatic", "manual"] = "automatic"
    description: Text = ""
    customer_email: Text | None = None
    language: Literal["de", "en"] = "de"
    return_url: AnyHttpUrl
    cancel_url: AnyHttpUrl
    expires_in_seconds: int = Field(default=3600, ge=60, le=86_400)


class Payment(BaseModel):
    id: str
    state: Literal["pending", "succeeded", "failed", "reversed"]
    amount_minor: int
    currency: str
    method: Method
    failure: str = ""
    initiated_at: datetime
    settled_at: datetime | None = None
    expected_on: date | None = None
    # Not told to anybody: what will become of it, and when.
    settle_at: datetime | None = None
    settle_as: Literal["succeeded", "failed"] = "succeeded"


class Refund(BaseModel):
    id: str
    payment: str
    reference: str
    amount_minor: int
    state: Literal["succeeded", "failed"] = "succeeded"


class Dispute(BaseModel):
    """The payer contests a payment: the amount is taken from the merchant until it is decided."""

    id: str
    payment: str
    amount_minor: int
    state: Literal["needs_response", "under_review", "won", "lost"] = "needs_response"
    reason: str = "fraudulent"
    respond_by: datetime | None


class Checkout(BaseModel):
    id: str
    account: str
    reference: str
    amount_minor: int
    currency: str
    method: Method | None
    methods: list[Method]
    capture: Literal["automatic", "manual"]
    description: str
    customer_email: str | None
    language: Literal["de", "en"]
    return_url: str
    cancel_url: str
    state: Literal["open", "approved", "completed", "expired", "cancelled"] = "open"
    created_at: datetime
    expires_at: datetime
    payments: list[Payment] = []
    refunds: list[Refund] = []
    disputes: list[Dispute] = []
    behaviour: Behaviour = Behaviour()

    def public(self, public_url: str) -> dict[str, object]:
        """As the API and the webhooks show it."""
        shown = self.model_dump(mode="json", exclude={"account", "behaviour", "payments", "disputes"})
        hidden = {"settle_at", "settle_as"}
        payments = [payment.model_dump(mode="json", exclude=hidden) for payment in self.payments]
        page = {"page_url": f"{public_url}/sandbox"}
        disputes = [dispute.model_dump(mode="json") | page for dispute in self.disputes]
        return {**shown, "payments": payments, "disputes": disputes, "url": f"{public_url}/pay/{self.id}"}


class Account(BaseModel):
    id: str
    name: str
    webhook_url: str
    webhook_secret: str
    next: NextBehaviour = NextBehaviour()


def new_id(prefix: str) -> str:
    return f"{prefix}_{token_hex(12)}"


def now() -> datetime:
    return datetime.now(UTC)

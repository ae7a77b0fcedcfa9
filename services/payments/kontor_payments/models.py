"""The tables of payments. Amounts are minor units; instants UTC; dates business dates in the merchant's zone."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Field

from kontor_service.ids import uuid7
from kontor_service.models import Aggregate, Tenant, json_column, table_base, utc_column

Base = table_base("payments")


class Document(Tenant, Base, table=True):
    """What payments must know of a document: a copy of documents' facts, guarded by (epoch, version)."""

    id: UUID = Field(primary_key=True)
    epoch: int
    version: int
    deleted: bool = False
    type: str
    number: str = ""
    external_id: str = ""
    title: str = ""
    state: str
    customer_id: UUID | None = None
    thread_id: str = ""
    issue_date: date | None = None
    due_date: date | None = None
    currency: str = ""
    gross_minor: int = 0
    amount_due_minor: int = 0
    # [{"until", "percent", "payable_minor"}]
    cash_discounts: list[dict[str, Any]] = json_column(list)
    payment_reference: str = ""
    payment_means: str = ""
    direct_debit_date: date | None = None


class Merchant(Tenant, Base, table=True):
    """A copy of what identity says about the merchant, and what follows for its open receivables."""

    id: UUID = Field(primary_key=True)
    epoch: int
    version: int
    slug: str = ""
    name: str = ""
    language: str = "de"
    time_zone: str = "Europe/Berlin"
    payments_enabled: bool = False
    # Document types whose settings say can_pay=false.
    not_payable_types: list[str] = json_column(list)
    iban: str = ""
    bic: str = ""
    account_holder: str = ""
    # The methods that open receivables offer are not what they should be; a job brings them up to date.
    offer_pending: bool = False


class Customer(Tenant, Base, table=True):
    """A copy of the customer's mail address: the provider's page shows it, and sends its receipt there."""

    id: UUID = Field(primary_key=True)
    epoch: int
    version: int
    email: str = ""


class PaymentSettings(Tenant, Base, table=True):
    """What the merchant has switched on. Without a row: transfer, and the sandbox in development."""

    __tablename__ = "payment_settings"
    merchant_id: UUID = Field(primary_key=True)
    transfer: bool = True
    sandbox: bool = False
    # Methods switched off, as "provider:method".
    methods_off: list[str] = json_column(list)


class Connection(Tenant, Base, table=True):
    """The merchant's account at a provider. Its keys are encrypted."""

    __tablename__ = "connection"
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    provider: str
    account: str = ""
    credentials: str = ""
    # Where the provider has been told to send its webhooks.
    webhook_url: str = ""
    connected_at: datetime | None = utc_column(nullable=True)


class Receivable(Aggregate, Base, table=True):
    """Money owed for one document. The figures are those of rules.standing over the ledger."""

    document_id: UUID
    document_number: str = ""
    document_type: str = "invoice"
    customer_id: UUID | None = None
    thread_id: str = ""
    currency: str
    # What the document asks for; due_minor is 0 once it is cancelled.
    asked_minor: int
    cancelled: bool = False
    due_date: date | None = None
    cash_discounts: list[dict[str, Any]] = json_column(list)
    payment_reference: str = ""
    payment_means: str = ""

    due_minor: int = 0
    pending_minor: int = 0
    paid_minor: int = 0
    refunded_minor: int = 0
    discount_minor: int = 0
    open_minor: int = 0
    overpaid_minor: int = 0
    state: str = "open"

    # [{"code", "provider"}]; computed for the merchant's offer with this digest.
    methods: list[dict[str, str]] = json_column(list)
    offer: str = ""
    paid_at: datetime | None = utc_column(nullable=True)
    last_method: str = ""
    last_failure: str = ""
    expected_on: date | None = None
    checkout_open: bool = False


class Payment(Aggregate, Base, table=True):
    """One payment or attempt. What it is worth stands in the ledger; here stands what is known about it."""

    receivable_id: UUID = Field(index=True)
    checkout_id: UUID | None = None
    connection_id: UUID | None = None
    amount_minor: int
    currency: str
    # receivables.ledger.PaymentState
    state: str
    method: str = ""
    # sandbox, transfer, erp, staff, …
    provider: str
    provider_reference: str = ""
    external_id: str | None = None
    reference: str = ""
    failure: str = ""
    # Decides about a cash discount: the day the payer acted.
    counts_on: date
    # By the provider's clock, or when a booking was made here.
    charged_at: datetime = utc_column()
    created_at: datetime = utc_column()
    settled_at: datetime | None = utc_column(nullable=True)
    booked_by: str = ""
    # The provider's payment that this booking speaks of.
    matched_to: UUID | None = None


class Booking(Tenant, Base, table=True):
    """The ledger. Rows are only ever added."""

    __tablename__ = "booking"
    id: int | None = Field(default=None, primary_key=True)
    receivable_id: UUID
    payment_id: UUID
    refund_id: UUID | None = None
    # pending, paid, refunding, refunded
    bucket: str
    amount_minor: int
    cause: str
    booked_at: datetime = utc_column()


class Checkout(Tenant, Base, table=True):
    """The intent to let a customer pay at a provider; written before the provider is called."""

    __tablename__ = "checkout"
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    receivable_id: UUID = Field(index=True)
    document_id: UUID
    connection_id: UUID
    provider: str
    method: str
    amount_minor: int
    currency: str
    # creating (outcome unknown), open, approved (to be captured), ending (to be expired): live;
    # completed, expired, cancelled, failed: over
    state: str = "creating"
    idempotency_key: str
    request: dict[str, Any] = json_column(dict)
    provider_id: str | None = None
    redirect_url: str | None = None
    created_by: str = ""
    # The business date on which this amount was offered.
    offered_on: date
    created_at: datetime = utc_column()
    expires_at: datetime | None = utc_column(nullable=True)
    # When the job asks the provider next; None when nothing more is to be learned.
    ask_at: datetime | None = utc_column(nullable=True)
    asked: int = 0


class Refund(Tenant, Base, table=True):
    """Money to be given back at a provider: written with the reason for it, carried out by a job."""

    __tablename__ = "refund"
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    receivable_id: UUID
    payment_id: UUID
    amount_minor: int
    # requested, succeeded, failed
    state: str = "requested"
    reason: str = ""
    provider_reference: str = ""
    created_at: datetime = utc_column()
    try_at: datetime | None = utc_column(nullable=True)
    attempts: int = 0
    error: str = ""


class IncomingPayment(Tenant, Base, table=True):
    """A payment booked in another system; parked while its document is unknown."""

    __tablename__ = "incoming_payment"
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    external_id: str
    fingerprint: str
    document_number: str = ""
    document_external_id: str = ""
    # As it was sent, a decimal: without the document its currency's meaning is only checked, not applied.
    amount_minor: int
    currency: str
    paid_on: date
    method: str = ""
    reference: str = ""
    # parked, booked, refused
    state: str = "parked"
    error: str = ""
    payment_id: UUID | None = None
    received_at: datetime = utc_column()
    received_from: str = ""


class ProviderEvent(Tenant, Base, table=True):
    """Every webhook that was verified, once."""

    __tablename__ = "provider_event"
    connection_id: UUID = Field(primary_key=True)
    event_id: str = Field(primary_key=True)
    type: str
    # applied, or unknown_checkout
    outcome: str
    body: dict[str, Any] = json_column(dict)
    received_at: datetime = utc_column()

"""The tables of payments. Amounts are minor units; instants UTC; dates business dates in the merchant's zone."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import Identity, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from kontor.payments.v1.payments_pb2_codes import IncomingPaymentState, PaymentState, ReceivableState
from kontor_service.ids import uuid7
from kontor_service.models import Aggregate, Check, CopyRow, Tenant, index, json_column, one_of, table_base
from kontor_service.schema import declare_lister

Base = table_base("payments")
declare_lister(Base, "merchants_with_receivables", "receivable")
declare_lister(Base, "merchants_with_checkouts_to_ask", "checkout", "ask_at <= now()")
declare_lister(Base, "merchants_with_refunds_to_try", "refund", "try_at <= now()")
declare_lister(Base, "merchants_with_connections", "connection")
declare_lister(Base, "merchants_with_stale_offers", "merchant", "offer_pending")
declare_lister(Base, "merchants_with_refusals_to_send", "incoming_payment", "answer_pending")
declare_lister(
    Base, "merchants_with_missed_payments", "incoming_payment", "state = 'parked' AND payment_missed(incoming_payment)"
)
declare_lister(Base, "merchants_by_slug", "merchant", "slug = wanted", arguments="wanted text")

Positive = Annotated[int, Check("{} > 0")]
NotNegative = Annotated[int, Check("{} >= 0")]


class Document(CopyRow, Base, table=True):
    """What payments must know of a document: a copy of documents' facts, guarded by (epoch, version)."""

    __table_args__ = (
        index("document_number", "merchant_id", "number"),
        index("document_external_id", "merchant_id", "external_id", where="external_id <> ''"),
        index("document_names_invoices", "customer_id", where="names_invoices <> '[]'"),
    )
    deleted: bool = False
    type: str
    kind: str = ""
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
    # Of a quote: how it was decided, and what accepting it asks for.
    outcome: str = ""
    asked_minor: int = 0
    # [{"until", "percent", "payable_minor"}]
    cash_discounts: list[dict[str, Any]] = json_column(list)
    # [{"due_date", "amount_minor"}], by their days
    instalments: list[dict[str, Any]] = json_column(list)
    payment_reference: str = ""
    payment_means: str = ""
    direct_debit_date: date | None = None
    payee_name: str = ""
    account_holder: str = ""
    iban: str = ""
    bic: str = ""
    # The invoices that a credit note gives money for, or a reminder reminds of: their numbers, as it lists them.
    names_invoices: list[str] = json_column(list)


class Merchant(CopyRow, Base, table=True):
    """A copy of what identity says about the merchant, and what follows for its open receivables."""

    slug: str = ""
    name: str = ""
    language: str = "de"
    time_zone: str = "Europe/Berlin"
    payments_enabled: bool = False
    # Document types whose settings say can_pay=false; a quote that asks for money is always payable.
    not_payable_types: list[str] = json_column(list)
    iban: str = ""
    bic: str = ""
    # Of accounts whose statements are read besides.
    further_ibans: list[str] = json_column(list)
    account_holder: str = ""
    # For receipts: #rrggbb, and the address as it is written on a letter.
    accent_color: str = ""
    address_lines: list[str] = json_column(list)
    # The methods that open receivables offer are not what they should be; a job brings them up to date.
    offer_pending: bool = False


class Customer(CopyRow, Base, table=True):
    """A copy of the customer's mail address, to which providers send their receipt, of the name by which a payer on a bank
    statement is recognised, and of the address for receipts."""

    email: str = ""
    name: str = ""
    address_lines: list[str] = json_column(list)


class PaymentSettings(Tenant, Base, table=True):
    """What the merchant has switched on. Without a row: transfer."""

    merchant_id: UUID = Field(primary_key=True)
    # Names of providers; in development a new merchant has the sandbox besides.
    providers_on: list[str] = Field(default_factory=lambda: ["transfer"], sa_type=JSONB)
    # A credit note that names its invoice reduces what is to be paid on that.
    offset_credit_notes: bool = True
    # Methods switched off, as "provider:method".
    methods_off: list[str] = json_column(list)
    # Customers may pay a part of what is open, from this amount on, in minor units of the document's currency.
    partial_payments: bool = False
    partial_minimum_minor: Positive = 1000


class Connection(Aggregate, Base, table=True):
    """The merchant's account at a provider. Its keys are encrypted. The row stays when the account is
    disconnected, because payments refer to it."""

    __table_args__ = (index("connection_one_active", "merchant_id", "provider", unique=True, where="state <> 'ended'"),)
    provider: str
    # The provider's id of the account, and the name that the merchant knows it by.
    account: str = ""
    display_name: str = ""
    # Of the provider: in its test mode no money moves.
    mode: Annotated[str, one_of("test", "live")] = "test"
    # trial: connected, not offered to customers yet; live: offered while the provider is switched on; ended: kept for
    # what was paid through it
    state: Annotated[str, one_of("trial", "live", "ended")] = "trial"
    credentials: str = ""
    # Where the provider has been told to send its webhooks.
    webhook_url: str = ""
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    # Why the provider no longer lets us act for the account (a ConnectionProblem), and since when; empty: all is well.
    problem: str = ""
    problem_at: datetime | None = None


class Receivable(Aggregate, Base, table=True):
    """Money owed for one document. The figures are those of rules.standing over the ledger."""

    __table_args__ = (
        UniqueConstraint("merchant_id", "document_id"),
        index("receivable_live", "merchant_id", "id", where="state NOT IN ('paid', 'cancelled', 'credit', 'settled')"),
        index("receivable_credited", "merchant_id", where="credit_notes <> '[]'"),
        index("receivable_repeats", "merchant_id", where="repeats_document_ids <> '[]'"),
        # As payers write it: only its letters and digits.
        index("receivable_plain_number", "merchant_id", "regexp_replace(upper(document_number), '[^A-Z0-9]', '', 'g')"),
    )
    document_id: UUID
    document_number: str = ""
    document_type: str = "invoice"
    customer_id: UUID | None = None
    thread_id: str = ""
    currency: Annotated[str, Check("length({}) = 3")]
    # What the document asks for; due_minor is 0 once it is cancelled.
    asked_minor: Positive
    cancelled: bool = False
    due_date: date | None = None
    # Of a reminder: the invoices whose figures this repeats. They count there, and are paid there.
    repeats_document_ids: list[str] = json_column(list)
    # Credit notes for this document, in full: [{"document_id", "document_number", "amount_minor"}]
    credit_notes: list[dict[str, Any]] = json_column(list)
    # What of them reduces what is owed, in the same form.
    credits: list[dict[str, Any]] = json_column(list)
    # As the document grants and asks for them.
    asked_discounts: list[dict[str, Any]] = json_column(list)
    asked_instalments: list[dict[str, Any]] = json_column(list)
    payment_reference: str = ""
    payment_means: str = ""
    # Whom and which account the document names; empty: the merchant and theirs.
    payee_name: str = ""
    account_holder: str = ""
    iban: str = ""
    bic: str = ""

    due_minor: NotNegative = 0
    pending_minor: NotNegative = 0
    paid_minor: NotNegative = 0
    refunded_minor: NotNegative = 0
    discount_minor: NotNegative = 0
    open_minor: NotNegative = 0
    overpaid_minor: NotNegative = 0
    # Of a credit note: what it gives, what of that reduces invoices, and what is left after that and pay-outs.
    credit_minor: NotNegative = 0
    offset_minor: NotNegative = 0
    credit_left_minor: NotNegative = 0
    # Those that can still be earned, each with what is then left to pay.
    cash_discounts: list[dict[str, Any]] = json_column(list)
    # Those that are not paid yet: [{"due_date", "open_minor"}]
    instalments: list[dict[str, Any]] = json_column(list)
    # All but overdue, which a page makes of the day.
    state: Annotated[str, one_of(*(state for state in ReceivableState if state != ReceivableState.OVERDUE))] = (
        ReceivableState.OPEN
    )

    # The smallest part that the customer may pay through a provider; 0 where only all that is open can be paid.
    partial_minimum_minor: NotNegative = 0
    # [{"code", "provider"}]; computed for the merchant's offer with this digest.
    methods: list[dict[str, str]] = json_column(list)
    offer: str = ""
    paid_at: datetime | None = None
    last_method: str = ""
    last_failure: str = ""
    expected_on: date | None = None
    checkout_open: bool = False
    # The live checkout charges a saved method, and the customer has to confirm that.
    confirmation_needed: bool = False


class Payment(Aggregate, Base, table=True):
    """One payment or attempt. What it is worth stands in the ledger; here stands what is known about it."""

    __table_args__ = (
        UniqueConstraint("merchant_id", "external_id"),
        index(
            # One payment at a provider may pay several receivables.
            "payment_provider_reference", "connection_id", "provider_reference", "receivable_id", unique=True,
            where="connection_id IS NOT NULL",
        ),
        index("payment_receivable", "receivable_id"),
    )  # fmt: skip
    receivable_id: UUID = Field(foreign_key="receivable.id")
    checkout_id: UUID | None = None
    connection_id: UUID | None = None
    amount_minor: Positive
    currency: str
    state: Annotated[str, one_of(*PaymentState)]
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
    charged_at: datetime
    created_at: datetime
    settled_at: datetime | None = None
    # What the provider keeps and what it pays out; None until it says so. `payout_id`: the provider's payout.
    fee_minor: int | None = None
    net_minor: int | None = None
    payout_id: str = ""
    # What went back or goes back, as the contract's Refund has it; written with each change of a Refund's row.
    refunds: list[dict[str, Any]] = json_column(list)
    # What of it can still be given back, and what the provider has taken back while it is disputed.
    left_minor: NotNegative = 0
    disputed_minor: NotNegative = 0
    booked_by: str = ""
    # Why staff took a booking back, and who did.
    reason: str = ""
    cancelled_by: str = ""
    # The saved method that was charged while the customer was not there.
    saved_method_id: UUID | None = None
    # The provider's payment that this booking speaks of.
    matched_to: UUID | None = None


class Booking(Tenant, Base, table=True):
    """The ledger. Rows are only ever added."""

    __table_args__ = (
        index("booking_receivable", "receivable_id"),
        index("booking_once", "payment_id", "cause", "bucket", where="refund_id IS NULL", unique=True),
        index("booking_once_per_refund", "refund_id", "cause", "bucket", where="refund_id IS NOT NULL", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True, sa_column_args=[Identity(always=True)])
    receivable_id: UUID = Field(foreign_key="receivable.id")
    payment_id: UUID = Field(foreign_key="payment.id")
    refund_id: UUID | None = None
    bucket: Annotated[str, one_of("pending", "paid", "refunding", "refunded")]
    amount_minor: Annotated[int, Check("{} <> 0")]
    cause: str
    booked_at: datetime


class Checkout(Tenant, Base, table=True):
    """The intent to let a customer pay at a provider; written before the provider is called."""

    __table_args__ = (
        UniqueConstraint("connection_id", "provider_id"),
        index("checkout_to_ask", "ask_at", where="ask_at IS NOT NULL"),
        index(
            "checkout_payable", "connection_id", where="state IN ('creating', 'open', 'requires_action', 'approved')"
        ),
    )
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    connection_id: UUID = Field(foreign_key="connection.id")
    provider: str
    method: str
    amount_minor: Positive
    currency: str
    # creating (outcome unknown), open, requires_action (the customer is to confirm), approved (to be captured),
    # ending (to be expired): live; completed, expired, cancelled, failed: over
    state: Annotated[
        str,
        one_of(
            "creating", "open", "requires_action", "approved", "ending", "completed", "expired", "cancelled", "failed"
        ),
    ] = "creating"
    # The method that is charged with it while the customer is not there; none where the customer pays on the provider's page.
    saved_method_id: UUID | None = None
    # What the provider is told besides.
    request: dict[str, Any] = json_column(dict)
    provider_id: str | None = None
    redirect_url: str | None = None
    created_by: str = ""
    # The business date on which this amount was offered.
    offered_on: date
    created_at: datetime
    expires_at: datetime | None = None
    # When the job asks the provider next; None when nothing more is to be learned.
    ask_at: datetime | None = None
    asked: int = 0


class CheckoutPart(Tenant, Base, table=True):
    """What a checkout pays of one receivable; the parts add up to its amount."""

    __table_args__ = (index("checkout_part_one_live", "receivable_id", unique=True, where="live"),)
    checkout_id: UUID = Field(primary_key=True, foreign_key="checkout.id")
    receivable_id: UUID = Field(primary_key=True, foreign_key="receivable.id")
    document_id: UUID
    amount_minor: Positive
    # The payer chose to pay less than all of it.
    partial: bool = False
    # Whether the checkout is live, so that the index allows one per receivable; a trigger keeps it in step.
    live: bool = True


class Refund(Tenant, Base, table=True):
    """Money to be given back: written with the reason for it, carried out at the provider by a job. Of a booking that went
    through no provider staff have given it back themselves."""

    __table_args__ = (
        index("refund_to_try", "try_at", where="try_at IS NOT NULL"),
        index("refund_receivable", "receivable_id"),
        index("refund_provider_reference", "merchant_id", "provider_reference", where="provider_reference <> ''"),
    )
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    receivable_id: UUID = Field(foreign_key="receivable.id")
    payment_id: UUID = Field(foreign_key="payment.id")
    amount_minor: Positive
    state: Annotated[str, one_of("requested", "succeeded", "failed")] = "requested"
    # A RefundReason, and what staff wrote for the customer besides.
    reason: str = ""
    note: str = ""
    requested_by: str = ""
    # Whether a credit note is to go with it, and once it has succeeded: over how much.
    credit_note: bool = False
    credit_minor: NotNegative = 0
    provider_reference: str = ""
    created_at: datetime
    ended_at: datetime | None = None
    try_at: datetime | None = None
    attempts: int = 0
    error: str = ""


class IncomingPayment(Aggregate, Base, table=True):
    """A payment booked in another system; parked while its document is unknown."""

    __table_args__ = (
        UniqueConstraint("merchant_id", "external_id"),
        index(
            "incoming_payment_parked", "merchant_id", "document_number", "document_external_id",
            where="state = 'parked'",
        ),
        index("incoming_payment_answers", "merchant_id", where="answer_pending"),
    )  # fmt: skip
    external_id: str
    fingerprint: str
    document_number: str = ""
    document_external_id: str = ""
    # As it was sent, a decimal: without the document its currency's meaning is only checked, not applied.
    amount_minor: Positive
    currency: str
    paid_on: date
    method: str = ""
    reference: str = ""
    state: Annotated[str, one_of(*IncomingPaymentState)] = IncomingPaymentState.PARKED
    # It did not find its document at once: only then are others told of it.
    waited: bool = False
    # An IncomingPaymentError, and what staff wrote.
    error: str = ""
    reason: str = ""
    payment_id: UUID | None = None
    received_at: datetime
    received_from: str = ""
    # Of the message on the bus. `answer_pending`: its sender is still to be told there that it was refused.
    message_id: str = ""
    answer_pending: bool = False

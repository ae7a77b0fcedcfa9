"""The tables of the documents service."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ARRAY, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from kontor_service.ids import uuid7
from kontor_service.models import Aggregate, CopyRow, Tenant, index, json_column, one_of, table_base
from kontor_service.schema import declare, declare_lister

Base = table_base("documents")
declare_lister(Base, "merchants_with_documents", "submission")
declare_lister(Base, "merchants_with_standing_documents", "standing_document")
declare_lister(Base, "merchants_to_settle", "to_settle", "try_at <= now()")
declare(Base, "CREATE POLICY lookup ON customer FOR SELECT TO CURRENT_USER USING (true)")
declare_lister(
    Base, "merchants_with_missed_customers", "document",
    """state = 'waiting' AND customer_id IS NULL AND EXISTS (
        SELECT FROM customer WHERE NOT customer.deleted
        AND (customer.merchant_id, customer.number) = (document.merchant_id, document.customer_number))""",
)  # fmt: skip
declare_lister(
    Base, "merchants_with_past_quotes", "document",
    "type = 'quote' AND state = 'shared' AND outcome IN ('', 'promised') AND valid_until < day", arguments="day date",
)  # fmt: skip
declare_lister(
    Base,
    "merchants_with_unfinished_quotes",
    "document",
    """outcome = 'accepted' AND state = 'shared' AND (order_confirmation_id IS NULL OR NOT evidence_attached)
        AND (finish_after IS NULL OR finish_after <= now())""",
)
declare_lister(Base, "merchants_by_slug", "merchant", "slug = wanted", arguments="wanted text")


class Merchant(Tenant, Base, table=True):
    """A copy of the merchant, `state` as identity's message."""

    __table_args__ = (index("merchant_by_slug", "slug"),)
    merchant_id: UUID = Field(primary_key=True)
    epoch: int
    version: int
    slug: str
    state: bytes


class Customer(CopyRow, Base, table=True):
    """A copy of the customer, `state` as identity's message; the other columns find a document's customer."""

    __table_args__ = (
        index("customer_by_number", "merchant_id", "number", where="NOT deleted", unique=True),
        index("customer_by_vat_id", "merchant_id", "vat_id", where="vat_id <> '' AND NOT deleted"),
        index("customer_by_email", "emails", postgresql_using="gin"),
    )
    deleted: bool
    number: str
    vat_id: str
    emails: list[str] = Field(sa_type=ARRAY(Text))
    name: str
    state: bytes


class StaffMember(CopyRow, Base, table=True):
    """A copy of who works for the merchant, as far as customers may see."""

    __table_args__ = (index("staff_member_by_email", "merchant_id", "email"),)
    deleted: bool
    name: str
    email: str
    phone: str
    function: str
    team: str
    picture_sha256: str
    active: bool


class Submission(Aggregate, Base, table=True):
    """Something handed in at a door, kept as it came, and what became of it."""

    __table_args__ = (index("submission_by_merchant", "merchant_id", "id DESC"),)
    status: Annotated[str, one_of("processed", "rejected")] = "processed"
    source: str
    submitted_by: str
    file_name: str = ""
    media_type: str = ""
    file_sha256: str | None = None
    data_sha256: str | None = None
    document_id: UUID | None = None
    # The problem it was rejected with, as RFC 9457 members.
    error: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    # Its document had another content before.
    replaced: bool = False
    received_at: datetime


class Document(Aggregate, Base, table=True):
    """A document: amounts are minor units of `currency`, dates are business dates of the merchant.

    `facts` are what the bus carries of it besides columns; `issues` what stands against its release.
    """

    __table_args__ = (
        index("document_by_external_id", "merchant_id", "external_id", unique=True),
        index(
            "document_by_number", "merchant_id", "type", "number", unique=True,
            where="number <> '' AND state IN ('waiting', 'shared')",
        ),
        # Also of those that no longer stand: a number once used is not given again.
        index("document_by_used_number", "merchant_id", "type", "number"),
        index("document_by_customer_number", "merchant_id", "customer_number"),
        index("document_by_content", "merchant_id", "content_sha256"),
        index("document_waiting", "merchant_id", "id", where="state = 'waiting'"),
        index("document_by_thread", "merchant_id", "thread_id"),
        index(
            "document_unfinished", "merchant_id", where="outcome = 'accepted' AND (order_confirmation_id IS NULL OR NOT evidence_attached)",
        ),
        index(
            "document_undecided", "merchant_id", "valid_until",
            where="type = 'quote' AND state = 'shared' AND outcome IN ('', 'promised')",
        ),
        index("document_by_customer", "merchant_id", "customer_id"),
    )  # fmt: skip
    type: str
    number: str
    external_id: str
    title: str = ""
    state: Annotated[str, one_of("waiting", "shared", "withdrawn", "cancelled")] = "waiting"
    source: str
    # What was handed in: the same bytes again are the same document.
    source_sha256: str
    # Kontor makes the PDF; otherwise it was supplied and is kept byte for byte.
    rendered: bool
    # Kontor issues it when the merchant and the customer are known: until then it has no files.
    draft: bool = False
    # It has been looked at for release since it came in.
    settled: bool = False
    # What it lacked when it came in is made: its PDF, its e-invoice.
    produced: bool = False
    customer_id: UUID | None = None
    customer_number: str
    suggested_customer_id: UUID | None = None
    buyer_name: str
    thread_id: UUID
    issue_date: date
    due_date: date | None = None
    valid_until: date | None = None
    currency: str
    net_minor: int
    tax_minor: int
    gross_minor: int
    prepaid_minor: int
    amount_due_minor: int
    content_sha256: str
    report_sha256: str | None = None
    # How a quote was decided; empty while it is open.
    outcome: Annotated[str, one_of("", "promised", "accepted", "declined", "expired", "superseded")] = ""
    revision: int = 1
    # As the contract's messages of these names.
    decision: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    selection: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    order_confirmation_id: UUID | None = None
    # The page that shows how it was accepted is among its files.
    evidence_attached: bool = False
    # An accepted quote that could not be confirmed is tried again from then on.
    finish_after: datetime | None = None
    # What a promised quote asks for.
    asked_minor: int = 0
    # What its customer asked for and staff have not answered: kind, text, at, actor.
    request: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    # What its customer or staff look for in its history (moments.py).
    moments: list[dict[str, Any]] = json_column(list)
    facts: dict[str, Any] = json_column(dict)
    issues: list[dict[str, Any]] = json_column(list)
    received_at: datetime
    shared_at: datetime | None = None
    first_opened_at: datetime | None = None
    closed_at: datetime | None = None


class DocumentReference(Tenant, Base, table=True):
    """The number of another document that a document names, e.g. of its order."""

    __table_args__ = (index("document_reference_by_number", "merchant_id", "number"),)

    document_id: UUID = Field(primary_key=True, foreign_key="document.id", ondelete="CASCADE")
    kind: str = Field(primary_key=True)
    number: str = Field(primary_key=True)


class DocumentFile(Tenant, Base, table=True):
    """A file of a document: its PDF, its e-invoice, or an attachment. The bytes are in file storage."""

    __table_args__ = (
        index("document_file_by_document", "document_id", "position"),
        index("document_file_by_hash", "merchant_id", "sha256"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    document_id: UUID = Field(foreign_key="document.id", ondelete="CASCADE")
    position: int
    name: str
    media_type: str
    sha256: str
    size: int
    role: Annotated[str, one_of("pdf", "xml", "xrechnung", "en16931", "attachment", "evidence")]
    private: bool = False


class HistoryEntry(Tenant, Base, table=True):
    """One thing that happened to a document. Append-only; `sha256` covers the entry before."""

    document_id: UUID = Field(primary_key=True, foreign_key="document.id")
    number: int = Field(primary_key=True)
    fact: str
    at: datetime
    actor: str
    # With the salt gone, the hash no longer tells who it was, and the chain still holds.
    actor_salt: str
    actor_sha256: str
    detail: dict[str, Any] = json_column(dict)
    previous_sha256: str
    sha256: str


class DocumentRevision(Tenant, Base, table=True):
    """What a quote said before it was amended. Its content stays in file storage, and so does its PDF."""

    __table_args__ = (index("document_revision_by_content", "merchant_id", "content_sha256"),)
    document_id: UUID = Field(primary_key=True, foreign_key="document.id")
    revision: int = Field(primary_key=True)
    content_sha256: str
    pdf_sha256: str | None = None
    replaced_at: datetime


class AcceptanceEvidence(Tenant, Base, table=True):
    """What is kept of one acceptance, and never changed or deleted: who, when, from where, of what, and how it was signed."""

    document_id: UUID = Field(primary_key=True, foreign_key="document.id")
    # 1, and one more where an acceptance was not paid for and came to nothing.
    number: int = Field(primary_key=True)
    at: datetime
    # Everything but the signature.
    record: dict[str, Any] = json_column(dict)
    # {kind: typed | drawn, text, strokes}: only here, never in logs, history or on the bus.
    signature: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    # Over both.
    sha256: str


class NumberRange(Tenant, Base, table=True):
    """The last number given to a document of a type in a year."""

    merchant_id: UUID = Field(primary_key=True)
    type: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class ToSettle(Tenant, Base, table=True):
    """A waiting document that something has changed around, until it has been looked at again."""

    document_id: UUID = Field(primary_key=True)
    try_at: datetime


class StandingDocument(Aggregate, Base, table=True):
    """A text that goes along with documents of some types, in one language; what it says is in its versions."""

    language: Annotated[str, one_of("de", "en")]
    document_types: list[str] = Field(sa_type=ARRAY(Text))
    position: int = 0
    active: bool = True
    deleted: bool = False


class StandingDocumentVersion(Tenant, Base, table=True):
    """A standing document from one change until the next. Rows are only added: customers keep the version they got."""

    __table_args__ = (
        UniqueConstraint("standing_document_id", "number"),
        index("standing_document_version_by_merchant", "merchant_id"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    standing_document_id: UUID = Field(foreign_key="standing_document.id")
    number: int
    title: str
    kind: Annotated[str, one_of("terms", "withdrawal", "warranty", "other")]
    language: str
    # The customer has to agree to it to accept a quote, with this sentence.
    consent: bool
    sentence: str = ""
    name: str
    media_type: Annotated[str, one_of("application/pdf", "text/plain")]
    sha256: str
    size: int
    valid_from: datetime


class QuoteTemplate(Tenant, Base, table=True):
    """What staff begin a quote with: lines, texts and how it is accepted, under a name."""

    __table_args__ = (index("quote_template_by_name", "merchant_id", "lower(name)", unique=True),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    name: str
    valid_days: int
    # As quote_templates/inputs.py has it: TemplateData.
    data: dict[str, Any] = json_column(dict)
    created_at: datetime

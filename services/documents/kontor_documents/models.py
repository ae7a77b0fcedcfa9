"""The tables of the documents service. Copies of merchants and customers are read in copies/."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from kontor_service.ids import uuid7
from kontor_service.models import Aggregate, Tenant, json_column, table_base, utc_column

Base = table_base("documents")


class Submission(Aggregate, Base, table=True):
    """Something handed in at a door, kept as it came, on its way to being a document."""

    __tablename__ = "submission"

    status: str = "accepted"
    source: str
    submitted_by: str
    file_name: str = ""
    media_type: str = ""
    file_sha256: str | None = None
    data_sha256: str | None = None
    document_id: UUID | None = None
    # The problem it was rejected with, as RFC 9457 members.
    error: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    # The customer number without which the document cannot be made yet.
    parked_for: str | None = None
    received_at: datetime = utc_column()


class Document(Aggregate, Base, table=True):
    """A document: amounts are minor units of `currency`, dates are business dates of the merchant.

    `facts` are what the bus carries of it besides columns; `issues` what stands against its release.
    """

    __tablename__ = "document"

    type: str
    number: str
    external_id: str
    title: str = ""
    state: str = "waiting"
    source: str
    source_sha256: str
    # Kontor makes the PDF; otherwise it was supplied and is kept byte for byte.
    rendered: bool
    # Its files are made and it has been looked at for release since it came in.
    settled: bool = False
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
    facts: dict[str, Any] = json_column(dict)
    issues: list[dict[str, Any]] = json_column(list)
    received_at: datetime = utc_column()
    shared_at: datetime | None = utc_column(nullable=True)
    first_opened_at: datetime | None = utc_column(nullable=True)
    closed_at: datetime | None = utc_column(nullable=True)


class DocumentFile(Tenant, Base, table=True):
    """A file of a document: its PDF, its e-invoice, or an attachment. The bytes are in file storage."""

    __tablename__ = "document_file"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    document_id: UUID
    position: int
    name: str
    media_type: str
    sha256: str
    size: int
    role: str
    private: bool = False


class HistoryEntry(Tenant, Base, table=True):
    """One thing that happened to a document. Append-only; `sha256` covers the entry before."""

    __tablename__ = "history_entry"

    document_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    fact: str
    at: datetime = utc_column()
    actor: str
    actor_salt: str
    actor_sha256: str
    detail: dict[str, Any] = json_column(dict)
    previous_sha256: str
    sha256: str

"""Identity's tables. Every one that belongs to a merchant is under forced row-level security."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from kontor_service.ids import uuid7
from kontor_service.models import Aggregate, Tenant, json_column, table_base, utc_column

Base = table_base("identity")


class Merchant(Aggregate, Base, table=True):
    """A merchant and its settings; `id` and `merchant_id` are the same."""

    name: str
    slug: str
    logo_sha256: str = ""
    logo_media_type: str = ""
    logo_shown: bool = True
    accent_color: str = "#1f5f8b"
    contact_email: str = ""
    contact_phone: str = ""
    portal_enabled: bool = True
    document_types: list[dict[str, Any]] = json_column(list)
    automatic_release: bool = False
    mail_attaches_files: bool = False
    portal_access_default: bool = True
    language: str = "de"
    time_zone: str = "Europe/Berlin"
    address: dict[str, Any] = json_column(dict)
    vat_id: str = ""
    tax_number: str = ""
    register_entry: str = ""
    iban: str = ""
    bic: str = ""
    account_holder: str = ""
    mail_from_name: str = ""
    mail_reply_to: str = ""
    password_reset_enabled: bool = True
    payments_enabled: bool = True
    legal_form_note: str = ""
    footer_links: list[dict[str, Any]] = json_column(list)
    created_at: datetime = utc_column()


class Logo(Tenant, Base, table=True):
    """Every logo a merchant ever had: mails that went out go on showing theirs."""

    merchant_id: UUID = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    media_type: str
    created_at: datetime = utc_column()


class Staff(Tenant, Base, table=True):
    """A person who works for the merchant. The address is unique across merchants: logging in needs no more."""

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    email: str
    name: str
    role: str
    language: str = "de"
    # argon2id; None until the person has chosen a password.
    password_hash: str | None = None
    active: bool = True
    created_at: datetime = utc_column()
    last_seen_at: datetime | None = utc_column(nullable=True)


class Customer(Aggregate, Base, table=True):
    number: str
    name: str
    kind: str = "business"
    address: dict[str, Any] = json_column(dict)
    email: str = ""
    phone: str = ""
    vat_id: str = ""
    language: str = "de"
    portal_access: str = "default"
    mail_mode: str = "default"
    created_at: datetime = utc_column()


class CustomerNumber(Tenant, Base, table=True):
    """A number that a customer has, or had: nobody else gets it."""

    __tablename__ = "customer_number"

    merchant_id: UUID = Field(primary_key=True)
    number: str = Field(primary_key=True)
    customer_id: UUID


class Contact(Tenant, Base, table=True):
    """A contact person, and the grant: `user_id` with access "active" lets that login see the customer.

    Several contacts may name one user: one login, several customers.
    """

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    customer_id: UUID
    name: str
    function: str = ""
    email: str = ""
    phone: str = ""
    language: str = "de"
    gets_quotes: bool = True
    gets_invoices: bool = True
    gets_reminders: bool = True
    access: str = "none"
    user_id: UUID | None = None
    invited_at: datetime | None = utc_column(nullable=True)
    last_seen_at: datetime | None = utc_column(nullable=True)
    created_at: datetime = utc_column()


class PortalUser(Tenant, Base, table=True):
    """A login to one merchant's portal."""

    __tablename__ = "portal_user"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    email: str
    name: str
    language: str = "de"
    password_hash: str
    created_at: datetime = utc_column()


class Invitation(Tenant, Base, table=True):
    """An invitation to a contact person; its link is derived from the id, single use."""

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    customer_id: UUID
    contact_id: UUID
    email: str
    created_at: datetime = utc_column()
    expires_at: datetime = utc_column()
    used_at: datetime | None = utc_column(nullable=True)
    revoked_at: datetime | None = utc_column(nullable=True)


class Link(Aggregate, Base, table=True):
    """A secret link of a customer or of one document; with a contact it dies when that person's access is revoked."""

    customer_id: UUID
    document_id: UUID | None = None
    contact_id: UUID | None = None
    generation: int = 1
    revoked_at: datetime | None = utc_column(nullable=True)
    created_at: datetime = utc_column()
    expires_at: datetime = utc_column()
    last_used_at: datetime | None = utc_column(nullable=True)

    @property
    def revoked(self) -> bool:
        return self.revoked_at is not None


class ThingLink(Tenant, Base, table=True):
    """A secret link to a thing of another owner, e.g. meters.meter:<uuid>; what that is, identity does not know."""

    __tablename__ = "thing_link"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    thing: str
    generation: int = 1
    created_at: datetime = utc_column()
    expires_at: datetime = utc_column()
    revoked_at: datetime | None = utc_column(nullable=True)


class LoginSession(Aggregate, Base, table=True):
    """A session; the cookie's value is known by its hash only. Its version grows when what it may do changes."""

    __tablename__ = "session"

    hash: str
    kind: str
    email: str = ""
    staff_id: UUID | None = None
    user_id: UUID | None = None
    contact_id: UUID | None = None
    customer_id: UUID | None = None
    document_id: UUID | None = None
    link_id: UUID | None = None
    link_generation: int | None = None
    ip: str = ""
    created_at: datetime = utc_column()
    expires_at: datetime = utc_column()
    revoked_at: datetime | None = utc_column(nullable=True)
    # The version that the edge has confirmed.
    pushed_version: int = 1


class Challenge(Aggregate, Base, table=True):
    """A one-time secret on its way by mail. It is derived when the mail goes out, and never stored."""

    kind: str
    email: str
    name: str = ""
    language: str = "de"
    staff_id: UUID | None = None
    user_id: UUID | None = None
    contact_id: UUID | None = None
    customer_id: UUID | None = None
    document_id: UUID | None = None
    link_id: UUID | None = None
    # The key a code was derived with: eight digits cannot carry it themselves.
    key_id: str
    attempts: int = 0
    created_at: datetime = utc_column()
    expires_at: datetime = utc_column()
    used_at: datetime | None = utc_column(nullable=True)


class ApiKey(Aggregate, Base, table=True):
    __tablename__ = "api_key"

    name: str
    prefix: str
    hash: str
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    created_by: str = ""
    created_at: datetime = utc_column()
    revoked_at: datetime | None = utc_column(nullable=True)

    @property
    def revoked(self) -> bool:
        return self.revoked_at is not None

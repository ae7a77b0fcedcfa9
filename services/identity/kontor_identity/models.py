"""Identity's tables. Every one that belongs to a merchant is under forced row-level security."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field

from kontor.identity.v1.identity_pb2_codes import CustomerRole
from kontor_identity.system_time import now
from kontor_service.ids import uuid7
from kontor_service.models import Aggregate, Check, Tenant, index, json_column, one_of, table_base
from kontor_service.schema import declare_lister

Base = table_base("identity")
declare_lister(Base, "merchants", "merchant")
declare_lister(Base, "merchants_with_sessions_to_push", "session", "pushed_version < version")


class Owned(Tenant):
    """A row of a merchant that must exist."""

    merchant_id: UUID = Field(foreign_key="merchant.id")


class Merchant(Aggregate, Base, table=True):
    """A merchant and its settings; `id` and `merchant_id` are the same."""

    __table_args__ = (UniqueConstraint("slug", name="uq_merchant_slug"),)
    merchant_id: Annotated[UUID, Check("{} = id")]
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
    further_ibans: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    mail_from_name: str = ""
    mail_reply_to: str = ""
    password_reset_enabled: bool = True
    payments_enabled: bool = False
    legal_form_note: str = ""
    trading_names: str = ""
    payment_days: int = 0
    discount_days: int = 0
    discount_percent: str = ""
    decline_reasons: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    expiry_reminder_days: int = 3
    document_view: Annotated[str, one_of("data", "pdf")] = "data"
    texts_reviewed_on: date | None = None
    receipt_cashier: Annotated[str, one_of("name", "reference")] = "name"
    footer_links: list[dict[str, Any]] = json_column(list)
    created_at: datetime


class Logo(Tenant, Base, table=True):
    """Every logo a merchant ever had: mails that went out go on showing theirs."""

    __table_args__ = (index("ix_logo_sha256", "sha256"),)
    merchant_id: UUID = Field(primary_key=True, foreign_key="merchant.id")
    sha256: str = Field(primary_key=True)
    media_type: str
    created_at: datetime


class Staff(Owned, Aggregate, Base, table=True):
    """A person who works for the merchant. Who works for several has a row and a password at each: no merchant learns of
    another."""

    __table_args__ = (
        # Who logs in says an address and no merchant.
        UniqueConstraint("email", "merchant_id", name="uq_staff_email"),
        index("ix_staff_merchant_id", "merchant_id"),
    )
    email: str
    name: str
    # What customers see of who answers for their document.
    phone: str = ""
    function: str = ""
    team: str = ""
    picture_sha256: str = ""
    role: Annotated[str, one_of("owner", "sales", "accounting", "support", "read_only")]
    language: str = "de"
    # argon2id; None until the person has chosen a password.
    password_hash: str | None = None
    active: bool = True
    created_at: datetime
    last_seen_at: datetime | None = None


class Customer(Owned, Aggregate, Base, table=True):
    __table_args__ = (
        UniqueConstraint("merchant_id", "number", name="uq_customer_number"),
        index("ix_customer_email", "merchant_id", "email"),
    )
    number: str
    name: str
    kind: Annotated[str, one_of("business", "consumer")] = "business"
    address: dict[str, Any] = json_column(dict)
    email: str = ""
    phone: str = ""
    vat_id: str = ""
    language: str = "de"
    roles: list[str] = Field(default_factory=lambda: [str(CustomerRole.CUSTOMER)], sa_type=ARRAY(Text))
    portal_access: Annotated[str, one_of("default", "on", "off")] = "default"
    mail_mode: Annotated[str, one_of("default", "link", "link_and_files")] = "default"
    created_at: datetime


class CustomerNumber(Tenant, Base, table=True):
    """A number that a customer has, or had: nobody else gets it."""

    merchant_id: UUID = Field(primary_key=True, foreign_key="merchant.id")
    number: str = Field(primary_key=True)
    customer_id: UUID = Field(foreign_key="customer.id")


class Contact(Owned, Base, table=True):
    """A contact person, and the grant: `user_id` with access "active" lets that login see the customer.

    Several contacts may name one user: one login, several customers.
    """

    __table_args__ = (
        CheckConstraint("access <> 'active' OR user_id IS NOT NULL", name="active"),
        index("ix_contact_customer_id", "customer_id"),
        index("ix_contact_user_id", "user_id", where="user_id IS NOT NULL"),
        index("ix_contact_email", "merchant_id", "email"),
        index("uq_contact_email", "customer_id", "email", where="email <> ''", unique=True),
    )
    id: UUID = Field(default_factory=uuid7, primary_key=True)
    customer_id: UUID = Field(foreign_key="customer.id")
    name: str
    function: str = ""
    email: str = ""
    phone: str = ""
    language: str = "de"
    gets_quotes: bool = True
    gets_invoices: bool = True
    gets_reminders: bool = True
    may_accept: bool = True
    # The types this person sees; none: all.
    document_types: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    access: Annotated[str, one_of("none", "invited", "active", "revoked")] = "none"
    user_id: UUID | None = Field(default=None, foreign_key="portal_user.id")
    invited_at: datetime | None = None
    last_seen_at: datetime | None = None
    created_at: datetime


class PortalUser(Owned, Base, table=True):
    """A login to one merchant's portal."""

    __table_args__ = (UniqueConstraint("merchant_id", "email"),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    email: str
    name: str
    language: str = "de"
    password_hash: str
    created_at: datetime


class Link(Owned, Aggregate, Base, table=True):
    """A secret link of a customer or of one document; with a contact it dies when that person's access is revoked."""

    __table_args__ = (
        # One link per place and person, however many ask for it at once.
        UniqueConstraint(
            "customer_id", "document_id", "contact_id", name="uq_link_target", postgresql_nulls_not_distinct=True
        ),
        index("ix_link_merchant_id", "merchant_id"),
    )
    customer_id: UUID = Field(foreign_key="customer.id")
    document_id: UUID | None = None
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    generation: int = 1
    revoked_at: datetime | None = None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None

    @property
    def revoked(self) -> bool:
        return self.revoked_at is not None

    @property
    def expired(self) -> bool:
        return self.expires_at <= now()


class CapabilityLink(Owned, Base, table=True):
    """A secret link to a resource of another owner, e.g. meters.meter:<uuid>; what that is, identity does not know."""

    # One link per resource, however many ask for it at once.
    __table_args__ = (UniqueConstraint("merchant_id", "resource", name="uq_capability_link_resource"),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    resource: str
    generation: int = 1
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


class LoginSession(Owned, Aggregate, Base, table=True):
    """A session; the cookie's value is known by its hash only. Its version grows when what it may do changes."""

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("(kind IN ('staff', 'preview')) = (staff_id IS NOT NULL)", name="staff"),
        CheckConstraint("(kind = 'link') = (link_id IS NOT NULL)", name="link"),
        index("ix_session_merchant_id", "merchant_id"),
        index("ix_session_expires_at", "expires_at"),
        index("ix_session_to_push", "merchant_id", where="pushed_version < version"),
    )

    hash: str = Field(unique=True)
    kind: Annotated[str, one_of("portal", "link", "staff", "preview")]
    email: str = ""
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    user_id: UUID | None = Field(default=None, foreign_key="portal_user.id")
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id")
    document_id: UUID | None = None
    link_id: UUID | None = Field(default=None, foreign_key="link.id")
    link_generation: int | None = None
    ip: str = ""
    created_at: datetime
    # When its person last confirmed it with the password.
    confirmed_at: datetime | None = None
    # When its person was last seen; the edge says so about once per quarter of the idle time.
    seen_at: datetime
    # Its end, however much it is used.
    ends_at: datetime
    # The earlier of that end and the one for want of use.
    expires_at: datetime
    revoked_at: datetime | None = None
    # The version that the edge has confirmed.
    pushed_version: int = 1


class Challenge(Owned, Aggregate, Base, table=True):
    """A one-time secret on its way by mail. It is derived when the mail goes out, and never stored."""

    __table_args__ = (
        index("ix_challenge_expires_at", "expires_at"),
        index("ix_challenge_contact_id", "contact_id", where="used_at IS NULL"),
    )
    kind: Annotated[str, one_of("password_reset", "login_code", "document_link", "invitation", "preview")]
    email: str
    name: str = ""
    language: str = "de"
    staff_id: UUID | None = Field(default=None, foreign_key="staff.id")
    user_id: UUID | None = Field(default=None, foreign_key="portal_user.id")
    contact_id: UUID | None = Field(default=None, foreign_key="contact.id")
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id")
    document_id: UUID | None = None
    link_id: UUID | None = Field(default=None, foreign_key="link.id")
    # The key a code was derived with: eight digits cannot carry it themselves.
    key_id: str
    attempts: int = 0
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class ApiKey(Owned, Aggregate, Base, table=True):
    __table_args__ = (index("ix_api_key_merchant_id", "merchant_id"),)

    name: str
    prefix: str
    hash: str = Field(unique=True)
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    created_by: str = ""
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def revoked(self) -> bool:
        return self.revoked_at is not None


class SecurityEvent(Owned, Aggregate, Base, table=True):
    """What stands in the security log."""

    __table_args__ = (index("ix_security_event_merchant_id", "merchant_id", "id"),)

    kind: str
    at: datetime
    actor: str = ""
    about: str = ""
    ip: str = ""


class ServerKey(Base, table=True):  # type: ignore[call-arg]
    """A secret that the platform made for itself."""

    name: str = Field(primary_key=True)
    secret: str


class RateLimit(Base, table=True):  # type: ignore[call-arg]
    """A token bucket. A crash may forget it: that costs an attacker's patience, not a promise."""

    __table_args__ = ({"prefixes": ["UNLOGGED"]},)

    key: str = Field(primary_key=True)
    tokens: float
    updated_at: datetime

"""The tables of notifications. Copies of other owners' state are in copies/models.py."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ARRAY, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from kontor_service.models import Aggregate, Tenant, index, json_column, one_of, table_base
from kontor_service.schema import declare_lister

Base = table_base("notifications")
_DUE = "state = 'queued' AND next_attempt_at <= now()"
declare_lister(Base, "merchants_with_due_mails", "mail", _DUE)
declare_lister(Base, "merchants_with_urgent_mails", "mail", f"{_DUE} AND lane = 0")
OLD_BODY = "created_at < now() - interval '14 days'"
declare_lister(Base, "merchants_with_old_bodies", "mail_body", OLD_BODY)
declare_lister(Base, "merchants", "merchant_copy")


class Mail(Aggregate, Base, table=True):
    """A mail on its way or in the log. What it says is made when it is sent."""

    __table_args__ = (
        index("mail_log", "merchant_id", "created_at DESC"),
        index("mail_due", "lane", "next_attempt_at", where="state = 'queued'"),
        # One open envelope per recipient: what is released meanwhile is put into it (INSERT … ON CONFLICT).
        index(
            "mail_collecting", "merchant_id", "customer_id", "recipient", unique=True,
            where="collecting AND state = 'queued'",
        ),
    )  # fmt: skip
    # The name of a MailKind; its text depends on the documents too.
    kind: str
    recipient: str
    name: str = ""
    language: str
    customer_id: UUID | None = None
    contact_id: UUID | None = None
    document_ids: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    document_number: str = ""
    # An invitation's or challenge's id: its secret is fetched with it. Or a request's for readings, as its link.
    reference_id: UUID | None = None
    # What the mail's event said and no copy holds; the mail kind knows its fields.
    data: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    # Staff's own words for this one sending; emptied when it has gone out.
    own_subject: str = ""
    own_text: str = ""
    # Sent before lane 1: somebody is waiting for it.
    lane: int = 0
    # Takes in more documents for the same recipient until it is claimed.
    collecting: bool = False
    # The first sending went to the wrong address: links get a new generation before this one.
    renew_links: bool = False
    resend_of: UUID | None = None

    state: Annotated[str, one_of("queued", "sent", "failed", "bounced", "suppressed")] = "queued"
    attempts: int = 0
    # A MailError and what fills its words.
    error: str = ""
    error_params: dict[str, str] = json_column(dict)
    subject: str = ""
    message_id: str = Field(unique=True)
    created_at: datetime
    # Not before; a claimed mail is left alone until then.
    next_attempt_at: datetime
    expires_at: datetime | None = None
    sent_at: datetime | None = None


class MailBody(Tenant, Base, table=True):
    """What a mail said when it went out, for staff to read for two weeks. Its links and codes are hidden."""

    __table_args__ = (index("mail_body_age", "created_at"),)
    merchant_id: UUID = Field(primary_key=True)
    mail_id: UUID = Field(primary_key=True)
    text: str
    html: str
    created_at: datetime


class Template(Tenant, Base, table=True):
    """The merchant's words for one kind of mail in one language, in the place of the default."""

    merchant_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    language: Annotated[str, one_of("de", "en")] = Field(primary_key=True)
    subject: str
    text: str


class FeedHead(Tenant, Base, table=True):
    """The position of the newest event in the merchant's feed; its lock puts them in order."""

    merchant_id: UUID = Field(primary_key=True)
    position: int


class FeedEvent(Tenant, Base, table=True):
    """An event as other systems read it."""

    __table_args__ = (UniqueConstraint("merchant_id", "id"),)
    merchant_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    id: UUID
    type: str
    time: datetime
    subject: str
    data: dict[str, Any] = json_column(dict)

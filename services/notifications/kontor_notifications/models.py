"""The tables of notifications. Copies of other owners' state are in copies/models.py."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, UniqueConstraint, Uuid
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
# Whose an incoming mail is: by the mail that it answers, or by the name in the address.
declare_lister(Base, "merchant_of_mail", "mail", "id = asked", arguments="asked uuid")
declare_lister(Base, "merchant_of_slug", "merchant_copy", "slug = asked AND NOT deleted", arguments="asked text")
declare_lister(
    Base, "merchants_with_incoming_mails", "incoming_mail", "state = 'received' AND next_attempt_at <= now()"
)
OLD_INCOMING_BODY = "settled_at < now() - interval '14 days'"
declare_lister(Base, "merchants_with_old_incoming_bodies", "incoming_body", OLD_INCOMING_BODY)


class Mail(Aggregate, Base, table=True):
    """A mail on its way or in the log. What it says is made when it is sent."""

    __table_args__ = (
        index("mail_log", "merchant_id", "created_at DESC"),
        index("mail_due", "lane", "next_attempt_at", where="state = 'queued'"),
        # One open envelope per recipient: what is released meanwhile is put into it (INSERT … ON CONFLICT).
        index(
            "mail_collecting", "merchant_id", "customer_id", "recipient", "collects", unique=True,
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
    # What it takes in: documents that are shared (empty), or what is written on one (its kind and the document's id).
    collects: str = ""
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


class IncomingMail(Aggregate, Base, table=True):
    """A mail that came in: on its way to become a comment, or a task for staff."""

    __table_args__ = (
        UniqueConstraint("merchant_id", "message_id"),
        index("incoming_mail_due", "next_attempt_at", where="state = 'received'"),
    )
    # The sender's own name for it; without one, a hash of the whole mail.
    message_id: str
    sender: str
    sender_name: str = ""
    subject: str = ""
    # Attached files, without pictures of the text.
    files: int = 0
    # The mail that it answers, and what that one was about.
    answers: UUID | None = None
    customer_id: UUID | None = None
    contact_id: UUID | None = None
    # The document whose comment it becomes; of an open one, what it may be about.
    document_id: UUID | None = None
    document_number: str = ""
    # received: becomes a comment by itself; open: staff decide; delivered: it is a comment; discarded.
    state: Annotated[str, one_of("received", "open", "delivered", "discarded")] = "received"
    # An IncomingReason, and what fills its words: why staff have to decide.
    reason: str = ""
    reason_params: dict[str, str] = json_column(dict)
    received_at: datetime
    attempts: int = 0
    # Not before; one that is being handed on is left alone until then.
    next_attempt_at: datetime
    # Who assigned or discarded it: staff:<id>
    settled_by: str = ""


class IncomingBody(Tenant, Base, table=True):
    """What an incoming mail said, without what it quotes, and with it. Kept until 14 days after the mail was dealt with."""

    __table_args__ = (index("incoming_body_age", "settled_at"),)
    merchant_id: UUID = Field(primary_key=True)
    incoming_mail_id: UUID = Field(primary_key=True)
    text: str
    whole_text: str
    settled_at: datetime | None = None


class IncomingFile(Tenant, Base, table=True):
    """A file that came with a mail, until its comment has it."""

    merchant_id: UUID = Field(primary_key=True)
    incoming_mail_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    name: str
    media_type: str
    content: bytes = Field(sa_type=LargeBinary)
    # As documents knows it, once it has it.
    uploaded_as: UUID | None = None


class Template(Tenant, Base, table=True):
    """The merchant's words for one kind of mail in one language, in the place of the default."""

    merchant_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    language: Annotated[str, one_of("de", "en")] = Field(primary_key=True)
    subject: str
    text: str


class TextBlock(Tenant, Base, table=True):
    """Further words of the merchant for one kind of mail in one language, under a name. The one that is `preferred` is used
    where staff choose none; without one it is the Template, or the default text."""

    __table_args__ = (
        UniqueConstraint("merchant_id", "kind", "language", "name"),
        index("text_block_preferred", "merchant_id", "kind", "language", unique=True, where="preferred"),
    )
    id: UUID = Field(primary_key=True)
    kind: str
    language: Annotated[str, one_of("de", "en")]
    name: str
    subject: str
    text: str
    preferred: bool = False


class Reminder(Tenant, Base, table=True):
    """A mail that a day led to, not an event: it goes once for what it is about."""

    merchant_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    about: str = Field(primary_key=True)


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

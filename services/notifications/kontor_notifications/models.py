"""The tables of notifications. Copies of other owners' state are in copies/models.py."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Uuid
from sqlmodel import Field

from kontor_service.models import Aggregate, table_base, utc_column

Base = table_base("notifications")


class Mail(Aggregate, Base, table=True):
    """A mail on its way or in the log. What it says is made when it is sent, and kept nowhere."""

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
    data: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    # Staff's own words for this one sending; emptied when it is over.
    own_subject: str = ""
    own_text: str = ""
    # Sent before lane 1: somebody is waiting for it.
    lane: int = 0
    # Takes in more documents for the same recipient until it is claimed.
    collecting: bool = False
    # The first sending went to the wrong address: links get a new generation before this one.
    renew_links: bool = False
    resend_of: UUID | None = None

    state: str = "queued"
    attempts: int = 0
    error: str = ""
    subject: str = ""
    message_id: str
    created_at: datetime = utc_column()
    # Not before; a claimed mail is left alone until then.
    next_attempt_at: datetime = utc_column()
    expires_at: datetime | None = utc_column(nullable=True)
    sent_at: datetime | None = utc_column(nullable=True)


class Template(Aggregate, Base, table=True):
    """The merchant's words for one kind of mail in one language."""

    kind: str
    language: str
    subject: str
    text: str
    # Back to the default; the row stays, so that the version goes on.
    deleted: bool = False

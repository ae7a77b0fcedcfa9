"""What a kind of mail is. One declaration says when it is sent, to whom, what it says and which links it carries.

Consumers, templates and their placeholders, previews, sending and sending again follow from it. The kinds themselves are
the modules of `kinds/`.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Annotated, Any
from uuid import UUID

from google.protobuf.message import Message
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import Document
from kontor.identity.v1.identity_pb2 import Customer, Merchant
from kontor_notifications.mails.links import DocumentLinks, LinkSource
from kontor_notifications.mails.recipients import Recipient
from kontor_notifications.models import Mail
from kontor_notifications.placeholders import Placeholder
from kontor_notifications.placeholders.people import PEOPLE
from kontor_service.i18n import N_, Language, speaking
from kontor_service.i18n import gettext as _

_CLOSING = N_("Kind regards\n[Company.name]")


# As events say them: empty for none.
_Id = Annotated[UUID | None, BeforeValidator(lambda text: text or None)]
_Moment = Annotated[datetime | None, BeforeValidator(lambda at: at.ToDatetime(UTC) if at and at.seconds else None)]


@dataclass(frozen=True, kw_only=True)
class MailText:
    """A text that a merchant may replace with one of their own.

    `label` and `words` are English messages for the translation catalogue. `words` is the default text: first the
    subject, then the paragraphs between greeting and closing.
    """

    name: str
    label: str
    # Besides PEOPLE, which every text may use.
    own_placeholders: tuple[Placeholder, ...] = ()
    words: tuple[str, ...] = ()
    # The document type it is about, where it is about one.
    document_type: str = ""
    # How many documents a preview shows.
    documents: int = 0

    @property
    def placeholders(self) -> tuple[Placeholder, ...]:
        return (*PEOPLE, *self.own_placeholders)

    def default(self, language: Language) -> tuple[str, str]:
        """Subject and text as long as the merchant has no words of their own."""
        with speaking(language):
            subject, *paragraphs = map(_, self.words)
            return subject, "\n\n".join(["[Greeting],", *paragraphs, _(_CLOSING)])

    @cached_property
    def by_spelling(self) -> dict[str, Placeholder]:
        """Its placeholders by every spelling, in lower case."""
        return {spelling.lower(): one for one in self.placeholders for spelling in one.spellings}


class Occasion(BaseModel):
    """What an event says about the mails it leads to, as columns of a mail."""

    model_config = ConfigDict(frozen=True)

    customer_id: _Id = None
    document_ids: list[UUID] = []
    document_number: str = ""
    # What a secret link or code is fetched by.
    reference_id: _Id = None
    # Facts that no copy holds.
    data: dict[str, Any] | None = None
    expires_at: _Moment = None
    # Staff's own words for this one sending, and the text in whose place they stand.
    own_subject: str = ""
    own_text: str = ""
    text: str = Field("", exclude=True)


async def _data(_session: AsyncSession, mail: Mail) -> Any:
    return mail.data


@dataclass(frozen=True, kw_only=True)
class MailKind(MailText):
    """A kind of mail, by the name that the mail log keeps. It has one text, or one of several `variants`."""

    # None: no event leads to it, but a day (mails/reminders.py).
    trigger: type[Message] | None = None
    # From the event; None where it leads to no mail of this kind.
    occasion: Callable[[Any], Occasion | None]
    # Not asked where it goes to staff.
    recipients: Callable[[Any, Customer, Merchant], list[Recipient]] = lambda _event, _customer, _merchant: []
    variants: tuple[MailText, ...] = ()
    # Which of them, by name.
    variant: Callable[[Sequence[Document]], str] | None = None
    # What a mail is about besides documents, when it is sent and in a preview (of today and a document). Raises NoLongerNeeded.
    load: Callable[[AsyncSession, Mail], Awaitable[Any]] = _data
    sample: Callable[[date, Document], Any] = lambda _today, _document: None
    links: LinkSource = field(default_factory=DocumentLinks)
    # Comes in thousands, and nobody waits for it: a queue of its own, sent after all others.
    bulk: bool = False
    delay: timedelta = timedelta()
    # Carries a secret that lives for an hour: whoever needs one asks for a new one, it is never sent again.
    security: bool = False
    # Only while its documents are shared, with their files where the customer wants them, several in one mail.
    shares_documents: bool = False
    # What follows on the same document while it waits is put into it; it waits as the settings say.
    digest: bool = False
    # Goes to the document's responsible person, else to the merchant's contact address; nobody answers it by mail.
    to_staff: bool = False
    # Of mails to staff: goes to each who may do this (a right of a contract, such as payments:book) instead.
    staff_right: str = ""
    # Where nobody can be reached, the log says so and staff can correct the address.
    logs_unreachable: bool = False

    def text(self, documents: Sequence[Document] = ()) -> MailText:
        """The text for these documents."""
        name = self.variant(documents) if self.variant else self.name
        return next(text for text in self.texts if text.name == name)

    @property
    def texts(self) -> tuple[MailText, ...]:
        return self.variants or (self,)

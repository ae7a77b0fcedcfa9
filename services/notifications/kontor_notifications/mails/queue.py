"""Putting mails into the queue, within the transaction of the event that asks for them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import any_, case, func, literal, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.notifications.v1.notifications_pb2 import MailFailed, MailQueued
from kontor.notifications.v1.notifications_pb2_codes import MailError
from kontor_bus import record
from kontor_notifications.copies import queries as copies
from kontor_notifications.errors import NoLongerNeeded, NotSent
from kontor_notifications.events import mail_state
from kontor_notifications.mails.recipients import Recipient
from kontor_notifications.models import Mail
from kontor_service.i18n import language_of
from kontor_service.ids import uuid7

_MOST_DOCUMENTS = 100
_table = Mail.__table__
_SAME = ("customer_id", "recipient", "collects")
_OPEN = "collecting AND state = 'queued'"


@dataclass(frozen=True)
class Pauses:
    """How long an open mail waits for more after the last that it took in, and at most after the first."""

    pause: timedelta
    at_most: timedelta


class Queue:
    """Writes the rows; `domain` ends the Message-IDs."""

    def __init__(self, domain: str, documents: Pauses, comments: Pauses) -> None:
        self._domain = domain
        self._documents = documents
        self._comments = comments

    def draft(self, merchant_id: UUID, kind: str, recipient: Recipient, **values: Any) -> Mail:
        """A mail to be sent now. Its Message-ID is the same at every attempt."""
        mail_id, now = uuid7(), datetime.now(UTC)
        return Mail(
            id=mail_id,
            merchant_id=merchant_id,
            kind=kind,
            recipient=recipient.email,
            name=recipient.name,
            language=recipient.language,
            contact_id=recipient.contact_id,
            message_id=f"<{mail_id}@{self._domain}>",
            created_at=now,
            next_attempt_at=values.pop("next_attempt_at", now),
            **values,
        )

    def add(self, session: AsyncSession, mail: Mail) -> None:
        """Queues a mail of its own."""
        session.add(mail)
        record(session, MailQueued(mail=mail_state(mail)))

    def add_failed(self, session: AsyncSession, mail: Mail, refused: NotSent) -> None:
        """One that cannot be sent as it is: it waits in the log for a correction."""
        mail.state, mail.error, mail.error_params = "failed", refused.code, refused.params
        session.add(mail)
        record(session, MailFailed(mail=mail_state(mail)))

    async def split(self, session: AsyncSession, mail: Mail) -> NotSent:
        """Queues a mail for each document of a bundle that cannot go as a whole, so that one holds up no other."""
        recipient = Recipient(mail.recipient, language_of(mail.language), mail.name, mail.contact_id)
        for document in await copies.documents(session, mail.document_ids):
            one = self.draft(
                mail.merchant_id, mail.kind, recipient, customer_id=mail.customer_id, document_ids=[UUID(document.id)],
                document_number=document.number, lane=mail.lane, resend_of=mail.resend_of, renew_links=mail.renew_links,
            )  # fmt: skip
            self.add(session, one)
        return NoLongerNeeded(MailError.SPLIT)

    async def bundle(self, session: AsyncSession, mail: Mail) -> None:
        """Puts the mail's document into the recipient's open mail that collects the same, else queues it as the first of a new one.

        The unique index over collecting mails decides, so two consumers at once make one mail. Each further
        document prolongs the pause, up to a bound after the first.
        """
        mail.collecting, mail.next_attempt_at = True, mail.created_at + self._pauses(mail).pause
        inserted = await self._upsert(session, mail)
        if inserted is None:
            # The open mail is full: it goes as it is.
            same = (*(_table.c[name] == getattr(mail, name) for name in _SAME), text(_OPEN))
            await session.execute(update(_table).where(*same).values(collecting=False))
            inserted = await self._upsert(session, mail)
        if inserted:
            record(session, MailQueued(mail=mail_state(mail)))

    def _pauses(self, mail: Mail) -> Pauses:
        return self._comments if mail.collects else self._documents

    async def _upsert(self, session: AsyncSession, mail: Mail) -> bool | None:
        """True for a new mail, False for one joined, None for a full one."""
        (document,) = mail.document_ids
        known: Any = literal(document) == any_(_table.c.document_ids)
        statement = (
            insert(_table)
            .values(**mail.model_dump())
            .on_conflict_do_update(
                index_elements=["merchant_id", *_SAME],
                # As the index says it, letter by letter: a plan kept for later executions knows no parameters.
                index_where=text(_OPEN),
                set_={
                    "document_ids": case(
                        (known, _table.c.document_ids), else_=func.array_append(_table.c.document_ids, document)
                    ),
                    "next_attempt_at": func.least(
                        _table.c.created_at + self._pauses(mail).at_most, mail.next_attempt_at
                    ),
                },
                where=func.cardinality(_table.c.document_ids) < _MOST_DOCUMENTS,
            )
            .returning(_table.c.id)
        )
        id_ = await session.scalar(statement)
        return None if id_ is None else bool(id_ == mail.id)

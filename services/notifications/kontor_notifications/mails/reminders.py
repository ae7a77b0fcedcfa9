"""Mails that no event leads to, but a day: quotes about to expire, texts that nobody has reviewed for a year."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import Document, DocumentSnapshot, StandingDocument
from kontor.identity.v1.identity_pb2 import Merchant
from kontor_notifications.copies import queries as copies
from kontor_notifications.copies.models import TABLES
from kontor_notifications.errors import NotSent
from kontor_notifications.kind import Occasion
from kontor_notifications.kinds import kinds
from kontor_notifications.kinds.quotes import EXPIRING
from kontor_notifications.kinds.reviews import REVIEW
from kontor_notifications.mails.from_events import drafts
from kontor_notifications.mails.queue import Queue
from kontor_notifications.models import Reminder
from kontor_service.clock import Clock
from kontor_service.database import Database

log = structlog.get_logger()

_YEAR = timedelta(days=365)


async def remind(database: Database, queue: Queue, clock: Clock) -> None:
    """Queues what is due today, in each merchant's zone and by the business clock; each once."""
    for merchant_id in await database.merchants("merchants"):
        try:
            await _remind_one(database, queue, clock, merchant_id)
        except Exception:
            # The other merchants' customers are reminded all the same; this one's in the next round.
            log.exception("reminders_failed", merchant_id=str(merchant_id))


async def _remind_one(database: Database, queue: Queue, clock: Clock, merchant_id: UUID) -> None:
    async with database.transaction(merchant_id) as session:
        try:
            merchant = await copies.get(session, Merchant, merchant_id)
        except NotSent:
            return
        today = _today(merchant, clock.now())
        for document in await _expiring(session, merchant, today):
            about = f"{document.id} {document.valid_until}"
            await _once(session, queue, merchant, EXPIRING, about, DocumentSnapshot(document=document), _of(document))
        since = await _unreviewed_since(session, merchant, today)
        if since is not None:
            owners = await copies.owners(session)
            await _once(session, queue, merchant, REVIEW, since.isoformat(), owners, Occasion())


def _today(merchant: Merchant, now: datetime) -> date:
    return now.astimezone(ZoneInfo(merchant.time_zone or "Europe/Berlin")).date()


async def _expiring(session: AsyncSession, merchant: Merchant, today: date) -> list[Document]:
    """Open quotes whose last day is near, as the merchant counts near; none where they want no reminders."""
    if not merchant.expiry_reminder_days:
        return []
    table = TABLES[Document]
    last = today + timedelta(days=merchant.expiry_reminder_days)
    raw = await session.scalars(select(table.c.state).where(table.c.open_until.between(today, last)))
    return [Document.FromString(state) for state in raw]


async def _unreviewed_since(session: AsyncSession, merchant: Merchant, today: date) -> date | None:
    """The day of the last review, else of the newest additional document, where that is longer ago than a year."""
    if merchant.texts_reviewed_on:
        last = date.fromisoformat(merchant.texts_reviewed_on)
    else:
        table = TABLES[StandingDocument]
        found = map(StandingDocument.FromString, await session.scalars(select(table.c.state).where(~table.c.deleted)))
        changed = [one.versions[0].valid_from for one in found if one.versions]
        if not changed:
            return None
        last = datetime.fromisoformat(max(changed)).date()
    return last if today - last > _YEAR else None


async def _once(
    session: AsyncSession, queue: Queue, merchant: Merchant, kind: str, about: str, event: Any, occasion: Occasion
) -> None:
    merchant_id = UUID(merchant.id)
    row = insert(Reminder).values(merchant_id=merchant_id, kind=kind, about=about)
    if (await session.execute(row.on_conflict_do_nothing().returning(Reminder.kind))).first() is None:  # type: ignore[call-overload]
        return
    for mail in await drafts(session, queue, kinds()[kind], event, merchant_id, occasion):
        queue.add(session, mail)


def _of(document: Document) -> Occasion:
    return Occasion(customer_id=document.customer_id, document_ids=[UUID(document.id)], document_number=document.number)

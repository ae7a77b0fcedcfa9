"""SQL over the queue and the log."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from kontor_notifications.models import Mail
from kontor_service.database import Database

_CLAIM = text(
    """
    UPDATE mail SET attempts = attempts + 1, collecting = false, next_attempt_at = :until
    WHERE id IN (
        SELECT id FROM mail
        WHERE state = 'queued' AND next_attempt_at <= now() AND lane <= :lane
        ORDER BY lane, next_attempt_at LIMIT :most FOR UPDATE SKIP LOCKED
    )
    RETURNING id
    """
)


async def merchants_with_mails(database: Database, *, urgent: bool) -> list[UUID]:
    """Whose queue has something due now."""
    lister = "merchants_with_urgent_mails" if urgent else "merchants_with_due_mails"
    async with database.connection() as connection:
        rows = await connection.fetch(f"SELECT {lister}() AS id")
    return [row["id"] for row in rows]


async def claim(session: AsyncSession, *, urgent: bool, most: int, until: datetime) -> list[UUID]:
    """Takes due mails of the transaction's merchant that nobody else has; they are ours until that instant."""
    found = await session.execute(_CLAIM, {"until": until, "most": most, "lane": 0 if urgent else 1})
    return list(found.scalars())


async def read(session: AsyncSession, mail_id: UUID) -> Mail | None:
    return (await session.scalars(select(Mail).where(Mail.id == mail_id))).first()


async def lock(session: AsyncSession, mail_id: UUID) -> Mail:
    """The mail for writing. NoResultFound where there is none."""
    return (await session.scalars(select(Mail).where(Mail.id == mail_id).with_for_update())).one()

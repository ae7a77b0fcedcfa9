"""Waiting documents that something has changed around: the merchant's settings, a customer. They may be thousands, so they
are noted at once and looked at a few per transaction."""

from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kontor_documents.parts import Parts
from kontor_documents.release.service import settle

log = structlog.get_logger()

_BATCH = 20
# A document that cannot be looked at holds up no other, and is tried again after so many seconds.
_PAUSE_SECONDS = 60

_NOTE = text("""
INSERT INTO to_settle (document_id, merchant_id, try_at)
SELECT id, merchant_id, now() FROM document
WHERE state = 'waiting' AND (CAST(:customer_id AS uuid) IS NULL OR customer_id = :customer_id OR customer_number = :number)
ON CONFLICT (document_id) DO UPDATE SET try_at = excluded.try_at""")

_TAKE = text("""
DELETE FROM to_settle WHERE document_id IN (
    SELECT document_id FROM to_settle WHERE try_at <= now() ORDER BY document_id LIMIT :many FOR UPDATE SKIP LOCKED)
RETURNING document_id""")

_TAKE_ONE = text("DELETE FROM to_settle WHERE document_id = :id RETURNING document_id")

_POSTPONE = text("UPDATE to_settle SET try_at = now() + make_interval(secs => :seconds) WHERE document_id = :id")


async def look_again(session: AsyncSession, *, customer_id: UUID | None = None, number: str = "") -> None:
    """Notes what waits: all of the merchant's, or what is of one customer or names its number."""
    await session.execute(_NOTE, {"customer_id": customer_id, "number": number})


async def settle_noted(parts: Parts) -> None:
    """Looks at everything that is noted and due, merchant by merchant."""
    async with parts.db.connection() as connection:
        merchants = await connection.fetch("SELECT merchants_to_settle() AS id")
    for merchant in merchants:
        while await _batch(parts, merchant["id"]):
            continue


async def _batch(parts: Parts, merchant_id: UUID) -> bool:
    """Whether there was anything to do."""
    taken: list[UUID] = []
    try:
        async with parts.db.transaction(merchant_id) as session:
            taken = sorted((await session.execute(_TAKE, {"many": _BATCH})).scalars())
            # In the order of ids, as everything that locks several documents.
            for document_id in taken:
                await settle(parts, session, document_id)
    except Exception as error:
        if not taken:
            raise
        log.warning("batch_not_settled", merchant_id=str(merchant_id), error=repr(error))
        for document_id in taken:
            await _alone(parts, merchant_id, document_id)
    return bool(taken)


async def _alone(parts: Parts, merchant_id: UUID, document_id: UUID) -> None:
    """One of a batch that failed: it may be the one."""
    try:
        async with parts.db.transaction(merchant_id) as session:
            if (await session.execute(_TAKE_ONE, {"id": document_id})).first() is not None:
                await settle(parts, session, document_id)
    except Exception:
        log.exception("document_not_settled", document_id=str(document_id), again_in=_PAUSE_SECONDS)
        async with parts.db.transaction(merchant_id) as session:
            await session.execute(_POSTPONE, {"id": document_id, "seconds": _PAUSE_SECONDS})

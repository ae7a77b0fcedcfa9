"""Waiting documents that have to be looked at: they came in, or something has changed around them (the merchant's settings, a
customer). They may be thousands, so they are noted at once and looked at a few at a time, each in a transaction of its own."""

import asyncio
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kontor_documents.dependencies import Dependencies
from kontor_documents.models import Document
from kontor_documents.release.service import settle

log = structlog.get_logger()

# Rendering has two threads; the others read and write meanwhile.
_AT_ONCE = 4
# Until another process takes over what this one has claimed; twice the work is done once.
_CLAIM_SECONDS = 20
# A document that cannot be looked at holds up no other, and is tried again after so many seconds.
_PAUSE_SECONDS = 60
# So long a document waits at most where no process is told of it.
_LOOK_SECONDS = 1.0

_NOTE = text("""
INSERT INTO to_settle (document_id, merchant_id, try_at)
SELECT id, merchant_id, now() FROM document
WHERE state = 'waiting' AND (CAST(:customer_id AS uuid) IS NULL OR customer_id = :customer_id OR customer_number = :number)
ORDER BY id
ON CONFLICT (document_id) DO UPDATE SET try_at = excluded.try_at""")

_NOTE_ONE = text("""
INSERT INTO to_settle (document_id, merchant_id, try_at) VALUES (:id, :merchant_id, now())
ON CONFLICT (document_id) DO UPDATE SET try_at = excluded.try_at""")

_CLAIM = text("""
UPDATE to_settle SET try_at = now() + make_interval(secs => :seconds) WHERE document_id IN (
    SELECT document_id FROM to_settle WHERE try_at <= now() ORDER BY document_id LIMIT :many FOR UPDATE SKIP LOCKED)
RETURNING document_id, try_at""")

# Not what was noted anew meanwhile.
_DONE = text("DELETE FROM to_settle WHERE document_id = :id AND try_at = :claimed")

_POSTPONE = text("""
UPDATE to_settle SET try_at = now() + make_interval(secs => :seconds) WHERE document_id = :id AND try_at = :claimed""")


async def note_waiting(session: AsyncSession, *, customer_id: UUID | None = None, number: str = "") -> None:
    """Notes what waits: all of the merchant's, or what is of one customer or names its number."""
    await session.execute(_NOTE, {"customer_id": customer_id, "number": number})


async def note_document(session: AsyncSession, document: Document) -> None:
    """Notes one document that has just come in."""
    await session.execute(_NOTE_ONE, {"id": document.id, "merchant_id": document.merchant_id})


async def run(deps: Dependencies) -> None:
    """The job: for ever, at once when this process has noted something."""
    while True:
        deps.wake.clear()
        await settle_noted(deps)
        try:
            await asyncio.wait_for(deps.wake.wait(), _LOOK_SECONDS)
        except TimeoutError:
            continue


async def settle_noted(deps: Dependencies) -> None:
    """Looks at everything that is noted and due: a few of each merchant in turn, so that thousands of one delay no other."""
    while True:
        async with deps.db.connection() as connection:
            merchants = await connection.fetch("SELECT merchants_to_settle() AS id")
        if not merchants:
            return
        for merchant in merchants:
            await _some(deps, merchant["id"])


async def _some(deps: Dependencies, merchant_id: UUID) -> None:
    async with deps.db.transaction(merchant_id) as session:
        claimed = (await session.execute(_CLAIM, {"many": _AT_ONCE, "seconds": _CLAIM_SECONDS})).all()
    await asyncio.gather(*(_one(deps, merchant_id, row.document_id, row.try_at) for row in claimed))


async def _one(deps: Dependencies, merchant_id: UUID, document_id: UUID, claimed: datetime) -> None:
    values = {"id": document_id, "claimed": claimed}
    try:
        await settle(deps, merchant_id, document_id)
    except Exception:
        log.exception("document_not_settled", document_id=str(document_id), again_in=_PAUSE_SECONDS)
        values |= {"seconds": _PAUSE_SECONDS}
    async with deps.db.transaction(merchant_id) as session:
        await session.execute(_POSTPONE if "seconds" in values else _DONE, values)

"""The table `to_settle`: waiting documents to be looked at, because they came in or something has changed around them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kontor_documents.models import Document

# Until another process takes over what this one has claimed; twice the work is done once.
_CLAIM_SECONDS = 20
# A document that cannot be looked at holds up no other, and is tried again after so many seconds.
PAUSE_SECONDS = 60

_NOTE = """
INSERT INTO to_settle (document_id, merchant_id, try_at)
SELECT d.id, d.merchant_id, now() FROM document d WHERE d.state = 'waiting' AND ({condition}) ORDER BY d.id
ON CONFLICT (document_id) DO UPDATE SET try_at = excluded.try_at"""

_NOTE_ALL = text(_NOTE.format(condition="true"))
_NOTE_ONE = text(_NOTE.format(condition="d.id = :id"))
_NOTE_CUSTOMER = text(_NOTE.format(condition="d.customer_id = :customer_id OR d.customer_number = :number"))
_NOTE_MISSED = text(
    _NOTE.format(
        condition="d.customer_id IS NULL AND d.customer_number IN (SELECT c.number FROM customer c WHERE NOT c.deleted)"
    )
)

_CLAIM = text("""
UPDATE to_settle SET try_at = now() + make_interval(secs => :seconds) WHERE document_id IN (
    SELECT document_id FROM to_settle WHERE try_at <= now() ORDER BY document_id LIMIT :many FOR UPDATE SKIP LOCKED)
RETURNING document_id, try_at""")

# Not what was noted anew meanwhile.
_DONE = text("DELETE FROM to_settle WHERE document_id = :id AND try_at = :claimed")

_POSTPONE = text(f"""
UPDATE to_settle SET try_at = now() + interval '{PAUSE_SECONDS} seconds' WHERE document_id = :id AND try_at = :claimed""")


async def note_waiting(session: AsyncSession) -> None:
    """Marks all waiting documents of the merchant to be looked at."""
    await session.execute(_NOTE_ALL)


async def note_customer(session: AsyncSession, customer_id: UUID, number: str) -> None:
    """Marks the waiting documents that belong to this customer or name its number."""
    await session.execute(_NOTE_CUSTOMER, {"customer_id": customer_id, "number": number})


async def note_missed(session: AsyncSession) -> None:
    """Marks the waiting documents without a customer although a customer with their number exists."""
    await session.execute(_NOTE_MISSED)


async def note_document(session: AsyncSession, document: Document) -> None:
    """Marks this document if it waits."""
    await session.flush()
    await session.execute(_NOTE_ONE, {"id": document.id})


async def claim(session: AsyncSession, many: int) -> Sequence[Any]:
    """Up to `many` documents that are due, as (document id, time of the claim); no other process gets them meanwhile."""
    return (await session.execute(_CLAIM, {"many": many, "seconds": _CLAIM_SECONDS})).all()


async def done(session: AsyncSession, document_id: UUID, claimed: datetime, *, failed: bool) -> None:
    """Ends a claim; what failed comes again."""
    await session.execute(_POSTPONE if failed else _DONE, {"id": document_id, "claimed": claimed})

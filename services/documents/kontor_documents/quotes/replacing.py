"""A newer quote that names an older one takes its place when it is shared."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import QuoteOutcome
from kontor_documents import queries
from kontor_documents.models import Document
from kontor_documents.quotes.record import record_fact

_REPLACED = """
SELECT older.id FROM document newer
JOIN document_reference named ON named.document_id = newer.id AND named.kind = 'quote'
JOIN document older ON older.number = named.number AND older.type = 'quote' AND older.state = 'shared'
    AND older.outcome IN ('', 'promised', 'expired', 'declined') AND older.customer_id = newer.customer_id
    AND older.id <> newer.id
WHERE newer.id = :id AND newer.type = 'quote'"""
_LOCK = text(f"SELECT FROM document WHERE id = :id OR id IN ({_REPLACED}) ORDER BY id FOR UPDATE")


async def lock_replaced(session: AsyncSession, document_id: UUID) -> None:
    """Locks the document and, where it is a quote, those that it replaces, in the order of their ids. To be called before
    any of them is locked."""
    await session.execute(_LOCK, {"id": document_id})


async def supersede(session: AsyncSession, document: Document, *, at: datetime) -> None:
    """Ends the open quotes that this shared one names. The caller has called lock_replaced."""
    replaced: Sequence[UUID] = list(await session.scalars(text(_REPLACED), {"id": document.id}))
    for older_id in replaced:
        older = await queries.locked(session, older_id)
        older.outcome, older.closed_at, older.asked_minor = QuoteOutcome.SUPERSEDED, at, 0
        older.decision = {"at": at.isoformat(), "revision": older.revision, "superseded_by": str(document.id)}
        await record_fact(
            session, older, "superseded", pb.DocumentSuperseded, at=at, actor="Kontor", by=str(document.id)
        )

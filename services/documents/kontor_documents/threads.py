"""Documents of one customer number that name each other: an order, its delivery note, its invoice."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import record
from kontor_documents import queries
from kontor_documents.events import document_state
from kontor_documents.models import Document
from kontor_service.ids import uuid7

_NONE = UUID(int=0)

_THREADS = text("""
SELECT DISTINCT d.thread_id FROM document d
WHERE d.id <> :id AND d.customer_number = :customer_number AND d.customer_number <> '' AND (
    (d.number <> '' AND d.number = ANY(:named))
    OR EXISTS (SELECT 1 FROM document_reference r
               WHERE r.document_id = d.id AND :number <> '' AND r.number = :number))""")

_MEMBERS = text("SELECT id FROM document WHERE thread_id = ANY(:threads) AND id <> :id ORDER BY id FOR UPDATE")

_LOCK = text("SELECT FROM document WHERE id = :id OR thread_id = ANY(:threads) ORDER BY id FOR UPDATE")


async def lock_to_join(
    session: AsyncSession, document_id: UUID | None, customer_number: str, number: str, named: Sequence[str]
) -> None:
    """Locks the document (None: it is new) and those whose threads it ties together, in the order of ids; `named` are
    numbers it refers to.

    To be called before any of them is locked: whoever locks several documents does it in this order, so that no two
    wait for each other.
    """
    threads = await _threads(session, document_id, customer_number, number, named)
    await session.execute(_LOCK, {"id": document_id, "threads": threads[1:]})


async def _threads(
    session: AsyncSession, document_id: UUID | None, customer_number: str, number: str, named: Sequence[str]
) -> list[UUID]:
    values = {"id": document_id or _NONE, "customer_number": customer_number, "number": number, "named": list(named)}
    return sorted(await session.scalars(_THREADS, values))


async def join_thread(session: AsyncSession, document: Document, named: Sequence[str]) -> list[UUID]:
    """Gives the document the thread of those it names or that name it, of the same customer number.

    Returns the ids of documents whose thread changes because this one ties threads together: `tie` them afterwards.
    """
    threads = await _threads(session, document.id, document.customer_number, document.number, named)
    document.thread_id = threads[0] if threads else uuid7()
    return list(await session.scalars(_MEMBERS, {"threads": threads[1:], "id": document.id}))


async def tie(session: AsyncSession, document_ids: Sequence[UUID], thread_id: UUID) -> None:
    """Moves the documents into the thread that has now been tied together."""
    for document_id in document_ids:
        document = await queries.locked(session, document_id)
        document.thread_id = thread_id
        document.touch()
        files = await queries.files_of(session, document_id)
        record(session, pb.DocumentChanged(document=document_state(document, files)))

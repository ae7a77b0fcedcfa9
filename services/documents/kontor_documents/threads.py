"""Documents of one customer number that name each other: an order, its delivery note, its invoice."""

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Joining:
    """A document that is about to join a thread. `id` is None while it is new; `named` are numbers it refers to."""

    id: UUID | None
    customer_number: str
    number: str
    named: Sequence[str]


async def lock_to_join(session: AsyncSession, joining: Joining) -> None:
    """Locks the document and those whose threads it ties together, in the order of ids.

    To be called before any of them is locked: whoever locks several documents does it in this order, so that no two
    wait for each other.
    """
    threads = await _threads(session, joining)
    await session.execute(_LOCK, {"id": joining.id, "threads": threads[1:]})


async def _threads(session: AsyncSession, joining: Joining) -> list[UUID]:
    found = await session.execute(
        _THREADS,
        {
            "id": joining.id or _NONE,
            "customer_number": joining.customer_number,
            "number": joining.number,
            "named": list(joining.named),
        },
    )
    return sorted(row.thread_id for row in found)


async def join_thread(session: AsyncSession, document: Document, named: Sequence[str]) -> list[UUID]:
    """Gives the document the thread of those it names or that name it, of the same customer number.

    Returns the ids of documents whose thread changes because this one ties threads together: `tie` them afterwards.
    """
    threads = await _threads(session, Joining(document.id, document.customer_number, document.number, named))
    document.thread_id = threads[0] if threads else uuid7()
    if len(threads) < 2:
        return []
    members = await session.execute(_MEMBERS, {"threads": threads[1:], "id": document.id})
    return [row.id for row in members]


async def tie(session: AsyncSession, document_ids: Sequence[UUID], thread_id: UUID) -> None:
    """Moves the documents into the thread that has now been tied together."""
    for document_id in document_ids:
        document = await queries.locked(session, document_id)
        document.thread_id = thread_id
        document.touch()
        files = await queries.files_of(session, document_id)
        record(session, pb.DocumentChanged(document=document_state(document, files)))

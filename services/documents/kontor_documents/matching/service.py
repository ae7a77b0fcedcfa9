"""Finding a document's customer, and the thread of documents it belongs to."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kontor_documents.content.model import DocumentData
from kontor_documents.copies import queries as copies
from kontor_documents.models import Document
from kontor_service.ids import uuid7

_THREADS = text("""
SELECT DISTINCT d.thread_id FROM document d
WHERE d.id <> :id AND d.customer_number = :customer_number AND (
    (d.number <> '' AND d.number = ANY(:named))
    OR EXISTS (SELECT 1 FROM document_reference r
               WHERE r.document_id = d.id AND :number <> '' AND r.number = :number))""")

_MEMBERS = text("SELECT id FROM document WHERE thread_id = ANY(:threads) AND id <> :id ORDER BY id FOR UPDATE")


async def match_customer(session: AsyncSession, document: Document, data: DocumentData) -> None:
    """By customer number alone; VAT id and e-mail only suggest."""
    document.customer_id = await copies.customer_id_by_number(session, document.customer_number)
    document.suggested_customer_id = None
    if document.customer_id is None:
        email = data.buyer.contact.email if data.buyer.contact else ""
        document.suggested_customer_id = await copies.suggested_customer_id(session, data.buyer.vat_id, email)


async def join_thread(session: AsyncSession, document: Document, data: DocumentData) -> list[UUID]:
    """Gives the document the thread of those it names or that name it, of the same customer number.

    Returns the ids of documents whose thread changed because this one ties threads together.
    """
    named = [reference.number for reference in data.references]
    found = await session.execute(
        _THREADS,
        {"id": document.id, "customer_number": document.customer_number, "named": named, "number": document.number},
    )
    threads = sorted(row.thread_id for row in found)
    document.thread_id = threads[0] if threads else uuid7()
    if len(threads) < 2:
        return []
    members = await session.execute(_MEMBERS, {"threads": threads[1:], "id": document.id})
    return [row.id for row in members]

"""Reading documents and their files for use cases."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from kontor_documents.content.model import DocumentData
from kontor_documents.errors import DocumentNotFound
from kontor_documents.models import Document, DocumentFile


async def found(session: AsyncSession, document_id: UUID) -> Document:
    """The document as it is now, without a lock. Raises DocumentNotFound, also for another merchant's."""
    document = await session.get(Document, document_id)
    if document is None:
        raise DocumentNotFound
    return document


async def locked(session: AsyncSession, document_id: UUID) -> Document:
    """The document under its row lock. Raises DocumentNotFound, also for another merchant's."""
    document = await session.get(Document, document_id, with_for_update=True, populate_existing=True)
    if document is None:
        raise DocumentNotFound
    return document


async def by_external_id(session: AsyncSession, external_id: str, *, lock: bool = False) -> Document | None:
    query = select(Document).where(Document.external_id == external_id)  # type: ignore[arg-type]
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: Document | None = await session.scalar(query)
    return found


async def number_holder(session: AsyncSession, type: str, number: str, external_id: str) -> Document | None:
    """Another living document of this type with this number."""
    if not number:
        return None
    query = select(Document).where(
        Document.type == type,  # type: ignore[arg-type]
        Document.number == number,  # type: ignore[arg-type]
        Document.external_id != external_id,  # type: ignore[arg-type]
        Document.state.in_(("waiting", "shared")),  # type: ignore[attr-defined]
    )
    found: Document | None = await session.scalar(query)
    return found


async def files_of(session: AsyncSession, document_id: UUID) -> list[DocumentFile]:
    query = select(DocumentFile).where(DocumentFile.document_id == document_id)  # type: ignore[arg-type]
    return list(await session.scalars(query.order_by(DocumentFile.position)))  # type: ignore[arg-type]


async def replace_files(session: AsyncSession, document: Document, files: Sequence[DocumentFile]) -> None:
    await session.execute(delete(DocumentFile).where(DocumentFile.document_id == document.id))  # type: ignore[arg-type]
    session.add_all(files)
    await session.flush()


async def replace_references(session: AsyncSession, document: Document, data: DocumentData) -> None:
    await session.execute(text("DELETE FROM document_reference WHERE document_id = :id"), {"id": document.id})
    unique = {(reference.kind, reference.number) for reference in data.references if reference.number}
    for kind, number in sorted(unique):
        await session.execute(
            text("INSERT INTO document_reference VALUES (:merchant, :id, :kind, :number)"),
            {"merchant": document.merchant_id, "id": document.id, "kind": kind, "number": number},
        )

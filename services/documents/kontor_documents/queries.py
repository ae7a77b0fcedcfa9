"""Reading documents and their files for use cases."""

from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import DocumentData
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import DocumentNotFound
from kontor_documents.models import Document, DocumentFile, DocumentReference
from kontor_service.media_types import safe_media_type


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


async def content_of(deps: Dependencies, document: Document) -> DocumentData:
    return DocumentData.model_validate_json(await deps.files.get(document.content_sha256))


async def quote_content(deps: Dependencies, document: Document) -> DocumentData:
    """The content of a quote that is chosen from, again and again; whoever gets it changes a copy only."""
    content = await deps.files.get(document.content_sha256)
    return _kept(content) if len(content) <= _MOST_KEPT_BYTES else _parsed(content)


def _parsed(content: bytes) -> DocumentData:
    return DocumentData.model_validate_json(content)


# A customer who chooses asks for the same content again and again: parsing it takes longer than choosing.
_kept = lru_cache(maxsize=16)(_parsed)
_MOST_KEPT_BYTES = 300_000


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


async def payment_references(session: AsyncSession, customer_number: str, numbers: Sequence[str]) -> dict[str, str]:
    """What the payer of these invoices of the customer writes on a transfer, by number. The customer need not be known yet."""
    query = select(col(Document.number), col(Document.facts)["payment_reference"].astext).where(
        col(Document.type) == DocumentType.INVOICE,
        col(Document.number).in_(numbers),
        col(Document.customer_number) == customer_number,
    )
    return {number: reference for number, reference in await session.execute(query) if reference}


async def files_of(session: AsyncSession, document_id: UUID) -> list[DocumentFile]:
    query = select(DocumentFile).where(DocumentFile.document_id == document_id)  # type: ignore[arg-type]
    return list(await session.scalars(query.order_by(DocumentFile.position)))  # type: ignore[arg-type]


def file_of(document: Document, position: int, role: str, name: str, media_type: str, content: bytes) -> DocumentFile:
    """A file whose bytes are in storage already."""
    return DocumentFile(
        merchant_id=document.merchant_id,
        document_id=document.id,
        position=position,
        role=role,
        name=name,
        media_type=safe_media_type(media_type),
        sha256=sha256(content).hexdigest(),
        size=len(content),
    )


async def drop_pdf(session: AsyncSession, document: Document) -> None:
    """Takes away the PDF that Kontor made, so that it is made anew."""
    await session.execute(
        delete(DocumentFile).where(col(DocumentFile.document_id) == document.id, col(DocumentFile.role) == "pdf")
    )
    document.produced = False


def keep_hidden(before: Sequence[DocumentFile], files: Sequence[DocumentFile]) -> None:
    """Hides those of `files` from customers that staff hid among the files `before`."""
    hidden = {(file.role, file.sha256) for file in before if file.private}
    for file in files:
        file.private = file.private or (file.role, file.sha256) in hidden


async def replace_files(session: AsyncSession, document: Document, files: Sequence[DocumentFile]) -> None:
    """The document's files from now on; what staff hid from customers stays hidden."""
    keep_hidden(await files_of(session, document.id), files)
    await session.execute(delete(DocumentFile).where(DocumentFile.document_id == document.id))  # type: ignore[arg-type]
    session.add_all(files)
    await session.flush()


async def replace_references(session: AsyncSession, document: Document, data: DocumentData) -> None:
    await session.execute(delete(DocumentReference).where(DocumentReference.document_id == document.id))  # type: ignore[arg-type]
    unique = {(reference.kind, reference.number) for reference in data.references if reference.number}
    session.add_all(
        DocumentReference(merchant_id=document.merchant_id, document_id=document.id, kind=kind, number=number)
        for kind, number in sorted(unique)
    )
    await session.flush()

"""Making what a document that came in still lacks: its PDF and its e-invoice. Repeatable."""

import asyncio
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor_documents import queries
from kontor_documents.content.model import DocumentData
from kontor_documents.copies import queries as copies
from kontor_documents.einvoice.write import write_cii
from kontor_documents.intake.issuing import is_einvoice
from kontor_documents.models import Document, DocumentFile
from kontor_documents.parts import Parts
from kontor_documents.rendering.archive import EmbeddedFile
from kontor_documents.rendering.render import render_async
from kontor_service.errors import Unavailable

_XML, _PDF = "application/xml", "application/pdf"


async def content_of(parts: Parts, document: Document) -> DocumentData:
    return DocumentData.model_validate_json(await parts.files.get(document.content_sha256))


async def produce(parts: Parts, session: AsyncSession, document: Document) -> bool:
    """Adds the missing files; True where there were any. Raises Unavailable while the merchant is not known yet."""
    files = await queries.files_of(session, document.id)
    roles = {file.role for file in files}
    if not document.rendered or "pdf" in roles:
        return False
    data = await content_of(parts, document)
    made: list[DocumentFile] = []
    xml = await _xml(parts, files)
    if xml is None and is_einvoice(data):
        xml = await asyncio.to_thread(write_cii, data)
        made.append(await _file(parts, document, "xml", _XML, xml, len(files)))
    pdf = await _pdf(parts, session, document, data, xml, files)
    made.append(await _file(parts, document, "pdf", _PDF, pdf, len(files) + len(made)))
    session.add_all(made)
    await session.flush()
    return True


async def _pdf(
    parts: Parts,
    session: AsyncSession,
    document: Document,
    data: DocumentData,
    xml: bytes | None,
    files: list[DocumentFile],
) -> bytes:
    merchant = await copies.merchant(session, document.merchant_id)
    if merchant is None:
        raise Unavailable("The merchant's settings have not arrived yet", code="merchant_unknown")
    attached = [
        EmbeddedFile(file.name, await parts.files.get(file.sha256), file.media_type)
        for file in files
        if file.role == "attachment"
    ]
    branding = await parts.brandings.of(merchant)
    embedded = xml if xml is not None and b"CrossIndustryInvoice" in xml[:2000] else None
    return await render_async(data, branding, xml=embedded, attachments=attached)


async def _xml(parts: Parts, files: list[DocumentFile]) -> bytes | None:
    for file in files:
        if file.role == "xml":
            return await parts.files.get(file.sha256)
    return None


async def _file(
    parts: Parts, document: Document, role: str, media_type: str, content: bytes, position: int
) -> DocumentFile:
    stem = document.number or str(UUID(str(document.id)))
    return DocumentFile(
        merchant_id=document.merchant_id,
        document_id=document.id,
        position=position,
        role=role,
        name=f"{stem}.{role}",
        media_type=media_type,
        sha256=await parts.files.put(content),
        size=len(content),
    )

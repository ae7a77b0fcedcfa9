"""Making what a document that came in still lacks: its PDF and its e-invoice. Repeatable, and with nothing locked."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.identity.v1 import identity_pb2
from kontor_documents import queries
from kontor_documents.dependencies import Dependencies
from kontor_documents.einvoice import cii
from kontor_documents.einvoice.write import write_cii
from kontor_documents.intake.issuing import is_einvoice
from kontor_documents.models import Document, DocumentFile
from kontor_documents.rendering.archive import EmbeddedFile
from kontor_documents.rendering.render import render_async
from kontor_service.errors import Invalid, Unavailable
from kontor_service.i18n import N_


@dataclass(frozen=True)
class Production:
    """Files made for one content of a document."""

    content_sha256: str
    files: Sequence[DocumentFile]


def lacks_files(document: Document, files: Sequence[DocumentFile]) -> bool:
    return document.rendered and not document.draft and all(file.role != "pdf" for file in files)


async def produce(
    deps: Dependencies, document: Document, files: Sequence[DocumentFile], merchant: identity_pb2.Merchant | None
) -> Production:
    """Raises Unavailable while the merchant is not known yet."""
    if merchant is None:
        raise Unavailable(
            N_("The settings have not arrived everywhere yet. Please try again in a moment."), code="merchant_unknown"
        )
    data = await queries.content_of(deps, document)
    made: list[DocumentFile] = []
    supplied = next((file for file in files if file.role == "xml"), None)
    xml = await deps.files.get(supplied.sha256) if supplied else None
    if xml is None and is_einvoice(data):
        xml = await asyncio.to_thread(write_cii, data)
        made.append(await _made(deps, document, "xml", xml, len(files)))
    attached = [
        EmbeddedFile(file.name, await deps.files.get(file.sha256), file.media_type)
        for file in files
        if file.role == "attachment"
    ]
    branding = await deps.brandings.of(merchant)
    embedded = xml if xml is not None and _is_cii(xml) else None
    pdf = await render_async(data, branding, xml=embedded, attachments=attached)
    made.append(await _made(deps, document, "pdf", pdf, len(files) + len(made)))
    return Production(document.content_sha256, made)


def _is_cii(xml: bytes) -> bool:
    with suppress(Invalid):
        return cii.parse(xml) is not None
    return False


async def add_files(session: AsyncSession, document: Document, production: Production) -> Sequence[DocumentFile]:
    """What was made, unless the document has got another content meanwhile: then nothing. The caller holds its lock."""
    if production.content_sha256 != document.content_sha256:
        return []
    session.add_all(production.files)
    await session.flush()
    return production.files


async def _made(deps: Dependencies, document: Document, role: str, content: bytes, position: int) -> DocumentFile:
    await deps.files.put(content)
    name = f"{document.number or document.id}.{role}"
    return queries.file_of(document, position, role, name, f"application/{role}", content)

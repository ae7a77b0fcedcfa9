"""Making what a document that came in still lacks: its PDF and its e-invoice. Repeatable, and with nothing locked."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2_codes import DocumentType, ReferenceKind
from kontor.identity.v1 import identity_pb2
from kontor_documents import queries
from kontor_documents.content.model import DocumentData
from kontor_documents.dependencies import Dependencies
from kontor_documents.einvoice import cii
from kontor_documents.einvoice.offer import Offer, offered
from kontor_documents.einvoice.write import write_cii
from kontor_documents.intake.issuing import is_einvoice
from kontor_documents.models import Document, DocumentFile
from kontor_documents.production.branding import plain
from kontor_documents.release.rules import foreign_seller
from kontor_documents.rendering.archive import EmbeddedFile
from kontor_documents.rendering.render import render_async
from kontor_service.errors import Invalid, Unavailable
from kontor_service.i18n import N_

log = structlog.get_logger()

# The process that applies the rules may have ended, or been too busy; the next one starts afresh.
_OFFER_ATTEMPTS = 2


@dataclass(frozen=True)
class Production:
    """Files made for one content of a document, for the customer that it had then, and without what was hidden then."""

    content_sha256: str
    customer_number: str
    hidden: frozenset[str]
    files: Sequence[DocumentFile]

    def fits(self, document: Document, files: Sequence[DocumentFile]) -> bool:
        """Whether they would be made the same for the document as it is now."""
        now = document.content_sha256, document.customer_number, _hidden(files)
        return (self.content_sha256, self.customer_number, self.hidden) == now


def _hidden(files: Sequence[DocumentFile]) -> frozenset[str]:
    return frozenset(file.sha256 for file in files if file.private)


def lacks_files(document: Document) -> bool:
    return not document.draft and not document.produced


async def produce(
    deps: Dependencies, document: Document, files: Sequence[DocumentFile], merchant: identity_pb2.Merchant | None
) -> Production:
    """Raises Unavailable while the merchant is not known yet."""
    if merchant is None:
        raise Unavailable(
            N_("The settings have not arrived everywhere yet. Please try again in a moment."), code="merchant_unknown"
        )
    data = await _under_invoices_reference(deps, document, await queries.content_of(deps, document))
    contents = {file.sha256: await deps.files.get(file.sha256) for file in files if file.role != "pdf"}
    made = await _rendered(deps, document, files, contents, merchant, data) if document.rendered else []
    if is_einvoice(data) and (offer := await _offer(deps, document, data, contents, _supplied_xml(files, contents))):
        made.append((offer.role, f"-{offer.role}.xml", offer.xml))
    return Production(
        document.content_sha256,
        document.customer_number,
        _hidden(files),
        [await _made(deps, document, len(files) + n, *one) for n, one in enumerate(made)],
    )


async def _under_invoices_reference(deps: Dependencies, document: Document, data: DocumentData) -> DocumentData:
    """A reminder is paid under the references of the invoices that it names."""
    numbers = [one.number for one in data.references if one.kind == ReferenceKind.INVOICE]
    if document.type != DocumentType.REMINDER or not numbers:
        return data
    async with deps.db.transaction(document.merchant_id) as session:
        known = await queries.payment_references(session, document.customer_number, numbers)
    return data.model_copy(update={"payment_reference": ", ".join(known.get(number, number) for number in numbers)})


async def _offer(
    deps: Dependencies, document: Document, data: DocumentData, contents: Mapping[str, bytes], supplied: bytes | None
) -> Offer | None:
    """None also where the rules cannot be applied twice: what cannot be checked is not offered, and keeps no document back."""
    for _attempt in range(_OFFER_ATTEMPTS):
        try:
            return await offered(deps.validator, data, contents, supplied)
        except Unavailable:
            log.exception("einvoice_not_checked", document_id=str(document.id))
    return None


async def _rendered(
    deps: Dependencies, document: Document, files: Sequence[DocumentFile], contents: Mapping[str, bytes],
    merchant: identity_pb2.Merchant, data: DocumentData,
) -> list[tuple[str, str, bytes]]:  # fmt: skip
    """The PDF, with its e-invoice inside: role, ending of the name, content."""
    xml = _supplied_xml(files, contents)
    made = []
    if xml is None and is_einvoice(data):
        xml = await asyncio.to_thread(write_cii, data)
        made.append(("xml", ".xml", xml))
    attached = [
        EmbeddedFile(file.name, contents[file.sha256], file.media_type)
        for file in files
        if file.role == "attachment" and not file.private
    ]
    branding = plain(data.seller) if foreign_seller(document, merchant) else await deps.brandings.of(merchant)
    embedded = xml if xml is not None and await asyncio.to_thread(_is_cii, xml) else None
    return [*made, ("pdf", ".pdf", await render_async(data, branding, xml=embedded, attachments=attached))]


def _is_cii(xml: bytes) -> bool:
    with suppress(Invalid):
        return cii.parse(xml) is not None
    return False


def _supplied_xml(files: Sequence[DocumentFile], contents: Mapping[str, bytes]) -> bytes | None:
    return next((contents[file.sha256] for file in files if file.role == "xml"), None)


async def add_files(session: AsyncSession, document: Document, production: Production) -> None:
    """Adds the produced files to the document. The caller holds the document's lock and has checked that its content has
    not changed since the files were made."""
    session.add_all(production.files)
    document.produced = True
    await session.flush()


async def _made(
    deps: Dependencies, document: Document, position: int, role: str, ending: str, content: bytes
) -> DocumentFile:
    await deps.files.put(content)
    media_type = "application/pdf" if role == "pdf" else "application/xml"
    return queries.file_of(document, position, role, f"{document.number or document.id}{ending}", media_type, content)

"""The evidence of an acceptance as a PDF page among the quote's files."""

from functools import partial
from uuid import UUID

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import QuoteOutcome
from kontor_bus import record
from kontor_documents import copies, queries
from kontor_documents.dependencies import Dependencies
from kontor_documents.events import document_state
from kontor_documents.quotes.evidence import evidence_of, last_evidence
from kontor_documents.rendering.evidence import render_evidence
from kontor_documents.rendering.render import in_pool
from kontor_service.errors import Unavailable
from kontor_service.i18n import gettext as _
from kontor_service.i18n import speaking


async def attach_evidence(deps: Dependencies, merchant_id: UUID, document_id: UUID) -> None:
    """Adds the page to an accepted quote that has none yet. Raises Unavailable while the merchant is not known."""
    async with deps.db.transaction(merchant_id) as session:
        document = await queries.found(session, document_id)
        evidence = await last_evidence(session, document)
        merchant = await copies.merchant(session, merchant_id)
    if document.outcome != QuoteOutcome.ACCEPTED or document.evidence_attached or evidence is None:
        return
    if merchant is None:
        raise Unavailable
    branding = await deps.brandings.of(merchant)
    page = await in_pool(partial(render_evidence, evidence_of(evidence), branding, evidence.sha256))
    await deps.files.put(page)
    with speaking(evidence_of(evidence).language):
        name = _("Acceptance of %(number)s", number=document.number) + ".pdf"
    async with deps.db.transaction(merchant_id) as session:
        document = await queries.locked(session, document_id)
        files = await queries.files_of(session, document_id)
        if document.evidence_attached:
            return
        added = queries.file_of(document, len(files), "evidence", name, "application/pdf", page)
        session.add(added)
        document.evidence_attached = True
        document.touch()
        await session.flush()
        record(session, pb.DocumentChanged(document=document_state(document, [*files, added])))

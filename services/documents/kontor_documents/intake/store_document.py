"""Writing a document that came in: its row, content, files, thread and history, in the intake's transaction."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import record
from kontor_documents import copies, history, queries
from kontor_documents.content.model import DocumentData
from kontor_documents.dependencies import Dependencies
from kontor_documents.events import document_state
from kontor_documents.intake.issuing import Issue, content_stored
from kontor_documents.intake.parse import MOST_ISSUES, Parsed
from kontor_documents.intake.projection import columns, facts
from kontor_documents.models import Document, DocumentFile, Submission
from kontor_documents.quotes.selection import selection_state
from kontor_documents.release.rules import IN_PRODUCTION
from kontor_documents.room import refuse_crowded
from kontor_documents.threads import join_thread, tie
from kontor_documents.to_settle import note_document
from kontor_service.ids import uuid7


async def put_files(deps: Dependencies, parsed: Parsed) -> None:
    """The supplied files into storage, before anything is locked."""
    for content in (parsed.pdf, parsed.xml, *parsed.attachments.values()):
        if content is not None:
            await deps.files.put(content)


async def store_document(
    deps: Dependencies,
    session: AsyncSession,
    submission: Submission,
    parsed: Parsed,
    data: DocumentData,
    *,
    external_id: str,
    existing: Document | None,
    issue: Issue,
) -> Document:
    """Adds the document, or gives the unshared one new content. Its production follows after the commit."""
    values: dict[str, Any] = {
        **columns(data),
        "external_id": external_id,
        "source": submission.source,
        "source_sha256": parsed.source_sha256,
        "rendered": parsed.pdf is None,
        "draft": issue.draft,
        "settled": False,
        "produced": False,
        "facts": facts(data),
        "selection": selection_state(data, existing.revision if existing else 1),
        "issues": [IN_PRODUCTION, *map(asdict, issue.findings), *parsed.issues][:MOST_ISSUES],
        "content_sha256": await content_stored(deps, data, issue),
        "report_sha256": issue.report_sha256,
    }
    document = existing or Document(
        merchant_id=submission.merchant_id, thread_id=uuid7(), received_at=deps.clock.now(), **values
    )
    if existing is not None:
        for name, value in values.items():
            setattr(existing, name, value)
        existing.touch()
    await _match_customer(session, document, data)
    merged = await join_thread(session, document, [reference.number for reference in data.references])
    session.add(document)
    await session.flush()
    files = supplied_files(document, submission.file_name, parsed, data)
    await queries.replace_files(session, document, files)
    await queries.replace_references(session, document, data)
    await history.append(
        session, document, "replaced" if existing else "received", at=deps.clock.now(), actor=submission.submitted_by,
        source=submission.source, source_sha256=parsed.source_sha256,
    )  # fmt: skip
    record(session, pb.DocumentReceived(document=refuse_crowded(document_state(document, files))))
    await tie(session, merged, document.thread_id)
    await note_document(session, document)
    return document


async def _match_customer(session: AsyncSession, document: Document, data: DocumentData) -> None:
    """By customer number alone; VAT id and e-mail only suggest."""
    document.customer_id = await copies.customer_id_by_number(session, document.customer_number)
    document.suggested_customer_id = None
    if document.customer_id is None:
        email = data.buyer.contact.email if data.buyer.contact else ""
        document.suggested_customer_id = await copies.suggested_customer_id(session, data.buyer.vat_id, email)


def supplied_files(document: Document, file_name: str, parsed: Parsed, data: DocumentData) -> list[DocumentFile]:
    """What was supplied, byte for byte; the PDF that Kontor makes comes later."""
    stem = data.number or file_name or str(document.type)
    supplied = [
        ("pdf", f"{stem}.pdf", "application/pdf", parsed.pdf),
        ("xml", f"{stem}.xml", "application/xml", parsed.xml),
    ]
    found = [(role, name, media_type, content) for role, name, media_type, content in supplied if content is not None]
    for attachment in data.attachments:
        content = parsed.attachments.get(attachment.sha256)
        if content is not None:
            name = attachment.file_name or attachment.description or attachment.id or "attachment"
            found.append(("attachment", name, attachment.media_type, content))
    return [queries.file_of(document, position, *one) for position, one in enumerate(found)]

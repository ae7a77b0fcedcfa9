"""Writing a document that came in: its row, content, files, thread and history, in the intake's transaction."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import record
from kontor_documents import queries
from kontor_documents.content.model import DocumentData
from kontor_documents.events import document_state
from kontor_documents.history import service as history
from kontor_documents.intake.facts import columns, facts
from kontor_documents.intake.reading import Readout
from kontor_documents.matching.service import match_customer
from kontor_documents.matching.threads import join_thread, tie
from kontor_documents.models import Document, DocumentFile, Submission
from kontor_documents.parts import Parts
from kontor_service.ids import uuid7


async def keep(
    parts: Parts,
    session: AsyncSession,
    submission: Submission,
    readout: Readout,
    data: DocumentData,
    *,
    external_id: str,
    existing: Document | None,
    report: bytes | None,
) -> Document:
    """Adds the document, or gives the unshared one new content. Announces it as received: its production follows."""
    content = data.model_dump_json(exclude_none=True).encode()
    values: dict[str, Any] = {
        **columns(data),
        "external_id": external_id,
        "source": submission.source,
        "source_sha256": readout.source_sha256,
        "rendered": readout.pdf is None,
        "settled": False,
        "facts": facts(data),
        "issues": list(readout.issues),
        "content_sha256": await parts.files.put(content),
        "report_sha256": await parts.files.put(report) if report else None,
    }
    document = existing or Document(
        merchant_id=submission.merchant_id, thread_id=uuid7(), received_at=parts.clock.now(), **values
    )
    if existing is not None:
        for name, value in values.items():
            setattr(existing, name, value)
        existing.touch()
    await match_customer(session, document, data)
    merged = await join_thread(session, document, [reference.number for reference in data.references])
    session.add(document)
    await session.flush()
    files = await _files(parts, document, submission, readout, data)
    await queries.replace_files(session, document, files)
    await queries.replace_references(session, document, data)
    await history.append(
        session, document, "replaced" if existing else "received", at=parts.clock.now(), actor=submission.submitted_by,
        source=submission.source, source_sha256=readout.source_sha256,
    )  # fmt: skip
    record(session, pb.DocumentReceived(document=document_state(document, files)), merchant_id=document.merchant_id)
    await tie(session, merged, document.thread_id)
    return document


async def _files(
    parts: Parts, document: Document, submission: Submission, readout: Readout, data: DocumentData
) -> list[DocumentFile]:
    """What was supplied, byte for byte; the PDF that Kontor makes comes later."""
    stem = data.number or submission.file_name or str(document.type)
    supplied = [
        ("pdf", f"{stem}.pdf", "application/pdf", readout.pdf),
        ("xml", f"{stem}.xml", "application/xml", readout.xml),
    ]
    found = [
        (role, name, media_type, await parts.files.put(content), len(content))
        for role, name, media_type, content in supplied
        if content is not None
    ]
    for attachment in data.attachments:
        content = readout.attachments.get(attachment.sha256)
        if content is not None:
            name = attachment.file_name or attachment.description or attachment.id or "attachment"
            found.append(("attachment", name, attachment.media_type, await parts.files.put(content), len(content)))
    return [
        DocumentFile(
            merchant_id=document.merchant_id,
            document_id=document.id,
            position=position,
            role=role,
            name=name,
            media_type=media_type,
            sha256=sha256,
            size=size,
        )
        for position, (role, name, media_type, sha256, size) in enumerate(found)
    ]

"""A shared quote that is handed in again: its new content takes the place of the one that the customer has."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kontor.documents.v1 import documents_pb2 as pb
from kontor.documents.v1.documents_pb2_codes import DocumentType, QuoteOutcome
from kontor_documents import copies, queries
from kontor_documents.content.model import DocumentData
from kontor_documents.dependencies import Dependencies
from kontor_documents.errors import CustomerStays, NotReleasable
from kontor_documents.intake.issuing import Issue
from kontor_documents.intake.parse import MOST_ISSUES, Parsed, external_id_of
from kontor_documents.intake.projection import columns, facts, facts_again
from kontor_documents.intake.store_document import supplied_files
from kontor_documents.models import Document, DocumentFile, DocumentRevision
from kontor_documents.production.service import produce
from kontor_documents.quotes.difference import difference
from kontor_documents.quotes.record import record_fact
from kontor_documents.quotes.selection import selection_state
from kontor_documents.release.rules import finding, release_blockers
from kontor_documents.room import refuse_crowded
from kontor_documents.standing.on_documents import record_current

# What keeps an amendment out: found in the content, so that staff could not mend it while customers wait.
_OF_THE_CONTENT = ("foreign_seller", "unprintable")
_AMENDABLE = ("", QuoteOutcome.PROMISED, QuoteOutcome.DECLINED, QuoteOutcome.EXPIRED)


@dataclass(frozen=True)
class Amendment:
    """Made with nothing locked, from the content that the quote had then."""

    previous: DocumentData
    previous_sha256: str
    data: DocumentData
    files: Sequence[DocumentFile]


def can_be_amended(document: Document) -> bool:
    """A shared quote that nobody has accepted."""
    return document.type == DocumentType.QUOTE and document.state == "shared" and document.outcome in _AMENDABLE


async def prepare_amendment(
    deps: Dependencies, merchant_id: UUID, parsed: Parsed, issue: Issue, file_name: str
) -> Amendment | None:
    """The new content with its files; None where nothing is amended.

    Raises CustomerStays, and NotReleasable for what would keep it from being shared.
    """
    async with deps.db.transaction(merchant_id) as session:
        existing = await queries.by_external_id(session, external_id_of(parsed))
        if existing is None or not can_be_amended(existing) or existing.source_sha256 == parsed.source_sha256:
            return None
        merchant = await copies.merchant(session, merchant_id)
        customer = await copies.customer(session, existing.customer_id)
        files = await queries.files_of(session, existing.id)
    data = issue.data.model_copy(
        update={"number": issue.data.number or existing.number, "customer_number": existing.customer_number}
    )
    if issue.data.customer_number not in ("", existing.customer_number):
        raise CustomerStays(field="customer_number")
    amended = _amended(existing, parsed, data, issue)
    supplied = supplied_files(amended, file_name, parsed, data)
    queries.keep_hidden(files, supplied)
    found = release_blockers(amended, has_pdf=True, merchant=merchant, customer=customer)
    against = [one for one in found if one["code"] in _OF_THE_CONTENT]
    if against:
        raise NotReleasable.of([finding(one) for one in against], code=against[0]["code"])
    production = await produce(deps, amended, supplied, merchant)
    return Amendment(
        await queries.content_of(deps, existing), existing.content_sha256, data, [*supplied, *production.files]
    )


def _amended(existing: Document, parsed: Parsed, data: DocumentData, issue: Issue) -> Document:
    """The quote as it will be; a row of no session."""
    return Document(
        id=existing.id, merchant_id=existing.merchant_id, thread_id=existing.thread_id, external_id=existing.external_id,
        source=existing.source, source_sha256=parsed.source_sha256, rendered=parsed.pdf is None,
        received_at=existing.received_at, facts=facts(data), content_sha256=issue.content_sha256,
        customer_id=existing.customer_id, **columns(data),
    )  # fmt: skip


async def amend(
    deps: Dependencies, session: AsyncSession, document: Document, parsed: Parsed, issue: Issue, amendment: Amendment,
    *, by: str,
) -> None:  # fmt: skip
    """Gives the quote its new content and one revision more. The caller holds its lock and has checked that it can be
    amended and still has the content that the amendment was prepared from."""
    at, previous = deps.clock.now(), document.content_sha256
    pdf = next((file.sha256 for file in await queries.files_of(session, document.id) if file.role == "pdf"), None)
    session.add(
        DocumentRevision(
            merchant_id=document.merchant_id, document_id=document.id, revision=document.revision,
            content_sha256=previous, pdf_sha256=pdf, replaced_at=at,
        )
    )  # fmt: skip
    changes = difference(amendment.previous, amendment.data)
    values: dict[str, Any] = {
        **columns(amendment.data), "source_sha256": parsed.source_sha256, "rendered": parsed.pdf is None,
        "facts": facts_again(document, amendment.data) | {"changes": changes}, "content_sha256": issue.content_sha256,
        "issues": [*map(asdict, issue.findings), *parsed.issues][:MOST_ISSUES],
        "revision": document.revision + 1, "outcome": "", "decision": None, "asked_minor": 0, "closed_at": None,
    }  # fmt: skip
    for name, value in values.items():
        setattr(document, name, value)
    document.selection = selection_state(amendment.data, document.revision)
    given = await record_current(session, document)
    await queries.replace_files(session, document, amendment.files)
    await queries.replace_references(session, document, amendment.data)
    fact = partial(pb.DocumentAmended, previous_content_sha256=previous)
    state = await record_fact(
        session, document, "amended", fact, at=at, actor=by, revision=document.revision, previous=previous,
        standing_documents=given,
    )  # fmt: skip
    refuse_crowded(state)


async def content_at(
    deps: Dependencies, session: AsyncSession, document: Document, revision: int
) -> DocumentData | None:
    """What the quote said in this revision; None where there was none."""
    if revision == document.revision:
        return await queries.content_of(deps, document)
    kept: DocumentRevision | None = await session.scalar(
        select(DocumentRevision).where(
            col(DocumentRevision.document_id) == document.id, col(DocumentRevision.revision) == revision
        )
    )
    return DocumentData.model_validate_json(await deps.files.get(kept.content_sha256)) if kept else None


async def difference_since(
    deps: Dependencies, session: AsyncSession, document: Document, revision: int
) -> list[dict[str, str]]:
    """What has changed since the revision that somebody has seen; nothing where there was none such."""
    seen = await content_at(deps, session, document, revision)
    return difference(seen, await queries.content_of(deps, document)) if seen is not None else []

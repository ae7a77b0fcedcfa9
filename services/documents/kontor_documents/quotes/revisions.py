"""What a quote said before it was amended."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from kontor_documents import queries
from kontor_documents.content.model import DocumentData
from kontor_documents.dependencies import Dependencies
from kontor_documents.models import DocumentRevision
from kontor_documents.quotes.difference import whole_difference

# Of a quote that was amended more often, the newest.
_MOST = 20


async def earlier(deps: Dependencies, merchant_id: UUID, document_id: UUID) -> list[dict[str, Any]]:
    """The newest 20, the oldest first, each with the `changes` that the next one brought. Raises DocumentNotFound, also for
    another merchant's."""
    async with deps.db.transaction(merchant_id) as session:
        document = await queries.found(session, document_id)
        query = select(DocumentRevision).where(col(DocumentRevision.document_id) == document_id)
        rows = list(await session.scalars(query.order_by(col(DocumentRevision.revision).desc()).limit(_MOST)))
    found, following = list[dict[str, Any]](), await _content(deps, document.content_sha256) if rows else None
    for row in rows:
        content = await _content(deps, row.content_sha256)
        told = row.model_dump(mode="json", exclude={"merchant_id", "document_id"})
        found.append(told | {"changes": whole_difference(content, following) if following else []})
        following = content
    return found[::-1]


async def _content(deps: Dependencies, sha256: str) -> DocumentData:
    return DocumentData.model_validate_json(await deps.files.get(sha256))

"""What a quote said before it was amended."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from kontor_documents import queries
from kontor_documents.dependencies import Dependencies
from kontor_documents.models import DocumentRevision


async def earlier(deps: Dependencies, merchant_id: UUID, document_id: UUID) -> list[dict[str, Any]]:
    """The oldest first. Raises DocumentNotFound, also for another merchant's."""
    async with deps.db.transaction(merchant_id) as session:
        await queries.found(session, document_id)
        query = select(DocumentRevision).where(col(DocumentRevision.document_id) == document_id)
        rows = await session.scalars(query.order_by(col(DocumentRevision.revision)))
        return [row.model_dump(mode="json", exclude={"merchant_id", "document_id"}) for row in rows]

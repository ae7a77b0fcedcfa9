"""What a quote said before it was amended."""

import asyncio
from itertools import pairwise
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
    hashes = [document.content_sha256, *(row.content_sha256 for row in rows)] if rows else []
    contents = [DocumentData.model_validate_json(one) for one in await asyncio.gather(*map(deps.files.get, hashes))]
    return [
        row.model_dump(mode="json", exclude={"merchant_id", "document_id"})
        | {"changes": whole_difference(before, after)}
        for row, (after, before) in zip(reversed(rows), reversed([*pairwise(contents)]), strict=True)
    ]

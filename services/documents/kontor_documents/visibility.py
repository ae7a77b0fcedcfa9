"""Which documents a principal may act on: the portal's customers their own, a link's session those of its thread."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor_documents import queries
from kontor_documents.errors import DocumentNotFound
from kontor_documents.models import Document
from kontor_service.tokens import Principal


async def locked_for(session: AsyncSession, document_id: UUID, principal: Principal) -> Document:
    """The document under its row lock. Raises DocumentNotFound, also for one that the principal's customers may not see."""
    document = await queries.locked(session, document_id)
    if principal.for_customers:
        if document.customer_id not in principal.customers or document.state not in ("shared", "cancelled"):
            raise DocumentNotFound
        if principal.document_id is not None:
            linked = await session.get(Document, principal.document_id)
            if linked is None or linked.thread_id != document.thread_id:
                raise DocumentNotFound
    return document

"""Finding a document's customer."""

from sqlalchemy.ext.asyncio import AsyncSession

from kontor_documents import copies
from kontor_documents.content.model import DocumentData
from kontor_documents.models import Document


async def match_customer(session: AsyncSession, document: Document, data: DocumentData) -> None:
    """By customer number alone; VAT id and e-mail only suggest."""
    document.customer_id = await copies.customer_id_by_number(session, document.customer_number)
    document.suggested_customer_id = None
    if document.customer_id is None:
        email = data.buyer.contact.email if data.buyer.contact else ""
        document.suggested_customer_id = await copies.suggested_customer_id(session, data.buyer.vat_id, email)

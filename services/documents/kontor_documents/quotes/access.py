"""Which quotes a caller may act on, and in whose name."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor_documents import copies, queries
from kontor_documents.errors import AcceptanceOff, DocumentNotFound
from kontor_documents.models import Document
from kontor_documents.visibility import check_shown, settings_of
from kontor_service.tokens import Principal

_USUAL_ZONE = "Europe/Berlin"


async def locked_to_decide(session: AsyncSession, document_id: UUID, principal: Principal) -> Document:
    """The quote under its row lock. Customers find theirs from the day it was shared, also where it has been withdrawn
    since: they are told so. Raises DocumentNotFound, AcceptanceOff."""
    document = await queries.locked(session, document_id)
    if not principal.for_customers:
        return document
    merchant = await copies.merchant(session, document.merchant_id)
    if document.shared_at is None:
        raise DocumentNotFound
    await check_shown(session, document, principal, merchant)
    if not settings_of(document, merchant).can_accept:
        raise AcceptanceOff
    return document


async def zone(session: AsyncSession, merchant_id: UUID) -> str:
    """The merchant's IANA time zone, in which its days end."""
    merchant = await copies.merchant(session, merchant_id)
    return (merchant.time_zone if merchant else "") or _USUAL_ZONE


def actor(principal: Principal) -> str:
    return f"{principal.subject} {principal.name}".strip()

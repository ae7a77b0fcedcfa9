"""Which documents a principal may act on: the portal's customers their own, a link's session those of its thread."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kontor.identity.v1 import identity_pb2
from kontor_documents import copies, queries
from kontor_documents.errors import DocumentNotFound
from kontor_documents.models import Document
from kontor_service.tokens import Principal


def settings_of(document: Document, merchant: identity_pb2.Merchant | None) -> identity_pb2.DocumentTypeSettings:
    """What the merchant allows for documents of this type; nothing while its settings are not known."""
    kinds = merchant.document_types if merchant else ()
    return next((kind for kind in kinds if kind.type == document.type), identity_pb2.DocumentTypeSettings())


def is_shown(document: Document, merchant: identity_pb2.Merchant | None) -> bool:
    """Whether the portal shows the document, by its type and the state from which this type is shown."""
    settings = settings_of(document, merchant)
    return settings.visible and (settings.visible_from in ("", "shared") or document.outcome == settings.visible_from)


def is_for_others(document: Document, customer: identity_pb2.Customer | None) -> bool:
    """Whether the document is for other roles than the customer has (B16)."""
    roles = document.facts.get("roles", ())
    has = (customer.roles if customer else ()) or ("customer",)
    return bool(roles) and set(has).isdisjoint(roles)


async def check_shown(
    session: AsyncSession, document: Document, principal: Principal, merchant: identity_pb2.Merchant | None
) -> None:
    """Raises DocumentNotFound where the principal's customers do not see a document of this kind, nor its link this thread."""
    if document.customer_id not in principal.customers or not is_shown(document, merchant):
        raise DocumentNotFound
    if is_for_others(document, await copies.customer(session, document.customer_id)):
        raise DocumentNotFound
    if principal.document_id not in (None, document.id):
        linked = await session.get(Document, principal.document_id)
        if linked is None or linked.thread_id != document.thread_id:
            raise DocumentNotFound


async def locked_for(session: AsyncSession, document_id: UUID, principal: Principal) -> Document:
    """The document under its row lock. Raises DocumentNotFound, also for one that the principal's customers may not see."""
    document = await queries.locked(session, document_id)
    if principal.for_customers:
        if document.state not in ("shared", "cancelled"):
            raise DocumentNotFound
        await check_shown(session, document, principal, await copies.merchant(session, document.merchant_id))
    return document

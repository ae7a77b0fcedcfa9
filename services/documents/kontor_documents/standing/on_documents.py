"""Which standing documents a customer gets along with a document; which version it was is on record there."""

from typing import Any

from sqlalchemy import any_, literal
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from kontor.documents.v1 import documents_pb2 as pb
from kontor_documents import copies
from kontor_documents.models import Document, StandingDocument, StandingDocumentVersion
from kontor_documents.standing.states import version_state, versions_of
from kontor_service.i18n import language_of

_FACT = "standing_documents"


async def record_current(session: AsyncSession, document: Document) -> list[str]:
    """Puts the versions that are current now on the document, in the place of those it had. Answers their ids."""
    said = await current(session, document)
    document.facts = {**document.facts, _FACT: said}
    return [one["id"] for one in said]


async def current(session: AsyncSession, document: Document) -> list[dict[str, Any]]:
    """What would go along if it were sent now, each with the fields of StandingDocumentVersion."""
    return [_as_fact(version_state(version)) for version in await current_versions(session, document)]


def recorded(document: Document) -> list[dict[str, Any]]:
    """The versions that went to the customer with this document, each with the fields of StandingDocumentVersion."""
    return list(document.facts.get(_FACT, ()))


def consents_needed(document: Document) -> list[dict[str, Any]]:
    """Those of them that the customer has to agree to by their `id` to accept a quote."""
    return [one for one in recorded(document) if one["consent"]]


def _as_fact(state: pb.StandingDocumentVersion) -> dict[str, Any]:
    return {field.name: getattr(state, field.name) for field in state.DESCRIPTOR.fields}


async def current_versions(session: AsyncSession, document: Document) -> list[StandingDocumentVersion]:
    """In the customer's language; of a kind that there is none of in it, in the merchant's. In their order."""
    merchant = await copies.merchant(session, document.merchant_id)
    customer = await copies.customer(session, document.customer_id)
    wanted = language_of(customer.language if customer else "", merchant.language if merchant else "")
    fallback = language_of(merchant.language if merchant else "")
    goes_along: Any = literal(document.type) == any_(col(StandingDocument.document_types))
    query = select(StandingDocument).where(col(StandingDocument.active), goes_along)
    documents = list(await session.scalars(query.order_by(col(StandingDocument.position), col(StandingDocument.id))))
    newest = {one.standing_document_id: one for one in reversed(await versions_of(session, [d.id for d in documents]))}
    found = [newest[one.id] for one in documents]
    own = {one.kind for one in found if one.language == wanted}
    return [one for one in found if one.language == wanted or (one.language == fallback and one.kind not in own)]

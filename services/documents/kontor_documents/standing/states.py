"""A standing document in the contract's terms."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from kontor.documents.v1 import documents_pb2 as pb
from kontor_documents.models import StandingDocument, StandingDocumentVersion
from kontor_service.events import state_of


def standing_document_state(
    document: StandingDocument, versions: Sequence[StandingDocumentVersion]
) -> pb.StandingDocument:
    """`versions`: its own, the newest first."""
    return state_of(pb.StandingDocument, document, versions=[version_state(version) for version in versions])


def version_state(version: StandingDocumentVersion) -> pb.StandingDocumentVersion:
    return state_of(pb.StandingDocumentVersion, version, valid_from=version.valid_from.isoformat())


async def versions_of(session: AsyncSession, ids: Sequence[UUID]) -> list[StandingDocumentVersion]:
    """All versions of these standing documents, the newest first."""
    query = select(StandingDocumentVersion).where(col(StandingDocumentVersion.standing_document_id).in_(ids))
    return list(await session.scalars(query.order_by(col(StandingDocumentVersion.number).desc())))


async def standing_document_states(
    session: AsyncSession, documents: Sequence[StandingDocument]
) -> list[pb.StandingDocument]:
    found = await versions_of(session, [document.id for document in documents])
    return [
        standing_document_state(document, [one for one in found if one.standing_document_id == document.id])
        for document in documents
    ]

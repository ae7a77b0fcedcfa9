"""Deriving again what columns and bus say of a document's content, for documents from before a field was derived."""

from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter
from sqlalchemy import select

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import record
from kontor_documents import queries
from kontor_documents.content.model import DocumentData
from kontor_documents.dependencies import Dependencies, Deps
from kontor_documents.events import document_state
from kontor_documents.intake import projection
from kontor_documents.models import Document
from kontor_service.files import FileMissing
from kontor_service.tokens import ServiceCaller

router = APIRouter(tags=["reprojections"])

log = structlog.get_logger()

_BATCH = 50
# Staff may have assigned the document to another customer than its content names.
_ASSIGNED = "customer_number"


@router.post("/v1/reprojections")
async def reproject(deps: Deps, caller: ServiceCaller) -> dict[str, Any]:
    """Of all merchants, or of the one that the token names; counts. Versions grow and events go out only where something
    changed, so that it can be ended and started again. What has no content in storage is passed over and counted as missing.
    """
    counts = {"seen": 0, "changed": 0, "missing": 0}
    for merchant_id in (
        [caller.merchant_id] if caller.merchant_id else await deps.db.merchants("merchants_with_documents")
    ):
        last = UUID(int=0)
        while documents := await _next(deps, merchant_id, last):
            for document in documents:
                try:
                    counts["changed"] += await _reproject(deps, document)
                except FileMissing:
                    log.warning("document_content_missing", document=str(document.id), merchant=str(merchant_id))
                    counts["missing"] += 1
            counts["seen"] += len(documents)
            last = documents[-1].id
    return counts


async def _next(deps: Dependencies, merchant_id: UUID, after: UUID) -> list[Document]:
    query = select(Document).where(Document.id > after).order_by(Document.id).limit(_BATCH)  # type: ignore[arg-type]
    async with deps.db.transaction(merchant_id) as session:
        return list(await session.scalars(query))


async def _reproject(deps: Dependencies, seen: Document) -> bool:
    """The content is read with nothing locked; what has got another meanwhile was derived anew anyway."""
    data = await queries.content_of(deps, seen)
    if not _stale(seen, data):
        return False
    async with deps.db.transaction(seen.merchant_id) as session:
        document = await queries.locked(session, seen.id)
        stale = _stale(document, data) if document.content_sha256 == seen.content_sha256 else {}
        for name, value in stale.items():
            setattr(document, name, value)
        if stale:
            document.touch()
            await queries.replace_references(session, document, data)
            record(
                session, pb.DocumentChanged(document=document_state(document, await queries.files_of(session, seen.id)))
            )
        return bool(stale)


def _stale(document: Document, data: DocumentData) -> dict[str, Any]:
    """The columns that the content says otherwise today."""
    derived = projection.columns(data) | {"facts": projection.facts_again(document, data)}
    return {name: value for name, value in derived.items() if name != _ASSIGNED and getattr(document, name) != value}

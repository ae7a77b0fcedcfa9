"""Deriving again what columns and bus say of a document's content, for documents from before a field was derived."""

from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter
from pydantic import BaseModel
from sqlalchemy import select

from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import record
from kontor_documents import queries
from kontor_documents.content.model import DocumentData
from kontor_documents.dependencies import Dependencies, Deps
from kontor_documents.events import document_state
from kontor_documents.intake import projection
from kontor_documents.models import Document
from kontor_documents.production.service import content_of
from kontor_service.errors import Invalid
from kontor_service.files import FileMissing
from kontor_service.i18n import N_
from kontor_service.tokens import ServiceCaller

router = APIRouter(tags=["reprojections"])

log = structlog.get_logger()

_BATCH = 50
_FIRST = UUID(int=0)
# Said of the document when it was shared; its content knows nothing of it.
_SAID_AT_SHARING = ("share_recipient", "share_subject", "share_text")
# Staff may have assigned the document to another customer than its content names.
_ASSIGNED = "customer_number"


class Reprojection(BaseModel):
    # Where an earlier batch ended; empty: from the start.
    after: str = ""


@router.post("/v1/reprojections")
async def reproject_some(deps: Deps, caller: ServiceCaller, wanted: Reprojection) -> dict[str, Any]:
    """One batch, and where it ended. Versions grow and events go out only where something changed.

    A token that names a merchant gets that one's. What has no content in storage is passed over and counted as missing.
    """
    position = _position(wanted.after)
    named = caller.merchant_id
    found = [named] if named else await deps.db.merchants("merchants_with_documents")
    merchants = sorted(merchant for merchant in found if merchant >= position[0])
    seen = changed = missing = 0
    for merchant_id in merchants:
        after = position[1] if merchant_id == position[0] else _FIRST
        documents = await _next(deps, merchant_id, after, _BATCH - seen)
        for document in documents:
            try:
                changed += await _reproject(deps, document)
            except FileMissing:
                log.warning("document_content_missing", document=str(document.id), merchant=str(merchant_id))
                missing += 1
        seen += len(documents)
        if documents:
            position = merchant_id, documents[-1].id
        if seen == _BATCH:
            break
    place = "/".join(map(str, position))
    return {"seen": seen, "changed": changed, "missing": missing, "position": place, "done": seen < _BATCH}


def _position(text: str) -> tuple[UUID, UUID]:
    """Merchant and document that were looked at last: merchant by merchant, in the order of ids."""
    try:
        merchant_id, document_id = map(UUID, text.split("/")) if text else (_FIRST, _FIRST)
    except ValueError:
        raise Invalid(N_("A position is what an earlier batch answered."), field="after") from None
    return merchant_id, document_id


async def _next(deps: Dependencies, merchant_id: UUID, after: UUID, limit: int) -> list[Document]:
    query = select(Document).where(Document.id > after).order_by(Document.id).limit(limit)  # type: ignore[arg-type]
    async with deps.db.transaction(merchant_id) as session:
        return list(await session.scalars(query))


async def _reproject(deps: Dependencies, seen: Document) -> bool:
    """The content is read with nothing locked; what has got another meanwhile was derived anew anyway."""
    data = await content_of(deps, seen)
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
    kept = {name: document.facts[name] for name in _SAID_AT_SHARING if name in document.facts}
    derived = projection.columns(data) | {"facts": projection.facts(data) | kept}
    return {name: value for name, value in derived.items() if name != _ASSIGNED and getattr(document, name) != value}

"""What staff look at of a quote: how it was accepted. Nothing of it is for customers."""

from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kontor_documents import queries
from kontor_documents.dependencies import Deps
from kontor_documents.errors import DocumentNotFound
from kontor_documents.models import AcceptanceEvidence
from kontor_documents.quotes.evidence import evidence_of
from kontor_documents.quotes.signature import Signature, png
from kontor_service.errors import NotFound
from kontor_service.i18n import N_
from kontor_service.tokens import Principal, require

router = APIRouter(tags=["quotes"])

Reader = Annotated[Principal, Depends(require("documents:read", "service"))]
SignatureMissing = NotFound.named("signature_not_found", N_("Nobody has drawn a signature here."))


@router.get("/v1/documents/{document_id}/evidence")
async def evidence(deps: Deps, document_id: UUID, principal: Reader) -> dict[str, Any]:
    """Each acceptance of the quote, the latest first: several only where earlier ones were not paid for. Strokes are left out."""
    async with deps.db.transaction(principal.merchant) as session:
        found = await _evidence(session, document_id, principal)
    return {"evidence": [_shown(kept) for kept in found]}


def _shown(kept: AcceptanceEvidence) -> dict[str, Any]:
    """With the moment in UTC (`at`) and in the merchant's zone (`at_local`), as ISO 8601."""
    evidence = evidence_of(kept)
    told = evidence.model_dump(mode="json", exclude={"signature", "accepted_at"})
    return told | {
        "number": kept.number, "sha256": kept.sha256, "actor": kept.record["actor"], "shown": kept.record["shown"],
        "at": evidence.accepted_at.isoformat(),
        "at_local": evidence.accepted_at.astimezone(ZoneInfo(evidence.time_zone)).isoformat(), **_signed(kept),
    }  # fmt: skip


def _signed(kept: AcceptanceEvidence) -> dict[str, str]:
    signature = kept.signature or {}
    return {"signed": signature.get("kind", ""), "signature_text": signature.get("text", "")}


@router.get("/v1/documents/{document_id}/evidence/{number}/signature")
async def signature(deps: Deps, document_id: UUID, number: str, principal: Reader) -> Response:
    """The drawn signature as a PNG. Raises SignatureMissing."""
    async with deps.db.transaction(principal.merchant) as session:
        found = [kept for kept in await _evidence(session, document_id, principal) if str(kept.number) == number]
    if not found or not found[0].signature or found[0].signature["kind"] != "drawn":
        raise SignatureMissing
    return Response(png(Signature.model_validate(found[0].signature).strokes), media_type="image/png")


async def _evidence(session: AsyncSession, document_id: UUID, principal: Principal) -> list[AcceptanceEvidence]:
    await _document(session, document_id, principal)
    query = select(AcceptanceEvidence).where(col(AcceptanceEvidence.document_id) == document_id)
    return list(await session.scalars(query.order_by(col(AcceptanceEvidence.number).desc())))


async def _document(session: AsyncSession, document_id: UUID, principal: Principal) -> None:
    """Raises DocumentNotFound, also for customers."""
    if principal.for_customers:
        raise DocumentNotFound
    await queries.found(session, document_id)

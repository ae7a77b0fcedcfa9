"""What is kept of an acceptance: append-only, hashed, and with the signature in no other place."""

import hashlib
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from kontor_documents.models import AcceptanceEvidence, Document, DocumentFile
from kontor_documents.quotes.inputs import AcceptanceInput
from kontor_service.commands import fingerprint
from kontor_service.tokens import Principal


async def last_evidence(session: AsyncSession, document: Document) -> AcceptanceEvidence | None:
    """The latest acceptance of this quote; several only where earlier ones were not paid for."""
    found: AcceptanceEvidence | None = await session.scalar(
        select(AcceptanceEvidence)
        .where(col(AcceptanceEvidence.document_id) == document.id)
        .order_by(col(AcceptanceEvidence.number).desc())
        .limit(1)
    )
    return found


def is_same(evidence: AcceptanceEvidence, asked: AcceptanceInput, principal: Principal) -> bool:
    """Whether this person has sent the same acceptance again."""
    return bool(evidence.record["asked_sha256"] == _asked_hash(asked, principal))


def _asked_hash(asked: AcceptanceInput, principal: Principal) -> str:
    return fingerprint(principal.subject, asked.asked())


async def keep_evidence(
    session: AsyncSession,
    document: Document,
    files: list[DocumentFile],
    asked: AcceptanceInput,
    principal: Principal,
    *,
    at: datetime,
    time_zone: str,
    consents: list[dict[str, str]],
    chosen: dict[str, Any],
) -> AcceptanceEvidence:
    """Adds the row; `chosen` is the selection with its totals and the hash of the content that it makes."""
    last = await last_evidence(session, document)
    pdf = next((file.sha256 for file in files if file.role == "pdf"), "")
    record = {
        "document_id": str(document.id), "number": document.number, "type": document.type,
        "revision": document.revision, "content_sha256": document.content_sha256, "pdf_sha256": pdf,
        "at": at.isoformat(), "at_local": at.astimezone(ZoneInfo(time_zone)).isoformat(), "time_zone": time_zone,
        "actor": _actor(principal), **asked.request.model_dump(), "name": asked.name, "function": asked.function,
        "acceptance": document.facts.get("acceptance", []), "consents": consents,
        "shown": [text.model_dump() for text in asked.shown], "asked_sha256": _asked_hash(asked, principal), **chosen,
    }  # fmt: skip
    signature = asked.signature.model_dump(mode="json") if asked.signature else None
    evidence = AcceptanceEvidence(
        merchant_id=document.merchant_id, document_id=document.id, number=last.number + 1 if last else 1, at=at,
        record=record, signature=signature, sha256=evidence_hash(record, signature),
    )  # fmt: skip
    session.add(evidence)
    await session.flush()
    return evidence


def evidence_hash(record: dict[str, Any], signature: dict[str, Any] | None) -> str:
    """SHA-256 over record and signature as JSON with sorted keys."""
    covered = json.dumps([record, signature], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(covered.encode()).hexdigest()


def _actor(principal: Principal) -> dict[str, str]:
    """Who it was: a user, a contact person's log-in, or whoever had a link."""
    return {
        "subject": principal.subject, "kind": principal.kind, "name": principal.name,
        "session": str(principal.session_id or ""), "link_document_id": str(principal.document_id or ""),
    }  # fmt: skip

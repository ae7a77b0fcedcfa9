"""The append-only history of documents (GoBD): each entry's hash covers the one before it."""

import hashlib
import json
import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from kontor_documents.models import Document, HistoryEntry
from kontor_documents.moments import with_moment

_START = "0" * 64


async def append(
    session: AsyncSession, document: Document, fact: str, *, at: datetime, actor: str, **detail: Any
) -> HistoryEntry:
    """Adds an entry, and a moment of the document where its readers look for it. The caller holds the document's row lock,
    which orders the chain."""
    last = await session.scalar(
        select(HistoryEntry)
        .where(HistoryEntry.document_id == document.id)  # type: ignore[arg-type]
        .order_by(HistoryEntry.number.desc())  # type: ignore[attr-defined]
        .limit(1)
    )
    salt = secrets.token_hex(16)
    entry = HistoryEntry(
        merchant_id=document.merchant_id,
        document_id=document.id,
        number=last.number + 1 if last else 1,
        fact=fact,
        at=at,
        actor=actor,
        actor_salt=salt,
        actor_sha256=hashlib.sha256(f"{salt}{actor}".encode()).hexdigest(),
        detail={"content_sha256": document.content_sha256, **detail},
        previous_sha256=last.sha256 if last else _START,
        sha256="",
    )
    entry.sha256 = link_hash(entry)
    session.add(entry)
    document.moments = with_moment(document.moments, fact, at=at, actor=actor, detail=detail)
    await session.flush()
    return entry


async def entries(session: AsyncSession, document_id: UUID) -> list[HistoryEntry]:
    found = await session.scalars(
        select(HistoryEntry).where(HistoryEntry.document_id == document_id).order_by(HistoryEntry.number)  # type: ignore[arg-type]
    )
    return list(found)


def link_hash(entry: HistoryEntry) -> str:
    """SHA-256 over the entry and its predecessor's hash; the actor enters as a salted hash, so it can be erased."""
    covered = [
        entry.previous_sha256,
        str(entry.document_id),
        entry.number,
        entry.fact,
        entry.at.isoformat(),
        entry.actor_sha256,
        entry.detail,
    ]
    return hashlib.sha256(json.dumps(covered, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def intact(chain: list[HistoryEntry]) -> bool:
    """Whether no entry was changed, taken out or put in between."""
    previous = _START
    for number, entry in enumerate(chain, start=1):
        if entry.number != number or entry.previous_sha256 != previous or entry.sha256 != link_hash(entry):
            return False
        previous = entry.sha256
    return True

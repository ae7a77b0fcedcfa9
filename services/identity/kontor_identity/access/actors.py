"""Who is behind a session or an API key, and what is granted to them right now: one query, no cache."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import asyncpg

from kontor_identity.access.rights import session_rights
from kontor_service.database import Database


@dataclass(frozen=True)
class SessionActor:
    """A session with its live grants."""

    hash: str
    id: UUID
    epoch: int
    version: int
    merchant_id: UUID
    slug: str
    kind: str
    staff_id: UUID | None
    user_id: UUID | None
    contact_id: UUID | None
    customer_id: UUID | None
    document_id: UUID | None
    link_id: UUID | None
    name: str
    email: str
    language: str
    role: str
    expires_at: datetime
    # Revoked, expired, or nothing is granted to it any more.
    ended: bool
    # The customers it may act for, and those of them whose portal is switched on.
    granted: tuple[UUID, ...]
    open: tuple[UUID, ...]

    @classmethod
    def from_row(cls, row: asyncpg.Record) -> Self:
        values = dict(row)
        return cls(**values | {"granted": tuple(values["granted"]), "open": tuple(values["open"])})

    @property
    def rights(self) -> frozenset[str]:
        if self.ended:
            return frozenset()
        return session_rights(self.kind, self.role, has_account=self.user_id is not None)

    @property
    def subject(self) -> str:
        if self.staff_id is not None:
            return f"staff:{self.staff_id}"
        if self.contact_id is not None:
            return f"contact:{self.contact_id}"
        return f"link:{self.link_id or self.id}"

    @property
    def principal_kind(self) -> str:
        return self.subject.partition(":")[0]

    def state(self) -> dict[str, Any]:
        """The session as the edges keep it. A newer version replaces an older one."""
        return {
            "hash": self.hash,
            "id": str(self.id),
            "kind": self.kind,
            "merchant_id": str(self.merchant_id),
            "slug": self.slug,
            "user_id": str(self.staff_id or self.user_id or "") or None,
            "contact_id": str(self.contact_id) if self.contact_id else None,
            "name": self.name,
            "email": self.email,
            "language": self.language,
            "customers": [str(customer) for customer in self.open],
            "document_id": str(self.document_id) if self.document_id else None,
            "rights": sorted(self.rights),
            "role": self.role,
            "expires_at": self.expires_at.isoformat(),
            "epoch": self.epoch,
            "version": self.version,
            "revoked": self.ended,
        }


@dataclass(frozen=True)
class KeyActor:
    """An API key that has not been revoked."""

    id: UUID
    merchant_id: UUID
    name: str
    scopes: tuple[str, ...]


async def session_actor(db: Database, session_hash: str) -> SessionActor | None:
    row = await db.pool.fetchrow("SELECT * FROM session_actors(ARRAY[$1])", session_hash)
    return SessionActor.from_row(row) if row else None


async def session_actors(db: Database, hashes: list[str]) -> list[SessionActor]:
    return [SessionActor.from_row(row) for row in await db.pool.fetch("SELECT * FROM session_actors($1)", hashes)]


async def key_actor(db: Database, key_hash: str) -> KeyActor | None:
    row = await db.pool.fetchrow("SELECT * FROM api_key_actor($1)", key_hash)
    return KeyActor(row["id"], row["merchant_id"], row["name"], tuple(row["scopes"])) if row else None

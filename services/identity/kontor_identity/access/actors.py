"""Who is behind a session, and what is granted to them right now: one query, no cache."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Json

from kontor_identity.access.rights import ACCEPT_RIGHT, session_rights
from kontor_service.database import Database

_NOT_FOR_EDGES = {"staff_id", "customer_id", "link_id", "ended", "open", "authenticated_at"}


class SessionActor(BaseModel):
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
    # The log-in, or the last time that the person confirmed the session with the password.
    authenticated_at: datetime
    seen_at: datetime
    ends_at: datetime
    expires_at: datetime
    # Revoked, over, or nothing is granted to it any more.
    ended: bool
    # The customers it may act for whose portal is switched on.
    open: tuple[UUID, ...]
    # Those of them for whom it may accept quotes.
    accepts: tuple[UUID, ...]
    # The document types seen of a customer, where those are not all.
    sees: Json[dict[UUID, list[str]]]

    @property
    def rights(self) -> frozenset[str]:
        """What tokens are signed for."""
        return frozenset() if self.kind == "preview" else self.shown_rights

    @property
    def shown_rights(self) -> frozenset[str]:
        """What pages show buttons for; a preview shows those of the person whose portal it shows."""
        if self.ended:
            return frozenset()
        given = session_rights(self.kind, self.role, has_account=self.user_id is not None)
        return given if self.kind == "staff" or self.accepts else given - {ACCEPT_RIGHT}

    def customers_for(self, right: str) -> tuple[UUID, ...]:
        return self.accepts if right == ACCEPT_RIGHT else self.open

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

    @property
    def access(self) -> str:
        """How the person came in: account, code (mailed to them), contact (a link of their own), link; empty for staff."""
        if self.kind == "portal":
            return "account" if self.user_id is not None else "code"
        return "" if self.kind != "link" else "contact" if self.contact_id is not None else "link"

    def state(self) -> dict[str, Any]:
        """The session as the edges keep it. A newer version replaces an older one."""
        told = self.model_dump(mode="json", exclude=_NOT_FOR_EDGES)
        preview = self.kind == "preview"
        return told | {
            "subject": self.subject,
            "user_id": str(self.staff_id or self.user_id or "") or None,
            # A preview is of the whole portal; the document it was opened for may be a draft.
            "document_id": None if preview else told["document_id"],
            "draft_id": told["document_id"] if preview else None,
            "customers": [str(customer) for customer in self.open],
            "rights": sorted(self.shown_rights),
            "revoked": self.ended,
        }


async def session_actor(db: Database, session_hash: str) -> SessionActor | None:
    row = await db.pool.fetchrow("SELECT * FROM session_actors(ARRAY[$1])", session_hash)
    return SessionActor.model_validate(dict(row)) if row else None


async def session_actors(db: Database, hashes: list[str]) -> list[SessionActor]:
    return [
        SessionActor.model_validate(dict(row))
        for row in await db.pool.fetch("SELECT * FROM session_actors($1)", hashes)
    ]

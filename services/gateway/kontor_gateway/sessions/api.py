"""How identity tells the gateway: sessions that changed, and that it is there."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from kontor_gateway.edge import edge_of
from kontor_gateway.sessions.store import heard_identity, keep_sessions
from kontor_service.tokens import FromIdentity

router = APIRouter(prefix="/internal", tags=["internal"])


class SessionState(BaseModel):
    """A session as identity keeps it, under the hash of its cookie."""

    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    id: UUID
    kind: Literal["portal", "link", "staff"]
    merchant_id: UUID
    slug: str = ""
    contact_id: UUID | None = None
    name: str = ""
    email: str = ""
    language: str = "de"
    customers: list[UUID] = []
    document_id: UUID | None = None
    rights: list[str] = []
    expires_at: datetime
    epoch: int = 1
    version: int
    revoked: bool = False


class Sessions(BaseModel):
    sessions: Annotated[list[SessionState], Field(max_length=1000)]


@router.put("/sessions", status_code=204)
async def put_sessions(request: Request, body: Sessions, _: FromIdentity) -> None:
    """Counts as done when it answers: the next page of a revoked session is refused."""
    edge = edge_of(request)
    states: list[dict[str, Any]] = [state.model_dump(mode="json") for state in body.sessions]
    await keep_sessions(edge.views.pool, states)
    edge.views.announcer.announce(f"session:{state['hash']}" for state in states)


@router.post("/heartbeat", status_code=204)
async def heartbeat(request: Request, _: FromIdentity) -> None:
    """Without one for five minutes private pages stop: a revocation might not have reached us."""
    await heard_identity(edge_of(request).views.pool)

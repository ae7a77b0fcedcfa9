"""What identity tells: sessions that changed, and that it is there."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from kontor_admin.sessions.store import heard, keep
from kontor_service.tokens import FromIdentity

router = APIRouter(prefix="/internal", tags=["internal"])


class SessionState(BaseModel):
    hash: str = Field(max_length=64)
    id: UUID
    kind: str
    merchant_id: UUID
    slug: str = ""
    user_id: str | None = None
    name: str = ""
    email: str = ""
    language: str = "de"
    rights: list[str] = []
    role: str = ""
    expires_at: datetime
    version: int
    revoked: bool

    def kept(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


class Sessions(BaseModel):
    sessions: list[SessionState] = Field(max_length=1000)


@router.put("/sessions", status_code=204)
async def put_sessions(request: Request, told: Sessions, _: FromIdentity) -> Response:
    """Counts as done when answered: from then on no page is served to a session that was revoked."""
    await keep(request, [session.kept() for session in told.sessions])
    await heard(request)
    return Response(status_code=204)


@router.post("/heartbeat", status_code=204)
async def heartbeat(request: Request, _: FromIdentity) -> Response:
    await heard(request)
    return Response(status_code=204)

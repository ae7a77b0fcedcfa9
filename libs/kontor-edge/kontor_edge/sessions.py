"""Sessions as an edge keeps them: identity owns them, answers with them and pushes what becomes of them.

They are written with the copy role and read by the page functions alone. The cookie's value is known to the browser and,
as a hash, to us."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import asyncpg
import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from kontor_service.tokens import FromIdentity

_KEEP = """
INSERT INTO session AS kept
    (hash, id, kind, merchant_id, customers, document_id, public, expires_at, epoch, version, revoked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (hash) DO UPDATE SET
    customers = excluded.customers, document_id = excluded.document_id, public = excluded.public,
    expires_at = excluded.expires_at, epoch = excluded.epoch, version = excluded.version, revoked = excluded.revoked
WHERE (excluded.epoch, excluded.version) > (kept.epoch, kept.version)
"""


class SessionStore:
    """`public`: what a page may know of the session it serves."""

    def __init__(self, pool: "asyncpg.Pool[Any]", public: Sequence[str]) -> None:
        self._pool = pool
        self._public = public

    async def keep(self, states: Sequence[dict[str, Any]]) -> None:
        """Keeps the states that identity gave, all or none; an older one changes nothing."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.executemany(_KEEP, [self._row(state) for state in states])

    async def end(self, session_hash: str) -> None:
        """Ends it here, before identity has been told."""
        await self._pool.execute("UPDATE session SET revoked = true WHERE hash = $1", session_hash)

    async def heard_identity(self) -> None:
        await self._pool.execute("UPDATE identity_heartbeat SET heard_at = now()")

    async def forget_expired(self) -> None:
        """Expired sessions are refused anyway; a day later they are gone."""
        await self._pool.execute("DELETE FROM session WHERE expires_at < now() - interval '1 day'")

    def _row(self, state: dict[str, Any]) -> tuple[Any, ...]:
        public = orjson.dumps({name: state.get(name) for name in self._public}).decode()
        return (
            state["hash"], state["id"], state["kind"], state["merchant_id"], state.get("customers") or [],
            state.get("document_id"), public, datetime.fromisoformat(state["expires_at"]), state.get("epoch", 1),
            state["version"], state["revoked"],
        )  # fmt: skip


def cookie_name(name: str) -> str:
    return f"__Host-kontor-{name}"


def session_hash(request: Request, name: str = "") -> str:
    """Under what identity and the copy know this browser's session; empty without a cookie.

    A portal has one cookie per merchant, `name` or the address's {slug}, so that portals do not know of each other; an edge
    without has one of its own name.
    """
    name = name or request.path_params.get("slug") or request.app.state.settings.service
    token = request.cookies.get(cookie_name(name))
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def set_session(response: Response, name: str, token: str, expires_at: str | None = None) -> None:
    """`expires_at`: ISO 8601 with zone, as identity says it; without, it lasts as long as the browser is open."""
    left = datetime.fromisoformat(expires_at) - datetime.now(UTC) if expires_at else None
    response.set_cookie(
        cookie_name(name), token, max_age=max(0, int(left.total_seconds())) if left else None,
        path="/", secure=True, httponly=True, samesite="lax",
    )  # fmt: skip


def drop_session(response: Response, name: str) -> None:
    response.delete_cookie(cookie_name(name), path="/", secure=True, httponly=True, samesite="lax")


async def begin_session(request: Request, response: Response, started: dict[str, Any]) -> Response:
    """Lets the browser in: the session into the copy, its token into the cookie and nowhere else. That of staff lasts as
    long as the browser is open."""
    state = started["session"]
    await request.app.state.edge.sessions.keep([state])
    if state["kind"] == "staff":
        set_session(response, request.app.state.settings.service, started["token"])
    else:
        set_session(response, state["slug"], started["token"], state["expires_at"])
    return response


router = APIRouter(prefix="/internal", tags=["internal"])


class SessionState(BaseModel):
    """A session as identity keeps it, under the hash of its cookie."""

    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    id: UUID
    kind: Literal["portal", "link", "staff"]
    merchant_id: UUID
    slug: str = ""
    contact_id: UUID | None = None
    user_id: str | None = None
    name: str = ""
    email: str = ""
    language: str = "de"
    customers: list[UUID] = []
    document_id: UUID | None = None
    rights: list[str] = []
    role: str = ""
    expires_at: datetime
    epoch: int = 1
    version: int
    revoked: bool = False


class Sessions(BaseModel):
    sessions: Annotated[list[SessionState], Field(max_length=1000)]


@router.put("/sessions", status_code=204)
async def put_sessions(request: Request, body: Sessions, _: FromIdentity) -> None:
    """Counts as done when it answers: the next page of a revoked session is refused."""
    edge = request.app.state.edge
    states: list[dict[str, Any]] = [state.model_dump(mode="json") for state in body.sessions]
    await edge.sessions.keep(states)
    await edge.sessions.heard_identity()
    edge.views.announcer.announce(f"session:{state['hash']}" for state in states)


@router.post("/heartbeat", status_code=204)
async def heartbeat(request: Request, _: FromIdentity) -> None:
    """Without one for five minutes private pages stop: a revocation might not have reached us."""
    await request.app.state.edge.sessions.heard_identity()

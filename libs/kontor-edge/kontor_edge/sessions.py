"""Sessions as an edge keeps them: identity owns them, answers with them and pushes what becomes of them.

They are written with the copy role; pages are read by their functions alone. The cookie's value is known to the browser and,
as a hash, to us."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import asyncpg
import orjson
from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from kontor_service.bodies import MEBIBYTE, takes
from kontor_service.tokens import FromIdentity
from kontor_web.pages import set_cookie

_KEEP = """
INSERT INTO session AS kept
SELECT DISTINCT ON (hash) * FROM json_populate_recordset(NULL::session, $1::json) ORDER BY hash, epoch DESC, version DESC
ON CONFLICT (hash) DO UPDATE SET
    customers = excluded.customers, document_id = excluded.document_id, public = excluded.public,
    expires_at = excluded.expires_at, epoch = excluded.epoch, version = excluded.version,
    revoked = kept.revoked OR excluded.revoked
WHERE (excluded.epoch, excluded.version) > (kept.epoch, kept.version)
"""
_IDLE = """
SELECT kind FROM session
WHERE hash = $1 AND NOT revoked AND expires_at <= now() AND expires_at < (public ->> 'ends_at')::timestamptz
"""

PREVIEW = "preview."
_DEVICE_SECONDS = 365 * 24 * 3600


class SessionStore:
    """`public`: what a page may know of the session it serves."""

    def __init__(self, pool: "asyncpg.Pool[Any]", public: Sequence[str]) -> None:
        self._pool = pool
        self._public = public

    async def keep(self, states: Sequence[dict[str, Any]]) -> None:
        """Keeps the states that identity gave, all or none; of each session the newest counts. What has ended stays ended."""
        rows = [{**state, "public": {name: state.get(name) for name in self._public}} for state in states]
        await self._pool.execute(_KEEP, orjson.dumps(rows).decode())

    async def ended_idle(self, session_hash: str) -> str:
        """The kind of a session that ended because nobody used it; empty for every other."""
        return await self._pool.fetchval(_IDLE, session_hash) or ""

    async def end(self, session_hash: str) -> None:
        """Ends it here, before identity has been told."""
        await self._pool.execute("UPDATE session SET revoked = true WHERE hash = $1", session_hash)

    async def heard_identity(self) -> None:
        await self._pool.execute("UPDATE identity_heartbeat SET heard_at = now()")

    async def forget_expired(self) -> None:
        """Expired sessions are refused anyway; a day later they are gone."""
        await self._pool.execute("DELETE FROM session WHERE expires_at < now() - interval '1 day'")


def cookie_name(name: str) -> str:
    return f"__Host-kontor-{name}"


def session_hash(request: Request, name: str = "") -> str:
    """Under what identity and the copy know this browser's session; empty without a cookie.

    A portal has one cookie per merchant, `name` or the address's {slug}, so that portals do not know of each other; an edge
    without has one of its own name. While staff preview a portal, that session counts instead of their own one.
    """
    name = name or request.path_params.get("slug") or _service(request)
    token = request.cookies.get(cookie_name(preview_name(name))) or request.cookies.get(cookie_name(name))
    return hashlib.sha256(token.encode()).hexdigest() if token else ""


def preview_name(name: str) -> str:
    """The name of the cookie of a preview. No portal is called like this: its name has no full stop."""
    return f"{PREVIEW}{name}"


def set_session(response: Response, name: str, token: str, ends_at: str | None = None) -> None:
    """`ends_at`: ISO 8601 with zone, as identity says it; without, it lasts as long as the browser is open."""
    left = datetime.fromisoformat(ends_at) - datetime.now(UTC) if ends_at else None
    set_cookie(response, cookie_name(name), token, max(0, int(left.total_seconds())) if left else None)


def drop_session(response: Response, name: str) -> None:
    response.delete_cookie(cookie_name(name), path="/", secure=True, httponly=True, samesite="lax")


def device_of(request: Request, name: str = "") -> str:
    """The browser's device cookie, empty without one. Identity counts log-in attempts of known devices separately."""
    return request.cookies.get(_device_cookie(name or request.path_params.get("slug") or _service(request)), "")


def _device_cookie(name: str) -> str:
    # No portal is called like this: its name has no full stop.
    return cookie_name(f"device.{name}")


def _service(request: Request) -> str:
    return str(request.app.state.settings.service)


async def begin_session(request: Request, response: Response, started: dict[str, Any]) -> Response:
    """Lets the browser in: the session into the copy, its token into the cookie and nowhere else. That of staff lasts as
    long as the browser is open; from now on the account knows the browser."""
    state = started["session"]
    await request.app.state.edge.sessions.keep([state])
    staff = state["kind"] == "staff"
    name = _service(request) if staff else state["slug"]
    set_session(response, name, started["token"], None if staff else state["ends_at"])
    if request.cookies.get(cookie_name(preview_name(name))):
        drop_session(response, preview_name(name))
    if started.get("device"):
        set_cookie(response, _device_cookie(name), started["device"], _DEVICE_SECONDS)
    return response


router = APIRouter(prefix="/internal", include_in_schema=False)


class Sessions(BaseModel):
    """Sessions as identity keeps them, each under the hash of its cookie."""

    sessions: Annotated[list[dict[str, Any]], Field(max_length=1000)]


@router.put("/sessions", status_code=204)
@takes(16 * MEBIBYTE)
async def put_sessions(request: Request, body: Sessions, _: FromIdentity) -> None:
    """Counts as done when it answers: the next page of a revoked session is refused."""
    edge = request.app.state.edge
    await edge.sessions.keep(body.sessions)
    await edge.sessions.heard_identity()
    edge.views.announcer.announce(f"session:{state['hash']}" for state in body.sessions)


@router.post("/heartbeat", status_code=204)
async def heartbeat(request: Request, _: FromIdentity) -> None:
    """Without one for five minutes private pages stop: a revocation might not have reached us."""
    await request.app.state.edge.sessions.heard_identity()

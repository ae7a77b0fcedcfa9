"""A session that its person uses is renewed at identity, beside the page: once per quarter of its idle time.

While identity is away sessions live until the end that the copy knows.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import asyncpg
import structlog
from fastapi import Request

from kontor_edge.sessions import SessionStore, session_hash
from kontor_service.client import ServiceClient
from kontor_service.errors import Problem

log = structlog.get_logger()

_SHARE = 4


class Activity:
    def __init__(self, identity: ServiceClient, credential: Mapping[str, str], sessions: SessionStore) -> None:
        self._identity = identity
        self._credential = credential
        self._sessions = sessions
        # One call at a time for each session.
        self._calls: dict[str, asyncio.Task[None]] = {}

    def seen(self, request: Request, session: Mapping[str, Any]) -> None:
        """To be called with each request that this session was good for; costs it no time."""
        known = session_hash(request)
        if known in self._calls or not by_a_person(request) or not renewal_is_due(session, datetime.now(UTC)):
            return
        call = self._calls[known] = asyncio.create_task(self._renew(known))
        call.add_done_callback(lambda _: self._calls.pop(known))

    async def close(self) -> None:
        for call in (calls := list(self._calls.values())):
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    async def _renew(self, known: str) -> None:
        try:
            answer = await self._identity.request(
                "POST", "/v1/sessions/renew", headers=dict(self._credential), json={"session_hash": known}
            )
            await self._sessions.keep([answer.json()["session"]])
        except (Problem, asyncpg.PostgresError, OSError) as error:
            log.warning("session_not_renewed", error=getattr(error, "code", type(error).__name__))


def by_a_person(request: Request) -> bool:
    """Whether somebody opened a page or sent a form. Event streams and what scripts fetch by themselves say nothing,
    unless a portal built on the JSON API says that a person asked for it."""
    if request.method != "GET" or "x-kontor-person" in request.headers:
        return True
    page = "text/html" in request.headers.get("accept", "")
    return page and request.headers.get("sec-fetch-mode", "navigate") == "navigate"


def renewal_is_due(session: Mapping[str, Any], now: datetime) -> bool:
    """Whether a quarter of the idle time has passed, and renewing would give more time."""
    seen, ends, expires = (datetime.fromisoformat(session[name]) for name in ("seen_at", "ends_at", "expires_at"))
    return expires < ends and now - seen >= (expires - seen) / _SHARE

"""Content is immutable and kept by its hash: fetched from its owner once, when a snapshot names it.

A page renders without it until it is there."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from kontor_edge.copy import Applied, Views
from kontor_service.client import ServiceClient
from kontor_service.errors import Problem
from kontor_service.tokens import TokenSource

log = structlog.get_logger()

_LONGEST_PAUSE_SECONDS = 300
_BATCH = 20
_LOOK_SECONDS = 5.0

_WANT = """
INSERT INTO content_wanted (merchant_id, sha256)
SELECT w.merchant_id, w.sha256 FROM unnest($1::uuid[], $2::text[]) AS w (merchant_id, sha256)
WHERE NOT EXISTS (SELECT FROM content c WHERE c.merchant_id = w.merchant_id AND c.sha256 = w.sha256)
ON CONFLICT DO NOTHING
"""
# Two processes do not fetch the same; a failed one moves to a later turn and out of the way of the others.
_CLAIM = """
UPDATE content_wanted w SET attempts = attempts + 1,
    due_at = now() + least($2, power(2, attempts)) * interval '1 second'
FROM (SELECT merchant_id, sha256 FROM content_wanted WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED) due
WHERE w.merchant_id = due.merchant_id AND w.sha256 = due.sha256
RETURNING w.merchant_id, w.sha256, w.attempts
"""
_KEEP = """
WITH kept AS (INSERT INTO content (merchant_id, sha256, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING)
DELETE FROM content_wanted WHERE merchant_id = $1 AND sha256 = $2
"""


class ContentSource:
    """Whose content an edge keeps. `wanted`: (merchant, hash) of what newly applied states name. `topic` and `users`: what
    is told of whom when it is there; `users` is a query of the ids by merchant $1 and hash $2."""

    def __init__(
        self, owner: str, wanted: Callable[[Applied], Iterable[tuple[str, str]]], *, topic: str, users: str
    ) -> None:
        self.owner, self.wanted, self.topic, self.users = owner, wanted, topic, users


class ContentFetcher:
    """`want` is the copy's follow-up; `run` is a background task."""

    def __init__(self, kind: ContentSource, client: ServiceClient, source: TokenSource) -> None:
        self._kind = kind
        self._client = client
        self._source = source
        self._news = asyncio.Event()

    async def want(self, connection: Any, applied: Applied) -> None:
        """Notes, in the transaction that applies a state, that its content is needed."""
        wanted = set(self._kind.wanted(applied))
        if wanted:
            await connection.execute(_WANT, [merchant for merchant, _ in wanted], [sha256 for _, sha256 in wanted])
            self._news.set()

    async def run(self, views: Views) -> None:
        while True:
            # Cleared first: what is wanted while we fetch is looked for afterwards.
            self._news.clear()
            while await self.fetch_due(views):
                pass
            try:
                await asyncio.wait_for(self._news.wait(), _LOOK_SECONDS)
            except TimeoutError:
                continue

    async def fetch_due(self, views: Views) -> int:
        """Fetches what is due now; how many there were. Those that fail come again later, up to 5 minutes apart."""
        due: list[asyncpg.Record] = await views.pool.fetch(_CLAIM, _BATCH, _LONGEST_PAUSE_SECONDS)
        await asyncio.gather(*(self.fetch(views, row["merchant_id"], row["sha256"]) for row in due))
        return len(due)

    async def fetch(self, views: Views, merchant: UUID, sha256: str) -> str | None:
        """Fetches one and keeps it; None where the owner does not answer."""
        try:
            token = await self._source.service(self._kind.owner, merchant)
            answer = await self._client.request("GET", f"/v1/content/{sha256}", token=token)
        except Problem as problem:
            log.info("content_not_fetched", sha256=sha256, code=problem.code)
            return None
        # PostgreSQL's text has no place for it, and no content needs it.
        body = answer.text.replace("\\u0000", "")
        await views.pool.execute(_KEEP, merchant, sha256, body)
        users = await views.pool.fetch(self._kind.users, merchant, sha256)
        views.announcer.announce(f"{self._kind.topic}:{user['id']}" for user in users)
        return body

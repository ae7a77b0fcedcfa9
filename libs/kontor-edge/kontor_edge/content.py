"""Content is immutable and kept by its hash: fetched from its owner once, when a snapshot names it.

A page renders without it until it is there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True)
class ContentSource:
    """What content an edge keeps: the `content_sha256` of the states of a table that it `wants`. When it is there, pages about
    the rows that have it are told; `told` is SQL about these."""

    owner: str
    table: str
    wants: Callable[[Any], bool]
    told: str


class ContentFetcher:
    """`want` is the copy's follow-up; `run` is a background task."""

    def __init__(self, kind: ContentSource, client: ServiceClient, source: TokenSource) -> None:
        self._kind = kind
        self._client = client
        self._source = source
        self._news = asyncio.Event()

    async def want(self, connection: Any, applied: Applied) -> None:
        """Notes, in the transaction that applies a state, that its content is needed."""
        states = [
            state for state in applied.get(self._kind.table, ()) if state.content_sha256 and self._kind.wants(state)
        ]
        wanted = {(state.merchant_id, state.content_sha256) for state in states}
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
        table, told = self._kind.table, self._kind.told
        having = f"SELECT id FROM live.{table} WHERE merchant_id = $1 AND content_sha256 = $2 AND {told}"
        rows = await views.pool.fetch(having, merchant, sha256)
        views.announcer.announce(f"{table}:{row['id']}" for row in rows)
        return body

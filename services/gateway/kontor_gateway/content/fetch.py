"""Fetching content that a snapshot named and the gateway does not have yet."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from kontor_edge import Applied, Views
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
WITH kept AS (INSERT INTO content (merchant_id, sha256, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING),
     done AS (DELETE FROM content_wanted WHERE merchant_id = $1 AND sha256 = $2)
SELECT id FROM live.document WHERE merchant_id = $1 AND content_sha256 = $2 AND shown
"""


class ContentFetcher:
    """`want` is the copy's follow-up; `run` is a background task. A page renders without lines until they are there."""

    def __init__(self, documents: ServiceClient, source: TokenSource) -> None:
        self._documents = documents
        self._source = source
        self._news = asyncio.Event()

    async def want(self, connection: Any, applied: Applied) -> None:
        """Notes, in the transaction that applies a shared document, that its content is needed."""
        shown = {
            (d.merchant_id, d.content_sha256)
            for d in applied.states.get("document", ())
            if d.content_sha256 and d.customer_id and d.state in ("shared", "cancelled")
        }
        if shown:
            await connection.execute(_WANT, [merchant for merchant, _ in shown], [sha256 for _, sha256 in shown])
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
        due = await views.pool.fetch(_CLAIM, _BATCH, _LONGEST_PAUSE_SECONDS)
        await asyncio.gather(*(self._fetch(views, row) for row in due))
        return len(due)

    async def _fetch(self, views: Views, row: asyncpg.Record) -> None:
        merchant: UUID = row["merchant_id"]
        try:
            token = await self._source.service("documents", merchant)
            answer = await self._documents.request("GET", f"/v1/content/{row['sha256']}", token=token)
        except Problem as problem:
            log.info("content_not_fetched", sha256=row["sha256"], attempts=row["attempts"], code=problem.code)
            return
        told = await views.pool.fetch(_KEEP, merchant, row["sha256"], answer.text.replace("\\u0000", ""))
        views.announcer.announce(f"document:{document['id']}" for document in told)

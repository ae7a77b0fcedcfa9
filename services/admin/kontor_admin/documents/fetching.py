"""Content is immutable: fetched from documents once, then kept beside the copy. New documents' in the background, so that
their pages have their lines also while documents is away; older ones' when somebody looks."""

import asyncio
from typing import Any
from uuid import UUID

import orjson
import structlog
from asyncpg import Record
from fastapi import FastAPI, Request

from kontor_admin.owners import Owners
from kontor_admin.staff import Staff
from kontor_edge import Applied
from kontor_service.errors import Problem

log = structlog.get_logger()

_KEEP = "INSERT INTO content (merchant_id, sha256, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_KNOWN = "SELECT EXISTS (SELECT FROM content WHERE merchant_id = $1 AND sha256 = $2)"
# More than that at once is a rebuild or a month's end: their content comes when somebody looks.
_MOST_WAITING = 2000


class ContentFetcher:
    """`want` is the copy's follow-up; `run` is a background task."""

    def __init__(self) -> None:
        self._wanted: asyncio.Queue[tuple[UUID, str]] = asyncio.Queue(_MOST_WAITING)

    async def want(self, _: Any, applied: Applied) -> None:
        for document in applied.states.get("document", ()):
            if document.content_sha256 and not document.deleted and not self._wanted.full():
                self._wanted.put_nowait((UUID(document.merchant_id), document.content_sha256))

    async def run(self, app: FastAPI) -> None:
        while True:
            merchant_id, sha256 = await self._wanted.get()
            if not await app.state.copy_pool.fetchval(_KNOWN, merchant_id, sha256):
                await _fetched(app, merchant_id, sha256)


async def content_of(request: Request, staff: Staff, row: Record, sha256: str) -> dict[str, Any] | None:
    """DocumentData as JSON; None where documents does not answer and it was never fetched before."""
    if row["content"]:
        return dict(orjson.loads(row["content"]))
    body = await _fetched(request.app, staff.merchant_id, sha256) if sha256 else None
    return dict(orjson.loads(body)) if body else None


async def _fetched(app: FastAPI, merchant_id: UUID, sha256: str) -> str | None:
    owners: Owners = app.state.owners
    try:
        response = await owners.glance("documents", f"/v1/content/{sha256}", merchant_id)
    except Problem as problem:
        log.info("content_not_fetched", sha256=sha256, code=problem.code)
        return None
    # PostgreSQL's text has no place for it, and no document needs it.
    body = response.text.replace("\\u0000", "")
    await app.state.copy_pool.execute(_KEEP, merchant_id, sha256, body)
    return body

"""Telling documents that a customer has a document before their eyes."""

import asyncio

import structlog
from fastapi import Request

from kontor_documents_pages.portal.document_view import DocumentView
from kontor_edge.edge import Edge, client_ip, edge_of
from kontor_edge.owners import apply_answer
from kontor_edge.sessions import session_hash
from kontor_service.errors import Problem

log = structlog.get_logger()
# asyncio keeps only weak references to tasks.
_running: set[asyncio.Task[None]] = set()


def note_opened(request: Request, slug: str, view: DocumentView) -> None:
    """Does not hold up the page. Where documents is down, the next look at the page tells it."""
    if view.details["first_opened_at"] or request.headers.get("sec-purpose", "").startswith("prefetch"):
        return
    task = asyncio.create_task(
        _tell(edge_of(request), session_hash(request, slug), view.entry["id"], client_ip(request))
    )
    _running.add(task)
    task.add_done_callback(_running.discard)


async def finish() -> None:
    """Lets what is on its way arrive when the gateway stops, and takes back what does not within a second."""
    if _running:
        _, late = await asyncio.wait(_running, timeout=1.0)
        for task in late:
            task.cancel()


async def _tell(edge: Edge, known: str, document_id: str, ip: str) -> None:
    try:
        token = await edge.source.command(session_hash=known, audience="documents", right="documents:read", ip=ip)
        answer = await edge.owner("documents").request(
            "POST", f"/v1/documents/{document_id}/opened", token=token, json={}
        )
        await apply_answer(edge, answer.json())
    except Problem as problem:
        log.info("opening_not_told", document=document_id, code=problem.code)

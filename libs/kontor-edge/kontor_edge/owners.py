"""Commands to owners: a token for this one command, the call, and what it changed into our copy at once."""

from typing import Any
from uuid import UUID

import asyncpg
import httpx
import structlog
from fastapi import Request

from kontor_edge.copy import UnknownSnapshot
from kontor_edge.edge import Edge, client_ip, edge_of
from kontor_edge.sessions import session_hash

log = structlog.get_logger()

# Something beside the page: the page does without it rather than wait.
GLANCE_SECONDS = 2.0


async def command(
    request: Request,
    owner: str,
    right: str,
    method: str,
    path: str,
    *,
    key: str | None = None,
    headers: dict[str, str] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Does something as whose session this is and applies the answer's snapshots to the copy.

    `key` is an idempotency key. Raises Problem: what the owner said, Unauthorized for a session that is over,
    Forbidden without the right, Unavailable (503) where the owner or identity does not answer; then nothing is done.
    """
    sent = (headers or {}) | ({"Idempotency-Key": key} if key else {})
    response = await send(request, owner, right, method, path, headers=sent, **options)
    # FastAPI calls also an empty answer (204) JSON.
    is_json = response.content and response.headers.get("content-type", "").startswith("application/json")
    answer = response.json() if is_json else {}
    if isinstance(answer, dict):
        await apply_answer(edge_of(request), answer)
        return answer
    return {"items": answer}


async def send(
    request: Request, owner: str, right: str, method: str, path: str, *, link: str | None = None, **options: Any
) -> httpx.Response:
    """What the owner answers as it is, for what is no JSON. `link`: as whoever holds this secret link, instead of the
    session. Raises Problem like a command."""
    edge = edge_of(request)
    who = {"link": link} if link else {"session_hash": session_hash(request)}
    token = await edge.source.command(audience=owner, right=right, ip=client_ip(request), **who)
    return await edge.owner(owner).request(method, path, token=token, **options)


async def query_owner(request: Request, owner: str, right: str, path: str, **params: Any) -> dict[str, Any]:
    """Something only the owner has, as whose session this is. Raises Problem like a command."""
    answer: dict[str, Any] = (
        await send(request, owner, right, "GET", path, params=params or None, timeout=GLANCE_SECONDS)
    ).json()
    return answer


async def fetch_as_edge(
    request: Request, owner: str, path: str, merchant_id: UUID, *, timeout: float | None = None
) -> httpx.Response:
    """Something of an owner as this edge itself; what the reader may see was decided by the copy. Raises Problem."""
    edge = edge_of(request)
    options: dict[str, Any] = {} if timeout is None else {"timeout": timeout}
    token = await edge.source.service(owner, merchant_id)
    return await edge.owner(owner).request("GET", path, token=token, **options)


async def ask_identity(request: Request, path: str, *, with_ip: bool = True, **body: Any) -> dict[str, Any]:
    """POST with the edge's own credential, on behalf of somebody who is not in yet. Raises what identity says: TooMany,
    Gone, NotFound, Unauthorized, …"""
    edge = edge_of(request)
    sent = body | ({"ip": client_ip(request)} if with_ip else {})
    answer = await edge.owner("identity").request("POST", path, headers=dict(edge.credential), json=sent)
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found


async def apply_answer(edge: Edge, answer: dict[str, Any]) -> None:
    """Applies the snapshot of an answer, and those in lists of results in it."""
    results = [item for value in answer.values() if isinstance(value, list) for item in value if isinstance(item, dict)]
    for result in (answer, *results):
        if "snapshot" not in result:
            continue
        try:
            await edge.views.apply_result(result)
        except UnknownSnapshot:
            # An edge does not copy everything that can be changed through it.
            continue
        except (asyncpg.PostgresError, OSError) as error:
            # The owner has done it, and the bus brings the same state.
            log.warning("answer_not_applied", type=result["snapshot"]["type"], error=type(error).__name__)

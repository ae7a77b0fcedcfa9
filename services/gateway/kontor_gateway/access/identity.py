"""What the gateway asks identity on behalf of somebody who is not in yet."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from kontor_gateway.edge import client_ip, edge_of
from kontor_gateway.sessions.cookie import set_session
from kontor_gateway.sessions.store import keep_sessions


async def ask_identity(request: Request, path: str, *, with_ip: bool = True, **body: Any) -> dict[str, Any]:
    """POST with the gateway's own credential. Raises what identity says: TooMany, Gone, NotFound, Unauthorized, …"""
    edge = edge_of(request)
    sent = body | ({"ip": client_ip(request)} if with_ip else {})
    answer = await edge.owner("identity").request("POST", path, headers=edge.credential, json=sent)
    found: dict[str, Any] = answer.json() if answer.content else {}
    return found


async def begin(request: Request, response: Response, started: dict[str, Any]) -> Response:
    """Lets the browser in: the session into the copy, its token into the cookie and nowhere else."""
    session = started["session"]
    await keep_sessions(edge_of(request).views.pool, [session])
    set_session(response, session["slug"], started["token"], session["expires_at"])
    return response


async def command(request: Request, session_hash: str, method: str, path: str, **options: Any) -> Any:
    """A command about one's own account."""
    edge = edge_of(request)
    token = await edge.source.command(
        session_hash=session_hash, audience="identity", right="account", ip=client_ip(request)
    )
    answer = await edge.owner("identity").request(method, path, token=token, **options)
    return answer.json() if answer.content else None

"""The event stream of a private page. It says that something changed, never what: the page then fetches itself again."""

from collections.abc import Iterable

from fastapi import Request
from starlette.responses import StreamingResponse

from kontor_edge.edge import edge_of
from kontor_edge.sessions import session_hash
from kontor_web.live import stream


def news(request: Request, topics: Iterable[str]) -> StreamingResponse:
    """News of these topics, and of the session itself: a revoked session's pages look again, and are sent away."""
    return stream(request, edge_of(request).hub, {*topics, f"session:{session_hash(request)}"})

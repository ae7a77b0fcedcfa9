"""Previews of the portal by staff (A10): opened once by an address that identity made, shown, and never acted in."""

from fastapi import APIRouter, Request
from starlette.requests import cookie_parser
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import ask_identity
from kontor_edge.portal import Slug, public_page_context
from kontor_edge.sessions import cookie_name, drop_session, preview_name, session_hash, set_session
from kontor_service.errors import Forbidden, Gone, NotFound, problem_response
from kontor_service.i18n import N_
from kontor_web import read_form

router = APIRouter(include_in_schema=False)
portal_router = APIRouter(include_in_schema=False)

_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

PreviewOnly = Forbidden.named("preview", N_("This is a preview. Nothing can be done in it."))


@router.get("/vorschau/{token}")
async def open_preview(request: Request, token: str) -> Response:
    """Beside a session that the browser may have at the portal: that one is back when the preview has ended."""
    try:
        started = await ask_identity(request, "/v1/previews/open", token=token)
    except (Gone, NotFound, Forbidden) as problem:
        return pages(request).render(
            request, "preview_over.html", public_page_context(request, None), status=problem.status
        )
    session = started["session"]
    slug, draft = session["slug"], session["draft_id"]
    response = pages(request).redirect(f"/{slug}/dokumente/{draft}" if draft else f"/{slug}")
    await edge_of(request).sessions.keep([session])
    set_session(response, preview_name(slug), started["token"], session["ends_at"])
    return response


@portal_router.post("/{slug}/vorschau/beenden")
async def end_preview(request: Request, slug: Slug) -> Response:
    await read_form(request)
    ended = pages(request).render(request, "preview_over.html", public_page_context(request, None))
    if request.cookies.get(cookie_name(preview_name(slug))):
        known = session_hash(request, slug)
        await edge_of(request).sessions.end(known)
        await ask_identity(request, "/v1/sessions/end", with_ip=False, session_hash=known)
        drop_session(ended, preview_name(slug))
    return ended


class ReadOnlyPreviews:
    """Refuses whatever a browser sends to a portal that it previews, before any route: identity would sign no token for it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in _UNSAFE and _previews(scope):
            await problem_response(PreviewOnly())(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _previews(scope: Scope) -> bool:
    """Whether the address belongs to a portal of which this browser has a preview; ending it is no act in it."""
    cookies = cookie_parser(next((v.decode("latin-1") for k, v in scope["headers"] if k == b"cookie"), ""))
    parts = scope["path"].strip("/").split("/")
    return parts[1:] != ["vorschau", "beenden"] and any(cookie_name(preview_name(part)) in cookies for part in parts)

"""Being logged out is a way to the log-in page for people, and a problem for programs."""

from urllib.parse import quote

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response

from kontor_edge.portal import LoggedOut
from kontor_edge.sessions import cookie_name, drop_session
from kontor_service.errors import problem_response

_PROGRAMS = ("/api/", "/internal/", "/webhooks/")


def install_access_errors(app: FastAPI) -> None:
    async def logged_out(request: Request, error: Exception) -> Response:
        assert isinstance(error, LoggedOut)
        wants_page = "text/html" in request.headers.get("accept", "")
        if request.url.path.startswith(_PROGRAMS) or not wants_page:
            return problem_response(error)
        there = quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""), safe="/?=&")
        back = f"?next={quote(there, safe='/')}" if request.method == "GET" else ""
        response = RedirectResponse(f"/{error.slug}/anmelden{back}", 303)
        if cookie_name(error.slug) in request.cookies:
            drop_session(response, error.slug)
        return response

    app.add_exception_handler(LoggedOut, logged_out)


def next_page(slug: str, wanted: str) -> str:
    """Where to go after log-in: only within this portal."""
    inside = wanted.startswith(f"/{slug}/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if inside and "\n" not in wanted and "\r" not in wanted else f"/{slug}"

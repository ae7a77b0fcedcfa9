"""Who is not logged in, or no longer, is asked to log in and comes back to where they were."""

from urllib.parse import urlencode

from fastapi import FastAPI, Request
from starlette.responses import RedirectResponse, Response

from kontor_service.errors import Problem

_OURS = ("not_logged_in", "session_ended")


def install_log_in_redirect(app: FastAPI) -> None:
    """Before the error pages: a person gets the log-in page instead of a 401."""
    before = app.exception_handlers[Problem]

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        if error.code in _OURS and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(log_in_url(request), 303)
        answer: Response = await before(request, error)  # type: ignore[misc]
        return answer

    app.add_exception_handler(Problem, on_problem)


def log_in_url(request: Request) -> str:
    """The log-in page, with the way back where that is a page that may be opened again."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method != "GET" or here == "/":
        return "/anmelden"
    return "/anmelden?" + urlencode({"weiter": here})


def safe_next(address: str) -> str:
    """A way back that stays on our own host."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    return address if plain and address.isprintable() else "/"

"""Log-in with e-mail address and password, log-out, and the way to the log-in for who has no session."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import RedirectResponse, Response

from kontor_edge.app import API_PREFIXES
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import ask_identity
from kontor_edge.sessions import begin_session, cookie_name, device_of, drop_session, session_hash
from kontor_identity_pages.frame import base_of, private_frame, public_frame, render
from kontor_identity_pages.send_again import send_again_page
from kontor_service.bodies import FEW_BYTES, takes
from kontor_service.errors import Problem, Unauthorized, Unavailable
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

log = structlog.get_logger()
router = APIRouter(include_in_schema=False)

_LOGGED_OUT = ("not_logged_in", "session_ended")
_REFUSALS = (401, 403, 409, 429)


@router.get("/anmelden")
async def log_in_page(request: Request) -> Response:
    wanted = request.query_params.get("next", "")
    if await _has_account(request):
        return RedirectResponse(next_page(base_of(request), wanted), 303)
    merchant = await public_frame(request)
    return _log_in(request, Form.of({"next": wanted}), merchant=merchant, idle=await _ended_idle(request))


@router.post("/anmelden")
@takes(FEW_BYTES, from_anybody=True)
async def log_in(request: Request) -> Response:
    merchant = await public_frame(request)
    form = await read_form(request)
    email, password, status = form.email("email", required=True), known_password(form), 422
    merchants: Sequence[tuple[str, str]] = ()
    if form.ok:
        account = account_of(request)
        if account["kind"] == "staff":
            # Chosen by who works for several.
            account["slug"] = form.text("merchant", limit=40)
        try:
            started = await ask_identity(request, "/v1/sessions/password", **account, email=email, password=password)
            way = next_page(base_of(request), form.text("next"))
            return await begin_session(request, RedirectResponse(way, 303), started)
        except Problem as problem:
            status = refuse(form, problem)
            merchants = [(one["slug"], one["name"]) for one in problem.params.get("merchants", ())]
    return _log_in(request, form, status, merchant=merchant, merchants=merchants)


@router.post("/abmelden")
@takes(FEW_BYTES, from_anybody=True)
async def log_out(request: Request) -> Response:
    """Ends the session here and in the browser at once; identity is told as soon as it can be reached."""
    await public_frame(request)
    await read_form(request)
    known = session_hash(request)
    if known:
        await edge_of(request).sessions.end(known)
        try:
            await ask_identity(request, "/v1/sessions/end", with_ip=False, session_hash=known)
        except Unavailable:
            if base_of(request):
                raise
            # Without its cookie nobody can use it, and that of staff ends by itself within a day.
            log.warning("session_ended_here_only")
    response = pages(request).redirect(f"{base_of(request)}/anmelden", good=_("You are logged out."))
    drop_session(response, session_cookie(request))
    return response


def account_of(request: Request) -> dict[str, Any]:
    """Which accounts identity searches for an e-mail address, and the device cookie of the browser."""
    slug = request.path_params.get("slug", "")
    return {"slug": slug, "kind": "portal" if slug else "staff", "device": device_of(request)}


def refuse(form: Form, problem: Problem) -> int:
    """Writes into the form why the log-in was refused and returns the page's status. Raises the problem again if it says
    nothing about the log-in itself."""
    if problem.status not in _REFUSALS:
        raise problem
    unknown = isinstance(problem, Unauthorized) and "password" in form.values
    form.problem = _("E-mail address or password is wrong.") if unknown else problem.detail
    form.headers = problem.headers
    return problem.status


def known_password(form: Form, name: str = "password") -> str:
    """The account's current password from the form; an empty field gets an error."""
    password = form.value(name)
    if not password:
        form.error(name, _("Please fill in this field."))
    return password[:1000]


def next_page(base: str, wanted: str) -> str:
    """Where to go after log-in: only within this portal, or this admin."""
    inside = wanted.startswith(f"{base}/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if inside and wanted.isprintable() else base or "/"


def install_log_in_redirect(app: FastAPI) -> None:
    """Before the error pages: who is not logged in, or no longer, is asked to log in and comes back to where they were, or
    sends their form again."""
    before = app.exception_handlers[Problem]

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        wants_page = "text/html" in request.headers.get("accept", "")
        if error.code not in _LOGGED_OUT or not wants_page or request.url.path.startswith(API_PREFIXES):
            answer: Response = await before(request, error)  # type: ignore[misc]
            return answer
        response = await send_again_page(request) or RedirectResponse(_log_in_url(request), 303)
        # One that ended for want of use keeps its cookie: by it the log-in page says so.
        if cookie_name(session_cookie(request)) in request.cookies and not await _ended_idle(request):
            drop_session(response, session_cookie(request))
        return response

    app.add_exception_handler(Problem, on_problem)


def _log_in_url(request: Request) -> str:
    """The log-in page, with the way back where that is a page that may be opened again."""
    base = base_of(request)
    here = quote(request.url.path, safe="/") + (f"?{request.url.query}" if request.url.query else "")
    back = request.method == "GET" and here not in (base, "/")
    return f"{base}/anmelden" + (f"?next={quote(here, safe='/')}" if back else "")


def session_cookie(request: Request) -> str:
    """The name of the session cookie: the portal's slug, or the admin's service name."""
    return str(request.path_params.get("slug") or edge_of(request).settings.service)


def _log_in(request: Request, form: Form, status: int = 200, **shown: Any) -> Response:
    return render(request, "log_in", form, status, **{"idle": "", "merchants": ()} | shown)


async def _ended_idle(request: Request) -> str:
    """The kind of this browser's session where that ended for want of use; else empty."""
    known = session_hash(request)
    return await edge_of(request).sessions.ended_idle(known) if known else ""


async def _has_account(request: Request) -> bool:
    try:
        return "account" in (await private_frame(request))["rights"]
    except Problem:
        return False

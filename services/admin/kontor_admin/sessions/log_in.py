"""Log in with e-mail address and password; log out."""

import structlog
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from kontor_admin.sessions.ended import safe_next
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import ask_identity
from kontor_edge.sessions import begin_session, drop_session, session_hash
from kontor_edge.staff import NotLoggedIn, known_page_context, query_view
from kontor_service.errors import Problem, Unavailable
from kontor_service.i18n import gettext as _
from kontor_service.i18n import speak
from kontor_web import Form, read_form

log = structlog.get_logger()
router = APIRouter()


@router.get("/anmelden")
async def log_in_page(request: Request) -> Response:
    way = safe_next(request.query_params.get("weiter", "/"))
    try:
        await query_view(request, "staff")
    except Problem:
        return pages(request).render(
            request, "sessions/log_in.html", known_page_context(request), form=Form.of({"weiter": way})
        )
    return RedirectResponse(way, 303)


@router.post("/anmelden")
async def log_in(request: Request) -> Response:
    speak(known_page_context(request).language)
    form = await read_form(request)
    email, password = form.email("email", required=True), form.value("password")
    if not password:
        form.error("password", _("Please fill in this field."))
    if form.ok:
        try:
            started = await ask_identity(
                request, "/v1/sessions/password", slug="", email=email, password=password, kind="staff"
            )
            response = RedirectResponse(safe_next(form.value("weiter")), 303)
            return await begin_session(request, response, started)
        except Problem as problem:
            form.problem = _refusal(problem)
            status = problem.status
    else:
        status = 422
    return pages(request).render(request, "sessions/log_in.html", known_page_context(request), status=status, form=form)


def _refusal(problem: Problem) -> str:
    if problem.code == "invalid_credentials":
        return _("E-mail address or password is wrong.")
    return problem.detail


@router.post("/abmelden")
async def log_out(request: Request) -> Response:
    """Here and in the browser it ends at once; identity hears of it as soon as it answers."""
    await read_form(request)
    asked_hash = session_hash(request)
    if not asked_hash:
        raise NotLoggedIn()
    await edge_of(request).sessions.end(asked_hash)
    try:
        await ask_identity(request, "/v1/sessions/end", with_ip=False, session_hash=asked_hash)
    except Unavailable:
        # Without its cookie nobody can use it, and it ends by itself within a day.
        log.warning("session_ended_here_only")
    response = pages(request).redirect("/anmelden", info=_("You are logged out."))
    drop_session(response, edge_of(request).settings.service)
    return response

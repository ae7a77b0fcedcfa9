"""A forgotten password: a mail with a link, and a new password behind it. The same answer whether the address is known."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.owners import ask_identity
from kontor_edge.sessions import begin_session
from kontor_edge.staff import known_page_context
from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _
from kontor_service.i18n import speak
from kontor_web import Form, read_form

router = APIRouter(prefix="/passwort")


@router.get("")
async def forgotten_page(request: Request) -> Response:
    return pages(request).render(
        request, "sessions/forgotten.html", known_page_context(request), form=Form.of(), sent=False
    )


@router.post("")
async def forgotten(request: Request) -> Response:
    speak(known_page_context(request).language)
    form = await read_form(request)
    email = form.email("email", required=True)
    status, sent = 422, False
    if form.ok:
        try:
            await ask_identity(request, "/v1/password-resets", slug="", email=email, kind="staff")
            status, sent = 200, True
        except Problem as problem:
            form.problem, status = problem.detail, problem.status
    return pages(request).render(
        request, "sessions/forgotten.html", known_page_context(request), status=status, form=form, sent=sent
    )


@router.get("/{token}")
async def new_password_page(request: Request, token: str) -> Response:
    return pages(request).render(
        request, "sessions/new_password.html", known_page_context(request), form=Form.of(), token=token
    )


@router.post("/{token}")
async def new_password(request: Request, token: str) -> Response:
    speak(known_page_context(request).language)
    form = await read_form(request)
    password = form.value("password")
    if len(password) < 10:
        form.error("password", _("At least ten characters, please."))
    elif password != form.value("again"):
        form.error("again", _("The two are not the same."))
    status = 422
    if form.ok:
        try:
            started = await ask_identity(request, "/v1/password-resets/complete", token=token, password=password)
            response = pages(request).redirect("/", good=_("Your new password is set."))
            return await begin_session(request, response, started)
        except Problem as problem:
            if problem.code in ("reset_expired", "reset_unknown"):
                return pages(request).render(
                    request, "sessions/reset_over.html", known_page_context(request), status=410
                )
            form.error("password", problem.detail)
            status = problem.status
    return pages(request).render(
        request, "sessions/new_password.html", known_page_context(request), status=status, form=form, token=token
    )

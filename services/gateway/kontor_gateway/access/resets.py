"""A forgotten password: a mail to the address if somebody has it, and a new password from the mail's link."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.owners import ask_identity
from kontor_edge.portal import Slug, public_page_context
from kontor_edge.sessions import begin_session
from kontor_gateway.access.login import portal_of, refusal
from kontor_gateway.access.passwords import new_password
from kontor_service.errors import Gone, NotFound, Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False)


@router.get("/{slug}/passwort-vergessen")
async def forgotten(request: Request, slug: Slug) -> Response:
    await portal_of(request, slug)
    return _request_page(request, slug, Form.of({"email": request.query_params.get("email")}))


@router.post("/{slug}/passwort-vergessen")
async def send(request: Request, slug: Slug) -> Response:
    """Says the same, in the same time, whether or not somebody has this address."""
    await portal_of(request, slug)
    form = await read_form(request)
    email = form.email("email", required=True)
    if not form.ok:
        return _request_page(request, slug, form, 422)
    try:
        await ask_identity(request, "/v1/password-resets", slug=slug, email=email, kind="portal")
    except Problem as problem:
        form.problem = refusal(problem)
        return _request_page(request, slug, form, problem.status)
    return pages(request).render(request, "reset_mailed.html", request.state.page_context, slug=slug, email=email)


@router.get("/passwort/{token}")
async def page(request: Request, token: str) -> Response:
    return pages(request).render(request, "reset.html", public_page_context(request, None), form=Form.of({}))


@router.post("/passwort/{token}")
async def complete(request: Request, token: str) -> Response:
    context = public_page_context(request, None)
    form = await read_form(request)
    password = new_password(form)
    if not form.ok:
        return pages(request).render(request, "reset.html", context, status=422, form=form)
    try:
        started = await ask_identity(request, "/v1/password-resets/complete", token=token, password=password)
    except (Gone, NotFound):
        return pages(request).render(request, "reset_over.html", context, status=410)
    except Problem as problem:
        form.take(problem)
        return pages(request).render(request, "reset.html", context, status=problem.status, form=form)
    slug = started["session"]["slug"]
    return await begin_session(
        request, pages(request).redirect(f"/{slug}", good=_("Your new password is set.")), started
    )


def _request_page(request: Request, slug: str, form: Form, status: int = 200) -> Response:
    return pages(request).render(
        request, "reset_request.html", request.state.page_context, status=status, slug=slug, form=form
    )

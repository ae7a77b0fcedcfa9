"""Log-in with a password, and log-out."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.owners import ask_identity
from kontor_edge.portal import Slug, public_page_context, query_portal
from kontor_edge.sessions import begin_session, drop_session, session_hash
from kontor_gateway.access.errors import next_page
from kontor_service.errors import Forbidden, NotFound, Problem, TooMany, Unauthorized
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False)


async def portal_of(request: Request, slug: str) -> dict[str, Any]:
    """The merchant of a public page, which then speaks the reader's language. Raises NotFound."""
    merchant = await query_portal(request, slug)
    if merchant is None:
        raise NotFound
    request.state.page_context = public_page_context(request, merchant)
    return merchant


@router.get("/{slug}/anmelden")
async def login_page(request: Request, slug: Slug) -> Response:
    merchant = await portal_of(request, slug)
    return _page(request, merchant, Form.of({"next": request.query_params.get("next")}))


@router.post("/{slug}/anmelden")
async def login(request: Request, slug: Slug) -> Response:
    merchant = await portal_of(request, slug)
    form = await read_form(request)
    email, password = form.email("email", required=True), form.value("password")
    if not password:
        form.error("password", _("Please fill in this field."))
    if not form.ok:
        return _page(request, merchant, form, 422)
    try:
        started = await ask_identity(
            request, "/v1/sessions/password", slug=slug, email=email, password=password[:1000], kind="portal"
        )
    except Problem as problem:
        form.problem = refusal(problem)
        return _page(request, merchant, form, problem.status)
    response = pages(request).redirect(next_page(slug, form.text("next", limit=500)))
    return await begin_session(request, response, started)


@router.post("/{slug}/abmelden")
async def logout(request: Request, slug: Slug) -> Response:
    """Ends the session at identity before it says so."""
    await portal_of(request, slug)
    await read_form(request)
    known = session_hash(request, slug)
    if known:
        await ask_identity(request, "/v1/sessions/end", with_ip=False, session_hash=known)
    response = pages(request).redirect(f"/{slug}/anmelden", good=_("You are logged out."))
    drop_session(response, slug)
    return response


def refusal(problem: Problem) -> str:
    """Why somebody is not let in, in words; raises what is none of their business."""
    if isinstance(problem, Unauthorized):
        return _("E-mail address or password is wrong.")
    if isinstance(problem, TooMany):
        return _("That was a bit too often. Please wait a few minutes and try again.")
    if isinstance(problem, Forbidden):
        return _("This portal is switched off at the moment.")
    raise problem


def _page(request: Request, merchant: dict[str, Any], form: Form, status: int = 200) -> Response:
    return pages(request).render(
        request,
        "login.html",
        request.state.page_context,
        status=status,
        merchant=merchant,
        slug=merchant["slug"],
        form=form,
    )

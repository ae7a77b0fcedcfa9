"""Log-in with a password, and log-out."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from kontor_gateway.access.errors import next_page
from kontor_gateway.access.identity import ask_identity, begin
from kontor_gateway.edge import edge_of
from kontor_gateway.reading.ask import ask_public
from kontor_gateway.reading.look import public_look
from kontor_gateway.sessions.cookie import drop_session, session_hash
from kontor_service.errors import Forbidden, NotFound, Problem, TooMany, Unauthorized
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False)

Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]{2,40}$")]


async def portal_of(request: Request, slug: str) -> dict[str, Any]:
    """The merchant of a public page, which then speaks the reader's language. Raises NotFound."""
    merchant = await ask_public(request, slug)
    if merchant is None:
        raise NotFound
    request.state.look = public_look(request, merchant)
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
    response = edge_of(request).pages.redirect(next_page(slug, form.text("next", limit=500)))
    return await begin(request, response, started)


@router.post("/{slug}/abmelden")
async def logout(request: Request, slug: Slug) -> Response:
    """Ends the session at identity before it says so."""
    await portal_of(request, slug)
    await read_form(request)
    known = session_hash(request, slug)
    if known:
        await ask_identity(request, "/v1/sessions/end", with_ip=False, session_hash=known)
    response = edge_of(request).pages.redirect(f"/{slug}/anmelden", good=_("You are logged out."))
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
    return edge_of(request).pages.render(
        request, "login.html", request.state.look, status=status, merchant=merchant, slug=merchant["slug"], form=form
    )

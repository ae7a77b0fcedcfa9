"""A forgotten password: a mail to the address if somebody has it, and a new password from the mail's link."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from kontor_gateway.access.identity import ask_identity, begin
from kontor_gateway.access.login import portal_of, refusal
from kontor_gateway.access.passwords import new_password
from kontor_gateway.edge import edge_of
from kontor_gateway.reading.look import public_look
from kontor_service.errors import Gone, NotFound, Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False)

Slug = Annotated[str, Path(pattern=r"^[a-z0-9-]{2,40}$")]


@router.get("/{slug}/passwort-vergessen")
async def wish(request: Request, slug: Slug) -> Response:
    await portal_of(request, slug)
    return _wish_page(request, slug, Form.of({"email": request.query_params.get("email")}))


@router.post("/{slug}/passwort-vergessen")
async def send(request: Request, slug: Slug) -> Response:
    """Says the same, in the same time, whether or not somebody has this address."""
    await portal_of(request, slug)
    form = await read_form(request)
    email = form.email("email", required=True)
    if not form.ok:
        return _wish_page(request, slug, form, 422)
    try:
        await ask_identity(request, "/v1/password-resets", slug=slug, email=email, kind="portal")
    except Problem as problem:
        form.problem = refusal(problem)
        return _wish_page(request, slug, form, problem.status)
    return edge_of(request).pages.render(request, "reset_mailed.html", request.state.look, slug=slug, email=email)


@router.get("/passwort/{token}")
async def page(request: Request, token: str) -> Response:
    return edge_of(request).pages.render(request, "reset.html", public_look(request, None), form=Form.of({}))


@router.post("/passwort/{token}")
async def complete(request: Request, token: str) -> Response:
    look = public_look(request, None)
    form = await read_form(request)
    password = new_password(form)
    pages = edge_of(request).pages
    if not form.ok:
        return pages.render(request, "reset.html", look, status=422, form=form)
    try:
        started = await ask_identity(request, "/v1/password-resets/complete", token=token, password=password)
    except (Gone, NotFound):
        return pages.render(request, "reset_over.html", look, status=410)
    except Problem as problem:
        form.take(problem)
        return pages.render(request, "reset.html", look, status=problem.status, form=form)
    slug = started["session"]["slug"]
    return await begin(request, pages.redirect(f"/{slug}", good=_("Your new password is set.")), started)


def _wish_page(request: Request, slug: str, form: Form, status: int = 200) -> Response:
    return edge_of(request).pages.render(
        request, "reset_wish.html", request.state.look, status=status, slug=slug, form=form
    )

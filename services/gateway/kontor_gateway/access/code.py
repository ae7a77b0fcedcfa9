"""A mailed code opens all documents of whoever has the mailbox, without an account (B19)."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import ask_identity
from kontor_edge.portal import Slug
from kontor_edge.query import call_view
from kontor_edge.sessions import begin_session, device_of, session_hash
from kontor_identity_pages.frame import public_frame
from kontor_identity_pages.log_in import next_page, refuse
from kontor_service.bodies import FEW_BYTES, takes
from kontor_service.errors import Problem, Unauthorized
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False)


@router.get("/{slug}/code")
async def page(request: Request, slug: Slug) -> Response:
    """Who came by a link gets the code where the link went; others say their address."""
    await public_frame(request)
    form, by_link = Form.of({"next": request.query_params.get("next")}), await _came_by_link(request, slug)
    return _render(request, "code_request.html", slug, form, by_link=by_link)


@router.post("/{slug}/code")
@takes(FEW_BYTES, from_anybody=True)
async def send(request: Request, slug: Slug) -> Response:
    await public_frame(request)
    form = await read_form(request)
    by_link = await _came_by_link(request, slug)
    who: dict[str, Any] = {"session_hash": session_hash(request, slug)}
    if not by_link:
        who = {"slug": slug, "email": form.email("email", required=True), "device": device_of(request)}
    if not form.ok:
        return _render(request, "code_request.html", slug, form, 422, by_link=by_link)
    try:
        answer = await ask_identity(request, "/v1/sessions/code/start", **who)
    except Problem as problem:
        return _render(request, "code_request.html", slug, form, refuse(form, problem), by_link=by_link)
    return _render(
        request, "code_enter.html", slug, Form.of({"challenge": answer["challenge_id"], "next": form.text("next")})
    )


@router.post("/{slug}/code/pruefen")
@takes(FEW_BYTES, from_anybody=True)
async def check(request: Request, slug: Slug) -> Response:
    await public_frame(request)
    form = await read_form(request)
    code = form.text("code", required=True, limit=20)
    try:
        challenge = str(UUID(form.text("challenge", limit=60)))
    except ValueError:
        return pages(request).redirect(f"/{slug}/code")
    if not form.ok:
        return _render(request, "code_enter.html", slug, form, 422)
    try:
        started = await ask_identity(request, "/v1/sessions/code", challenge_id=challenge, code=code)
    except Unauthorized:
        form.error("code", _("The code is wrong or no longer valid."))
        return _render(request, "code_enter.html", slug, form, 422)
    except Problem as problem:
        return _render(request, "code_enter.html", slug, form, refuse(form, problem))
    way = next_page(f"/{slug}", form.text("next") or f"/{slug}/dokumente")
    return await begin_session(request, pages(request).redirect(way), started)


async def _came_by_link(request: Request, slug: str) -> bool:
    known = session_hash(request, slug)
    if not known:
        return False
    now = edge_of(request).clock.now()
    record = await call_view(request, "reader", asked_hash=known, asked_slug=slug, at=now)
    return record is not None and '"kind":"link"' in record["session"]


def _render(request: Request, template: str, slug: str, form: Form, status: int = 200, **more: Any) -> Response:
    return pages(request).render(
        request, template, request.state.page_context, status=status, slug=slug, form=form, **more
    )

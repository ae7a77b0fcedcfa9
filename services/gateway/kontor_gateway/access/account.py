"""Mein Konto: language, password, where one is logged in."""

from typing import Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.owners import command
from kontor_edge.portal import Slug, page_context, query_view
from kontor_gateway.access.passwords import new_password
from kontor_service.errors import Problem, Unavailable
from kontor_service.i18n import LANGUAGES, speak
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False, prefix="/{slug}/konto")


@router.get("")
async def account(request: Request, slug: Slug) -> Response:
    session = await _session(request, slug)
    return await _page(request, slug, session, Form.of({"language": session["language"]}))


@router.post("/sprache")
async def language(request: Request, slug: Slug) -> Response:
    session = await _session(request, slug)
    form = await read_form(request)
    chosen = form.choice("language", LANGUAGES)
    if not form.ok:
        return await _page(request, slug, session, form, 422)
    await command(request, "identity", "account", "POST", "/v1/account/language", json={"language": chosen})
    speak(chosen)
    return pages(request).redirect(f"/{slug}/konto", good=_("Saved."))


@router.post("/passwort")
async def password(request: Request, slug: Slug) -> Response:
    session = await _session(request, slug)
    form = await read_form(request)
    old, new = form.value("old"), new_password(form)
    if not old:
        form.error("old", _("Please fill in this field."))
    if not form.ok:
        return await _page(request, slug, session, form, 422)
    body = {"old": old[:1000], "new": new}
    try:
        await command(request, "identity", "account", "POST", "/v1/account/password", json=body)
    except Unavailable:
        raise
    except Problem as problem:
        form.take(problem, {"new": "password"})
        return await _page(request, slug, session, form, problem.status)
    return pages(request).redirect(f"/{slug}/konto", good=_("Your new password is set."))


@router.post("/sitzungen/{session_id}/beenden")
async def end_session(request: Request, slug: Slug, session_id: UUID) -> Response:
    await _session(request, slug)
    await read_form(request)
    await command(request, "identity", "account", "DELETE", f"/v1/sessions/{session_id}")
    return pages(request).redirect(f"/{slug}/konto", good=_("This log-in has ended."))


async def _session(request: Request, slug: str) -> dict[str, Any]:
    record = await query_view(request, "reader")
    request.state.page_context = page_context(record)
    session: dict[str, Any] = orjson.loads(record["session"])
    return session


async def _page(request: Request, slug: str, session: dict[str, Any], form: Form, status: int = 200) -> Response:
    form.values.setdefault("language", [session["language"]])
    return pages(request).render(
        request, "account.html", request.state.page_context, status=status, slug=slug, session=session, form=form,
        sessions=await _sessions(request, slug, session),
    )  # fmt: skip


async def _sessions(request: Request, slug: str, session: dict[str, Any]) -> list[dict[str, Any]] | None:
    """One's log-ins; None where there is no account, or identity does not answer: the rest of the page is there."""
    if "account" not in session["rights"]:
        return None
    try:
        answer = await command(request, "identity", "account", "GET", "/v1/sessions")
    except Unavailable:
        return None
    return [one | {"current": one["id"] == session["id"]} for one in answer["sessions"]]

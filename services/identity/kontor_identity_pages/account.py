"""The page of the reader's own account: language, password, and the list of their sessions."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import act, submit
from kontor_edge.edge import pages
from kontor_edge.owners import command, query_owner
from kontor_edge.sessions import drop_session
from kontor_identity_pages.frame import base_of, private_frame, render
from kontor_identity_pages.log_in import known_password, session_cookie
from kontor_identity_pages.passwords import new_password
from kontor_service.errors import Unavailable
from kontor_service.i18n import LANGUAGES, speak
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False, prefix="/konto")


@router.get("")
async def account(request: Request) -> Response:
    return await _page(request, await private_frame(request), Form.of())


@router.post("/sprache")
async def language(request: Request) -> Response:
    session = await private_frame(request)
    form = await read_form(request)
    chosen = form.choice("language", LANGUAGES)
    if not form.ok:
        return await _page(request, session, form, 422)
    await command(request, "identity", "account", "POST", "/v1/account/language", json={"language": chosen})
    speak(chosen)
    return pages(request).redirect(f"{base_of(request)}/konto", good=_("Saved."))


@router.post("/passwort")
async def password(request: Request) -> Response:
    session = await private_frame(request)
    form = await read_form(request)
    body = {"old": known_password(form, "old"), "new": new_password(form)}
    answer, status = await submit(
        request, form, "identity", "account", "/v1/account/password", json=body, names={"new": "password"}
    )
    if answer is None:
        return await _page(request, session, form, status)
    return pages(request).redirect(
        f"{base_of(request)}/konto", good=_("Your new password is set. Your other log-ins have ended.")
    )


@router.post("/sitzungen/{session_id}/beenden")
async def end_session(request: Request, session_id: UUID) -> Response:
    await private_frame(request)
    await read_form(request)
    return await act(
        request, "identity", "account", "DELETE", f"/v1/sessions/{session_id}", back=f"{base_of(request)}/konto",
        good=_("This log-in has ended."),
    )  # fmt: skip


@router.post("/ueberall-abmelden")
async def log_out_everywhere(request: Request) -> Response:
    await private_frame(request)
    await read_form(request)
    await command(request, "identity", "account", "POST", "/v1/account/log-out-everywhere")
    response = pages(request).redirect(f"{base_of(request)}/anmelden", good=_("You are logged out everywhere."))
    drop_session(response, session_cookie(request))
    return response


async def _page(request: Request, session: dict[str, Any], form: Form, status: int = 200) -> Response:
    form.values.setdefault("language", [session["language"]])
    return render(request, "account", form, status, session=session, sessions=await _sessions(request, session))


async def _sessions(request: Request, session: dict[str, Any]) -> list[dict[str, Any]] | None:
    """One's log-ins; None where there is no account, or identity does not answer: the rest of the page is there."""
    if "account" not in session["rights"]:
        return None
    try:
        answer = await query_owner(request, "identity", "account", "/v1/sessions")
    except Unavailable:
        return None
    return [one | {"current": one["id"] == session["id"]} for one in answer["sessions"]]

"""One's own account: language, password, open sessions."""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import act, refused
from kontor_edge.edge import pages
from kontor_edge.owners import command, query_owner
from kontor_edge.staff import Staff, current_staff, page_context
from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix="/konto")


async def _page(request: Request, staff: Staff, form: Form, status: int = 200) -> Response:
    sessions = None
    try:
        sessions = (await query_owner(request, "identity", "account", "/v1/sessions"))["sessions"]
    except Problem as problem:
        if problem.status < 500:
            raise
    return pages(request).render(
        request, "sessions/account.html", page_context(request, staff, live=False), status=status, form=form, staff=staff,
        sessions=sessions,
    )  # fmt: skip


@router.get("")
async def account(request: Request) -> Response:
    staff = await current_staff(request)
    return await _page(request, staff, Form.of({"language": staff.language}))


@router.post("/sprache")
async def language(request: Request) -> Response:
    staff = await current_staff(request)
    form = await read_form(request)
    chosen = form.choice("language", ("de", "en"))
    if not form.ok:
        return await _page(request, staff, form, 422)
    return await act(
        request, "identity", "account", "POST", "/v1/account/language", json={"language": chosen}, back="/konto",
        good=_("Language changed."),
    )  # fmt: skip


@router.post("/passwort")
async def password(request: Request) -> Response:
    staff = await current_staff(request)
    form = await read_form(request)
    old, new = form.value("old"), form.value("new")
    if len(new) < 10:
        form.error("new", _("At least ten characters, please."))
    status = 422
    if form.ok:
        try:
            await command(request, "identity", "account", "POST", "/v1/account/password", json={"old": old, "new": new})
            return pages(request).redirect("/konto", good=_("Password changed. Your other sessions have ended."))
        except Problem as problem:
            if problem.code == "old_password_wrong":
                form.error("old", _("This is not your present password."))
            else:
                status = refused(form, problem)
    form.values["language"] = [staff.language]
    return await _page(request, staff, form, status)


@router.post("/sitzungen/{session_id}/beenden")
async def end(request: Request, session_id: UUID) -> Response:
    await current_staff(request)
    await read_form(request)
    return await act(
        request, "identity", "account", "DELETE", f"/v1/sessions/{session_id}", back="/konto", good=_("Session ended.")
    )

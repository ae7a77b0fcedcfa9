"""Accepting an invitation: choosing a password makes the account (B1, B2)."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.edge import pages
from kontor_edge.owners import ask_identity
from kontor_edge.portal import merchant_of, public_page_context, query_portal
from kontor_edge.sessions import begin_session
from kontor_identity_pages.log_in import known_password
from kontor_identity_pages.passwords import new_password
from kontor_service.bodies import FEW_BYTES, takes
from kontor_service.errors import Forbidden, Gone, NotFound, Problem, Unauthorized
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(include_in_schema=False, prefix="/einladung")


@router.get("/{token}")
async def page(request: Request, token: str) -> Response:
    return await _page(request, token, Form.of({}))


@router.post("/{token}")
@takes(FEW_BYTES, from_anybody=True)
async def accept(request: Request, token: str) -> Response:
    """Who has a log-in gives its password once; who has none, or has forgotten it, chooses one."""
    public_page_context(request, None)
    form = await read_form(request)
    forgotten, known = bool(form.value("forgotten")), bool(form.value("known"))
    password = known_password(form) if known else new_password(form)
    if not form.ok:
        return await _page(request, token, form, 422)
    try:
        started = await ask_identity(
            request, "/v1/invitations/accept", token=token, password=password, forgotten=forgotten
        )
    except (Gone, NotFound, Forbidden):
        return await _page(request, token, form)
    except Unauthorized as problem:
        form.error("password", _("This is not the password of your log-in."))
        return await _page(request, token, form, problem.status)
    except Problem as problem:
        form.take(problem)
        return await _page(request, token, form, problem.status)
    slug = started["session"]["slug"]
    response = pages(request).redirect(f"/{slug}", good=_("Welcome! Your access is set up."))
    return await begin_session(request, response, started)


async def _page(request: Request, token: str, form: Form, status: int = 200) -> Response:
    try:
        invitation: dict[str, Any] = await ask_identity(request, "/v1/invitations/inspect", with_ip=False, token=token)
    except (Gone, NotFound, Forbidden) as problem:
        merchant, closed = await merchant_of(request, problem), isinstance(problem, Forbidden)
        return pages(request).render(
            request, "invitation_over.html", public_page_context(request, merchant), status=403 if closed else 410,
            merchant=merchant, closed=closed,
        )  # fmt: skip
    context = public_page_context(request, await query_portal(request, invitation["slug"]))
    forgotten = bool(form.value("forgotten") or request.query_params.get("vergessen"))
    known = invitation.get("has_account", False) and not forgotten
    return pages(request).render(
        request, "invitation.html", context, status=status, invitation=invitation, form=form, known=known,
        forgotten=forgotten, here=request.url.path,
    )  # fmt: skip

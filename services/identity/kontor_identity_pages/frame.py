"""The page frame of identity's pages: a merchant's portal, whose addresses begin with its slug, or the admin."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from kontor_edge import portal, staff
from kontor_edge.edge import pages
from kontor_edge.query import loads
from kontor_service.errors import NotFound
from kontor_service.i18n import gettext as _
from kontor_web import Form


def base_of(request: Request) -> str:
    """/brunner in a portal, empty in the admin."""
    slug = request.path_params.get("slug")
    return f"/{slug}" if slug else ""


async def public_frame(request: Request) -> dict[str, Any]:
    """The merchant of a page that anybody may see, which then speaks the reader's language; empty outside a portal.

    Raises NotFound where there is no such portal, PortalClosed where it is switched off.
    """
    slug = request.path_params.get("slug")
    merchant = await portal.query_portal(request, slug) if slug else None
    known = merchant or (await portal.query_portal(request, slug, closed=True) if slug else None)
    if slug and known is None:
        raise NotFound
    request.state.page_context = portal.public_page_context(request, known)
    if slug and merchant is None:
        raise portal.PortalClosed(_("This portal is switched off at the moment."))
    return merchant or {}


async def private_frame(request: Request) -> dict[str, Any]:
    """The session of this browser. Raises LoggedOut, NotLoggedIn, PortalClosed, IdentitySilent."""
    if base_of(request):
        record = await portal.query_view(request, "reader")
        request.state.page_context = portal.page_context(record)
        return dict(loads(record["session"]))
    person = await staff.current_staff(request)
    request.state.page_context = staff.page_context(request, person, live=False)
    return person.session


def render(request: Request, template: str, form: Form, status: int = 200, **more: Any) -> Response:
    """A page in the frame that was found before."""
    return pages(request).render(
        request, f"access/{template}.html", request.state.page_context, status=status, form=form, base=base_of(request),
        **more,
    )  # fmt: skip

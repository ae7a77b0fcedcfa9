"""The pages of the settings, and saving to the merchant."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.responses import Response

from kontor_edge.acting import refused
from kontor_edge.edge import pages
from kontor_edge.owners import command
from kontor_edge.staff import Staff, page_context
from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _
from kontor_web import Form, Link, PageContext


def settings_tabs(staff: Staff, current: str) -> list[Link]:
    entries = [
        ("general", _("Portal and mails"), "/einstellungen"),
        ("appearance", _("Logo and colour"), "/einstellungen/aussehen"),
        ("types", _("Documents"), "/einstellungen/dokumente"),
        ("company", _("Company"), "/einstellungen/firma"),
        ("payments", _("Payments"), "/einstellungen/zahlungen"),
        ("keys", _("API keys"), "/einstellungen/schluessel"),
    ]
    return [Link(label, url, current=name == current) for name, label, url in entries]


def settings_look(request: Request, staff: Staff) -> PageContext:
    return page_context(request, staff, "settings", live=False)


async def save(
    request: Request,
    staff: Staff,
    form: Form,
    wanted: dict[str, Any],
    back: str,
    names: Mapping[str, str] | None = None,
) -> Response | int:
    """Sends what is wanted to identity. A redirect when it is saved; the status of the page to show again otherwise."""
    if not form.ok:
        return 422
    try:
        await command(request, "identity", "merchant:edit", "PATCH", "/v1/merchant", json=wanted)
    except Problem as problem:
        return refused(form, problem, dict(names or {}))
    return pages(request).redirect(back, good=_("Saved."))


def settings_page(
    request: Request, staff: Staff, template: str, current: str, status: int = 200, **context: Any
) -> Response:
    return pages(request).render(
        request, f"settings/{template}.html", settings_look(request, staff), status=status, staff=staff, m=staff.merchant,
        tabs=settings_tabs(staff, current), **context,
    )  # fmt: skip

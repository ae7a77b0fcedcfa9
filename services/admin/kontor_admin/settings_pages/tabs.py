"""The pages of the settings, and those that are a form of the merchant: shown, and saved by identity."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.acting import submit
from kontor_edge.edge import edge_of, pages
from kontor_edge.staff import Staff, current_staff, page_context
from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _
from kontor_web import Form, Link, PageContext, read_form

_TABS = {
    "general": (N_("Portal and mails"), "/einstellungen"),
    "appearance": (N_("Logo and colour"), "/einstellungen/aussehen"),
    "types": (N_("Documents"), "/einstellungen/dokumente"),
    "standing": (N_("Additional documents"), "/einstellungen/zusatzdokumente"),
    "team": (N_("Team"), "/einstellungen/team"),
    "company": (N_("Company"), "/einstellungen/firma"),
    "payments": (N_("Payments"), "/einstellungen/zahlungen"),
    "keys": (N_("API keys"), "/einstellungen/schluessel"),
    "security": (N_("Security log"), "/einstellungen/sicherheit"),
}


def settings_tabs(current: str) -> list[Link]:
    return [Link(_(label), url, current=name == current) for name, (label, url) in _TABS.items()]


def settings_look(request: Request, staff: Staff) -> PageContext:
    return page_context(request, staff, "settings", live=False)


def settings_page(
    request: Request, staff: Staff, tab: str, status: int = 200, *, template: str = "", **context: Any
) -> Response:
    return pages(request).render(
        request, f"settings/{template or tab}.html", settings_look(request, staff), status=status, staff=staff, m=staff.merchant,
        tabs=settings_tabs(tab), portal_url=edge_of(request).settings.portal_url, **context,
    )  # fmt: skip


@dataclass(frozen=True)
class MerchantForm:
    """A tab whose form is saved with the merchant. `values` are what it shows of the merchant; `wanted` what it asks identity
    for, and which field of the form is meant by a field of identity's. `context` is what its template needs besides."""

    tab: str
    values: Callable[[dict[str, Any]], dict[str, Any]]
    wanted: Callable[[Form], tuple[dict[str, Any], dict[str, str]]]
    context: Mapping[str, Any]

    def add_to(self, router: APIRouter) -> None:
        address = _TABS[self.tab][1]
        router.add_api_route(address, self.show, methods=["GET"])
        router.add_api_route(address, self.change, methods=["POST"])

    async def show(self, request: Request) -> Response:
        staff = await current_staff(request)
        return settings_page(request, staff, self.tab, form=Form.of(self.values(staff.merchant)), **self.context)

    async def change(self, request: Request) -> Response:
        staff = await current_staff(request)
        form = await read_form(request)
        wanted, names = self.wanted(form)
        answer, status = await submit(
            request, form, "identity", "merchant:edit", "/v1/merchant", method="PATCH", json=wanted, names=names
        )
        if answer is not None:
            return pages(request).redirect(_TABS[self.tab][1], good=_("Saved."))
        return settings_page(request, staff, self.tab, status, form=form, **self.context)

"""Logo and accent colour (A2), with a preview of what customers will see."""

from contextlib import aclosing
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.settings_pages.tabs import settings_look, settings_page
from kontor_edge.acting import act, refused
from kontor_edge.edge import edge_of, pages
from kontor_edge.owners import command
from kontor_edge.staff import Staff, current_staff
from kontor_service.bodies import takes
from kontor_service.errors import NotFound, Problem
from kontor_service.i18n import gettext as _
from kontor_service.theme import HEX
from kontor_web import Form, read_form
from kontor_web.protect import page_policy

router = APIRouter(prefix="/aussehen")

_DEFAULT = "#0b5d4e"
_MOST_BYTES = 5 * 1024 * 1024
_BACK = "/einstellungen/aussehen"


@router.get("")
async def show(request: Request) -> Response:
    staff = await current_staff(request)
    merchant = staff.merchant
    color = merchant.get("accent_color") or _DEFAULT
    return _page(
        request, staff, Form.of({"accent_color": color, "logo_shown": merchant.get("logo_shown", False)}), color
    )


@router.post("")
@takes(4 * _MOST_BYTES)
async def change(request: Request) -> Response:
    """Colour and logo together; a logo that is refused leaves the colour as it was."""
    staff = await current_staff(request)
    async with aclosing(await read_form(request, max_files=1)) as form:
        content, media_type = await _logo(form)
    color = form.text("accent_color").lower()
    if not HEX.match(color):
        form.error("accent_color", _("Please enter a colour, for example #0b5d4e."))
        color = _DEFAULT
    color = "#" + color.removeprefix("#")
    if len(content) > _MOST_BYTES:
        form.error("logo", _("The logo is too large."))
    status = 422
    if form.ok:
        try:
            if content:
                await command(
                    request, "identity", "merchant:edit", "PUT", "/v1/merchant/logo", content=content,
                    headers={"content-type": media_type},
                )  # fmt: skip
            wanted = {"accent_color": color, "logo_shown": form.flag("logo_shown") or bool(content)}
            await command(request, "identity", "merchant:edit", "PATCH", "/v1/merchant", json=wanted)
            return pages(request).redirect(_BACK, good=_("Saved."))
        except Problem as problem:
            form.values.setdefault("logo", [""])
            status = refused(form, problem, {"logo": "logo", "file": "logo"})
    return _page(request, staff, form, color, status)


async def _logo(form: Form) -> tuple[bytes, str]:
    """Its bytes, read no further than they may go, and what they are said to be; nothing where none was chosen."""
    files = form.files("logo")
    content = await files[0].read(_MOST_BYTES + 1) if files else b""
    return content, (files[0].content_type if files else "") or "application/octet-stream"


@router.post("/logo-entfernen")
async def remove_logo(request: Request) -> Response:
    await current_staff(request)
    await read_form(request)
    return await act(
        request, "identity", "merchant:edit", "DELETE", "/v1/merchant/logo", back=_BACK, good=_("Logo removed.")
    )


@router.post("/vorschau")
@takes(4 * _MOST_BYTES)
async def preview(request: Request) -> Response:
    """A page of the portal in the colour that is being chosen, in a frame of its own."""
    staff = await current_staff(request)
    async with aclosing(await read_form(request, max_files=1)) as form:
        color = form.text("accent_color")
    return pages(request).render(
        request,
        "settings/appearance_preview.html",
        settings_look(request, staff),
        color=color if HEX.match(color) else _DEFAULT,
    )


@router.get("/muster/{color}")
async def sample(request: Request, color: str) -> Response:
    """What customers see, as far as logo and colour go."""
    staff = await current_staff(request)
    if not HEX.match(color):
        raise NotFound()
    seen = replace(
        settings_look(request, staff), brand=staff.merchant.get("name", ""), accent=f"#{color}", nav=(), me="", live=None,
        logo=logo_url(staff.merchant), home="#",
    )  # fmt: skip
    # Shown in a frame of the settings page, and only there.
    headers = {"content-security-policy": page_policy(framed_by="'self'"), "x-frame-options": "SAMEORIGIN"}
    return pages(request).render(request, "settings/sample.html", seen, headers=headers)


def logo_url(merchant: dict[str, Any]) -> str | None:
    sha = merchant.get("logo_sha256")
    return f"{_BACK}/logo/{sha}" if sha and merchant.get("logo_shown") else None


@router.get("/logo/{sha256}")
async def logo(request: Request, sha256: str) -> Response:
    staff = await current_staff(request)
    if sha256 != staff.merchant.get("logo_sha256"):
        raise NotFound()
    answer = await edge_of(request).owner("identity").request("GET", f"/v1/logos/{sha256}")
    return Response(
        answer.content,
        media_type=answer.headers.get("content-type"),
        headers={"cache-control": "private, max-age=86400"},
    )


def _page(request: Request, staff: Staff, form: Form, color: str, status: int = 200) -> Response:
    sha = staff.merchant.get("logo_sha256")
    logo = f"{_BACK}/logo/{sha}" if sha else None
    return settings_page(request, staff, "appearance", status, form=form, color=color, logo=logo, most=_MOST_BYTES)

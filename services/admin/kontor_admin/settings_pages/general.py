"""Portal on and off, how customers reach the merchant, what mails carry, whether documents wait for release."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.settings_pages.tabs import save, settings_page
from kontor_edge.edge import edge_of
from kontor_edge.staff import current_staff
from kontor_web import Form, read_form

router = APIRouter()

_FLAGS = (
    "portal_enabled",
    "automatic_release",
    "mail_attaches_files",
    "portal_access_default",
    "password_reset_enabled",
)
_TEXTS = ("contact_email", "contact_phone", "language", "mail_from_name", "mail_reply_to")


@router.get("")
async def show(request: Request) -> Response:
    staff = await current_staff(request)
    form = Form.of({name: staff.merchant.get(name) for name in (*_FLAGS, *_TEXTS)})
    return settings_page(
        request, staff, "general", "general", form=form, portal=_portal(request, staff.merchant.get("slug", ""))
    )


@router.post("")
async def change(request: Request) -> Response:
    staff = await current_staff(request)
    form = await read_form(request)
    wanted = {flag: form.flag(flag) for flag in _FLAGS} | {
        "contact_email": form.email("contact_email"),
        "contact_phone": form.text("contact_phone", limit=40),
        "language": form.choice("language", ("de", "en")),
        "mail_from_name": form.text("mail_from_name", limit=200),
        "mail_reply_to": form.email("mail_reply_to"),
    }
    done = await save(request, staff, form, wanted, "/einstellungen")
    if isinstance(done, Response):
        return done
    return settings_page(
        request, staff, "general", "general", done, form=form, portal=_portal(request, staff.merchant.get("slug", ""))
    )


def _portal(request: Request, slug: str) -> str:
    return f"{edge_of(request).settings.portal_url}/{slug}" if slug else ""

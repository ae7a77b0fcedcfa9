"""The merchant as seller: name, address, tax data, bank account, footer links."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.settings_pages.tabs import save, settings_page
from kontor_edge.staff import current_staff
from kontor_service.i18n import gettext as _
from kontor_web import Form, read_form

router = APIRouter(prefix="/firma")

_TEXTS = (
    "name",
    "vat_id",
    "tax_number",
    "register_entry",
    "iban",
    "bic",
    "account_holder",
    "time_zone",
    "legal_form_note",
)
_ADDRESS = ("line1", "line2", "post_code", "city", "country")
# One more than there are, so that there is always an empty row.
_MOST_LINKS = 6


@router.get("")
async def show(request: Request) -> Response:
    staff = await current_staff(request)
    m = staff.merchant
    address = m.get("address") or {}
    values = {name: m.get(name) for name in _TEXTS} | {part: address.get(part, "") for part in _ADDRESS}
    for number, link in enumerate(m.get("footer_links", ())):
        values |= {f"label_{number}": link["label"], f"url_{number}": link["url"]}
    return settings_page(request, staff, "company", "company", form=Form.of(values), most_links=_MOST_LINKS)


@router.post("")
async def change(request: Request) -> Response:
    staff = await current_staff(request)
    form = await read_form(request)
    wanted: dict[str, Any] = {name: form.text(name, limit=200) for name in _TEXTS if name != "legal_form_note"}
    wanted["legal_form_note"] = form.text("legal_form_note", limit=2000, lines=True)
    if not wanted["name"]:
        form.error("name", _("Please fill in this field."))
    wanted["address"] = {part: form.text(part, limit=200) for part in _ADDRESS}
    wanted["address"]["country"] = wanted["address"]["country"].upper() or "DE"
    wanted["footer_links"], names = _links(form)
    names |= {f"address.{part}": part for part in _ADDRESS}
    done = await save(request, staff, form, wanted, "/einstellungen/firma", names)
    if isinstance(done, Response):
        return done
    return settings_page(request, staff, "company", "company", done, form=form, most_links=_MOST_LINKS)


def _links(form: Form) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The rows that are filled in, and where identity's findings about them belong."""
    found: list[dict[str, str]] = []
    names: dict[str, str] = {}
    for number in range(_MOST_LINKS):
        label, url = form.text(f"label_{number}", limit=200), form.text(f"url_{number}", limit=500)
        if not label and not url:
            continue
        if not label:
            form.error(f"label_{number}", _("Please fill in this field."))
        if not url:
            form.error(f"url_{number}", _("Please fill in this field."))
        names |= {f"footer_links[{len(found)}].{part}": f"{part}_{number}" for part in ("label", "url")}
        found.append({"label": label, "url": url})
    return found, names

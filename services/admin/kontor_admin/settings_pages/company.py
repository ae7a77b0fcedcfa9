"""The merchant as seller: name, address, how customers reach it, tax data, bank account, footer links."""

from typing import Any

from kontor_admin.settings_pages.tabs import MerchantForm
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_web import Form

_TEXTS = (
    "name", "vat_id", "tax_number", "register_entry", "iban", "bic", "account_holder", "time_zone", "legal_form_note",
    "trading_names",
)  # fmt: skip
_TERMS = ("payment_days", "discount_days", "discount_percent")
_ADDRESS = ("line1", "line2", "post_code", "city", "country")
_AREAS = ("legal_form_note", "trading_names")
_MOST_IBANS = 20
# One more than there are, so that there is always an empty row.
_MOST_LINKS = 6


def _values(merchant: dict[str, Any]) -> dict[str, Any]:
    address = merchant.get("address") or {}
    values = {name: merchant.get(name) for name in (*_TEXTS, "contact_email", "contact_phone")} | {
        part: address.get(part, "") for part in _ADDRESS
    }
    mark = "," if reader().language == "de" else "."
    values |= {name: str(merchant.get(name) or "").replace(".", mark) for name in _TERMS}
    values["further_ibans"] = "\n".join(merchant.get("further_ibans") or ())
    for number, link in enumerate(merchant.get("footer_links", ())):
        values |= {f"label_{number}": link["label"], f"url_{number}": link["url"]}
    return values


def _wanted(form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    wanted: dict[str, Any] = {name: form.text(name, limit=200) for name in _TEXTS if name not in _AREAS}
    wanted |= {name: form.text(name, limit=2000, lines=True) for name in _AREAS}
    wanted["own_password"] = form.value("own_password") or None
    form.text("name", required=True)
    wanted |= {"contact_email": form.email("contact_email"), "contact_phone": form.text("contact_phone", limit=40)}
    wanted["address"] = {part: form.text(part, limit=200) for part in _ADDRESS}
    wanted["address"]["country"] = wanted["address"]["country"].upper() or "DE"
    wanted |= _terms(form)
    wanted["footer_links"], names = _links(form)
    wanted["further_ibans"], lines = _further_ibans(form)
    return wanted, names | lines | {f"address.{part}": part for part in _ADDRESS}


def _terms(form: Form) -> dict[str, Any]:
    """Days until an invoice is due, and the cash discount besides; what is empty is none."""
    days, discount = form.count("payment_days", most=365), form.count("discount_days", most=365)
    percent = form.text("discount_percent", limit=5).replace(",", ".")
    if bool(discount) != bool(percent):
        form.error("discount_percent" if discount else "discount_days", _("A cash discount has days and percent."))
    elif discount and not days:
        form.error("payment_days", _("A cash discount needs days until invoices are due."))
    elif days and discount >= days:
        form.error("discount_days", _("The cash discount ends before the invoice is due."))
    return {"payment_days": days, "discount_days": discount, "discount_percent": percent}


def _further_ibans(form: Form) -> tuple[list[str], dict[str, str]]:
    """One per line, and where identity's findings about them belong."""
    found = form.text("further_ibans", limit=2000, lines=True).split("\n")
    ibans = list(dict.fromkeys(line.strip() for line in found if line.strip()))
    if len(ibans) > _MOST_IBANS:
        form.error("further_ibans", _("Please enter at most %(most)s accounts.", most=_MOST_IBANS))
    return ibans, {f"further_ibans[{number}]": "further_ibans" for number in range(len(ibans))}


def _links(form: Form) -> tuple[list[dict[str, str]], dict[str, str]]:
    """The rows that are filled in, and where identity's findings about them belong."""
    found: list[dict[str, str]] = []
    names: dict[str, str] = {}
    for number in range(_MOST_LINKS):
        label, url = form.text(f"label_{number}", limit=200), form.text(f"url_{number}", limit=500)
        if not label and not url:
            continue
        form.text(f"label_{number}", required=True)
        form.text(f"url_{number}", required=True)
        names |= {f"footer_links[{len(found)}].{part}": f"{part}_{number}" for part in ("label", "url")}
        found.append({"label": label, "url": url})
    return found, names


FORM = MerchantForm("company", _values, _wanted, {"most_links": _MOST_LINKS})

"""Which document types the portal shows and from which state, which actions each allows (A4, C22), how quotes are decided."""

from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_admin.settings_pages.tabs import MerchantForm
from kontor_service.i18n import gettext as _
from kontor_web import Form

# The actions of a type, and for which types there are any; None: for all. Commenting, accepting and paying are refused by
# their owners where they are off.
_ACTIONS: dict[str, tuple[str, ...] | None] = {
    "visible": None,
    "can_print": None,
    "can_comment": None,
    "can_accept": (DocumentType.QUOTE,),
    "can_pay": (DocumentType.INVOICE, DocumentType.REMINDER),
    "attach_standing": None,
}
# The types that may show from a later state on than that they were sent. Nobody sees what waits.
_STATES = {DocumentType.QUOTE: ("shared", "accepted")}
_ACCEPTANCE = ("click", "signature", "payment", "deposit")
_MOST_DAYS = 365


def allows(action: str, kind: str) -> bool:
    """Whether documents of this type have this action at all."""
    kinds = _ACTIONS[action]
    return kinds is None or kind in kinds


def _values(merchant: dict[str, Any]) -> dict[str, Any]:
    types = {t["type"]: t for t in merchant.get("document_types", ())}
    quote = types.get(DocumentType.QUOTE, {})
    return {
        **{action: [kind for kind, settings in types.items() if settings[action]] for action in _ACTIONS},
        **{f"visible_from_{kind}": types.get(kind, {}).get("visible_from") or "shared" for kind in _STATES},
        "acceptance": quote.get("acceptance") or ["click"],
        "deposit_percent": quote.get("deposit_percent", "").replace(".", ","),
        "decline_reasons": "\n".join(merchant.get("decline_reasons", ())),
        "expiry_reminder_days": merchant.get("expiry_reminder_days", 0),
        "document_view": merchant.get("document_view") or "data",
    }


def _wanted(form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    types = [_type_wanted(form, kind) for kind in DocumentType]
    acceptance = form.many("acceptance", _ACCEPTANCE)
    if {"payment", "deposit"} <= set(acceptance):
        form.error("acceptance", _("Ask for the whole payment or for a deposit, not for both."))
    percent = form.text("deposit_percent", limit=5).replace(",", ".").rstrip(" %")
    if "deposit" in acceptance and not percent:
        form.error("deposit_percent", _("Please enter how many per cent of the total the deposit is."))
    quote = next(one for one in types if one["type"] == DocumentType.QUOTE)
    quote |= {"acceptance": acceptance, "deposit_percent": percent}
    reasons = [line.strip() for line in form.text("decline_reasons", limit=2000, lines=True).splitlines()]
    position = types.index(quote)
    return {
        "document_types": types,
        "decline_reasons": list(dict.fromkeys(reason for reason in reasons if reason)),
        "expiry_reminder_days": form.count("expiry_reminder_days", most=_MOST_DAYS),
        "document_view": form.choice("document_view", ("data", "pdf"), "data"),
    }, {f"document_types[{position}].deposit_percent": "deposit_percent"}


def _type_wanted(form: Form, kind: str) -> dict[str, Any]:
    wanted: dict[str, Any] = {"type": kind}
    wanted |= {action: form.has(action, kind) for action in _ACTIONS if allows(action, kind)}
    if kind in _STATES:
        wanted["visible_from"] = form.choice(f"visible_from_{kind}", _STATES[DocumentType(kind)], "shared")
    return wanted


FORM = MerchantForm("types", _values, _wanted, {"allows": allows, "states": _STATES})

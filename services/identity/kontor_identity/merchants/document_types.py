"""Which document types a portal shows, and what customers may do with each (A4)."""

from typing import Any, Literal, get_args

from kontor_service.i18n import N_, translations

# kontor.documents.v1.Document.type
DocumentType = Literal[
    "quote", "order_confirmation", "sales_order", "delivery_note", "invoice", "reminder", "credit_note",
    "purchase_order", "receipt", "contract", "other",
]  # fmt: skip
DOCUMENT_TYPES: tuple[DocumentType, ...] = get_args(DocumentType)
# How a quote is accepted; several at once are all asked for.
AcceptanceMethod = Literal["click", "signature", "payment", "deposit"]
ACCEPTANCE_METHODS: tuple[AcceptanceMethod, ...] = get_args(AcceptanceMethod)
# From which states on a type may show (C22); a type that is not named has the first one only. A document that waits never
# shows.
STATES = {"quote": ("shared", "accepted")}
_PAYABLE = frozenset({"invoice", "reminder"})
_ACCEPTABLE = frozenset({"quote"})
_DECLINE_REASONS = (
    N_("Too expensive"),
    N_("We chose another provider"),
    N_("The time does not suit us"),
    N_("No longer needed"),
)


def default_document_types() -> list[dict[str, Any]]:
    """Invoices only, until the merchant says more."""
    return [_settings(name, visible=name == "invoice") for name in DOCUMENT_TYPES]


def default_decline_reasons(language: str) -> list[str]:
    """In the merchant's language; customers read them as the merchant has them."""
    return [translations(language).gettext(reason) for reason in _DECLINE_REASONS]


def merged(present: list[dict[str, Any]], changed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The present settings with the given types replaced; every type once, in the portal's order."""
    by_type = {s["type"]: s for s in default_document_types()} | {s["type"]: s for s in present}
    for settings in changed:
        by_type[settings["type"]] = by_type[settings["type"]] | settings
    return [_settings(name, visible=False) | by_type[name] for name in DOCUMENT_TYPES]


def _settings(name: str, *, visible: bool) -> dict[str, Any]:
    return {
        "type": name,
        "visible": visible,
        "can_print": True,
        "can_comment": True,
        "can_accept": name in _ACCEPTABLE,
        "can_pay": name in _PAYABLE,
        "visible_from": "shared",
        "acceptance": ["signature"] if name in _ACCEPTABLE else [],
        "deposit_percent": "",
        "attach_standing": False,
    }

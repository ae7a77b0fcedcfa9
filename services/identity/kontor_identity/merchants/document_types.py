"""Which document types a portal shows, and what customers may do with each (A4)."""

from typing import Any, Literal, get_args

# kontor.documents.v1.Document.type
DocumentType = Literal[
    "quote", "order_confirmation", "sales_order", "delivery_note", "invoice", "reminder", "credit_note",
    "purchase_order", "receipt", "contract", "other",
]  # fmt: skip
DOCUMENT_TYPES: tuple[DocumentType, ...] = get_args(DocumentType)
_PAYABLE = frozenset({"invoice", "reminder"})
_ACCEPTABLE = frozenset({"quote"})


def default_document_types() -> list[dict[str, Any]]:
    """Invoices only, until the merchant says more."""
    return [_settings(name, visible=name == "invoice") for name in DOCUMENT_TYPES]


def merged(present: list[dict[str, Any]], changed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The present settings with the given types replaced; every type once, in the portal's order."""
    by_type = {s["type"]: s for s in default_document_types()} | {s["type"]: s for s in present}
    for settings in changed:
        by_type[settings["type"]] = by_type[settings["type"]] | settings
    return [by_type[name] for name in DOCUMENT_TYPES]


def _settings(name: str, *, visible: bool) -> dict[str, Any]:
    return {
        "type": name,
        "visible": visible,
        "can_print": True,
        "can_comment": True,
        "can_accept": name in _ACCEPTABLE,
        "can_pay": name in _PAYABLE,
    }

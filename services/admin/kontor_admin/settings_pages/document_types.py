"""Which document types the portal shows, and which actions each allows (A4)."""

from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_admin.settings_pages.tabs import MerchantForm
from kontor_web import Form

_ACTIONS = ("visible", "can_print", "can_pay")
_PAYABLE = ("invoice", "reminder")


def _values(merchant: dict[str, Any]) -> dict[str, Any]:
    types = merchant.get("document_types", ())
    return {action: [t["type"] for t in types if t[action]] for action in _ACTIONS}


def _wanted(form: Form) -> tuple[dict[str, Any], dict[str, str]]:
    types = [
        {"type": kind} | {a: form.has(a, kind) for a in _ACTIONS if a != "can_pay" or kind in _PAYABLE}
        for kind in DocumentType
    ]
    return {"document_types": types}, {}


FORM = MerchantForm("types", _values, _wanted, {"payable": _PAYABLE})

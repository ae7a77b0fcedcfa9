"""Names that portal and admin share: document types, document states, payment methods and why payments fail.

Codes are those of the bus contract; an unknown one is shown as it is.
"""

from kontor_service.i18n import N_
from kontor_service.i18n import gettext as _

_TYPES = {
    "quote": (N_("Quote"), N_("Quotes")),
    "order_confirmation": (N_("Order confirmation"), N_("Order confirmations")),
    "sales_order": (N_("Sales order"), N_("Sales orders")),
    "delivery_note": (N_("Delivery note"), N_("Delivery notes")),
    "invoice": (N_("Invoice"), N_("Invoices")),
    "reminder": (N_("Reminder"), N_("Reminders")),
    "credit_note": (N_("Credit note"), N_("Credit notes")),
    "purchase_order": (N_("Purchase order"), N_("Purchase orders")),
    "receipt": (N_("Receipt"), N_("Receipts")),
    "contract": (N_("Contract document"), N_("Contract documents")),
    "other": (N_("Other document"), N_("Other documents")),
}
# In the order in which a deal goes its way.
DOCUMENT_TYPES = tuple(_TYPES)

_METHODS = {
    "card": N_("Card"),
    "paypal": N_("PayPal"),
    "sepa_debit": N_("SEPA direct debit"),
    "sepa": N_("SEPA direct debit"),
    "direct_debit": N_("SEPA direct debit"),
    "transfer": N_("Bank transfer"),
    "bank_transfer": N_("Bank transfer"),
    "cash": N_("Cash"),
    "wero": N_("Wero"),
    "klarna": N_("Klarna"),
    "apple_pay": N_("Apple Pay"),
    "google_pay": N_("Google Pay"),
    "erp": N_("Booked in the ERP"),
    "staff": N_("Booked by hand"),
    "other": N_("Other way"),
}

_FAILURES = {
    "declined": N_("declined"),
    "card_declined": N_("the card was declined"),
    "insufficient_funds": N_("not enough money on the account"),
    "authentication_failed": N_("the confirmation failed"),
    "abandoned": N_("abandoned"),
    "expired": N_("the time was up"),
    "returned": N_("the direct debit came back"),
    "other_currency": N_("in another currency, not counted"),
}


def document_type(code: str) -> str:
    """invoice → Rechnung"""
    return _(_TYPES[code][0]) if code in _TYPES else code


def document_types(code: str) -> str:
    """invoice → Rechnungen"""
    return _(_TYPES[code][1]) if code in _TYPES else code


def method(code: str) -> str:
    """sepa_debit → SEPA-Lastschrift"""
    return _(_METHODS[code]) if code in _METHODS else code


def failure(code: str) -> str:
    """Why a payment failed, as part of a sentence."""
    return _(_FAILURES[code]) if code in _FAILURES else code.replace("_", " ")

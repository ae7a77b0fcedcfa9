"""The few words that mails need beside their templates: names of document types, ways to pay, reasons of failure."""

from typing import Literal

Language = Literal["de", "en"]

TYPE_NAMES: dict[str, dict[Language, str]] = {
    "quote": {"de": "Angebot", "en": "quote"},
    "order_confirmation": {"de": "Auftragsbestätigung", "en": "order confirmation"},
    "sales_order": {"de": "Auftrag", "en": "order"},
    "delivery_note": {"de": "Lieferschein", "en": "delivery note"},
    "invoice": {"de": "Rechnung", "en": "invoice"},
    "reminder": {"de": "Mahnung", "en": "payment reminder"},
    "credit_note": {"de": "Gutschrift", "en": "credit note"},
    "purchase_order": {"de": "Bestellung", "en": "purchase order"},
    "receipt": {"de": "Quittung", "en": "receipt"},
    "contract": {"de": "Vertrag", "en": "contract"},
    "other": {"de": "Dokument", "en": "document"},
}

METHOD_NAMES: dict[str, dict[Language, str]] = {
    "card": {"de": "Karte", "en": "card"},
    "sepa_debit": {"de": "SEPA-Lastschrift", "en": "SEPA direct debit"},
    "paypal": {"de": "PayPal", "en": "PayPal"},
    "transfer": {"de": "Überweisung", "en": "bank transfer"},
    "cash": {"de": "Barzahlung", "en": "cash"},
}

METER_NAMES: dict[str, dict[Language, str]] = {
    "electricity": {"de": "Stromzähler", "en": "Electricity meter"},
    "gas": {"de": "Gaszähler", "en": "Gas meter"},
    "water": {"de": "Wasserzähler", "en": "Water meter"},
    "heat": {"de": "Wärmezähler", "en": "Heat meter"},
    "": {"de": "Zähler", "en": "Meter"},
}

# The codes providers give, as far as they help the payer; every other one gets the last sentence.
_FAILURES: dict[str, dict[Language, str]] = {
    "card_declined": {"de": "Die Karte wurde abgelehnt.", "en": "The card was declined."},
    "returned_by_bank": {
        "de": "Die Bank hat die Lastschrift zurückgegeben.",
        "en": "The bank returned the direct debit.",
    },
    "insufficient_funds": {"de": "Das Konto war nicht gedeckt.", "en": "There were not enough funds."},
    "expired_card": {"de": "Die Karte ist abgelaufen.", "en": "The card has expired."},
    "authentication_failed": {
        "de": "Die Freigabe durch Ihre Bank kam nicht zustande.",
        "en": "Your bank did not confirm the payment.",
    },
    "debit_returned": {"de": "Die Lastschrift kam zurück.", "en": "The direct debit was returned."},
    "": {"de": "Die Zahlung wurde nicht ausgeführt.", "en": "The payment was not carried out."},
}

BUTTONS: dict[str, dict[Language, str]] = {
    "document": {"de": "{type} ansehen", "en": "View {type}"},
    "pay": {"de": "{type} ansehen und bezahlen", "en": "View and pay {type}"},
    "portal": {"de": "Zum Kundenportal", "en": "Open the customer portal"},
    "readings_asked": {"de": "Zählerstand eingeben", "en": "Enter the reading"},
    "readings_reminded": {"de": "Zählerstand eingeben", "en": "Enter the reading"},
    "invitation": {"de": "Zugang einrichten", "en": "Set up access"},
    "password_reset": {"de": "Neues Passwort wählen", "en": "Choose a new password"},
    "document_link": {"de": "Dokument ansehen", "en": "View document"},
    "email_change": {"de": "Adresse bestätigen", "en": "Confirm address"},
}

LABELS: dict[str, dict[Language, str]] = {
    "number": {"de": "Nummer", "en": "Number"},
    "date": {"de": "Datum", "en": "Date"},
    "amount": {"de": "Betrag", "en": "Amount"},
    "to_pay": {"de": "Zu zahlen", "en": "To pay"},
    "due_date": {"de": "Fällig am", "en": "Due on"},
    "valid_until": {"de": "Gültig bis", "en": "Valid until"},
    "cash_discount": {"de": "Skonto", "en": "Cash discount"},
    "payment": {"de": "Zahlung", "en": "Payment"},
    "method": {"de": "Zahlart", "en": "Paid by"},
    "expected_on": {"de": "Erwartet am", "en": "Expected on"},
    "open": {"de": "Noch offen", "en": "Still open"},
    "tracking": {"de": "Sendung", "en": "Shipment"},
    "debit": {"de": "Wird abgebucht am", "en": "Debited on"},
    "more": {"de": "und {count} weitere", "en": "and {count} more"},
    "meter": {"de": "Zähler", "en": "Meter"},
    "reading": {"de": "Zählerstand", "en": "Reading"},
    "taken_at": {"de": "Abgelesen am", "en": "Read on"},
    "attached": {"de": "Im Anhang", "en": "Attached"},
    "vat_id": {"de": "USt-IdNr.", "en": "VAT ID"},
    "tax_number": {"de": "Steuernummer", "en": "Tax number"},
}


def language_of(*wanted: str) -> Language:
    """The first of these BCP 47 tags that says something we speak; German otherwise."""
    for tag in wanted:
        if tag:
            return "en" if tag.lower().startswith("en") else "de"
    return "de"


def type_name(document_type: str, language: Language) -> str:
    return TYPE_NAMES.get(document_type, TYPE_NAMES["other"])[language]


def method_name(code: str, language: Language) -> str:
    return METHOD_NAMES.get(code, {}).get(language, code.replace("_", " "))


def meter_name(kind: str, language: Language) -> str:
    return METER_NAMES.get(kind, METER_NAMES[""])[language]


def failure_sentence(code: str, language: Language) -> str:
    return _FAILURES.get(code, _FAILURES[""])[language]

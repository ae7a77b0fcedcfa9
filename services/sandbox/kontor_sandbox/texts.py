"""The hosted page's words. The sandbox stands for a foreign system, so it brings its own."""

from typing import Literal

from babel.numbers import format_currency

from kontor_service.money import from_minor

Language = Literal["de", "en"]

_TEXTS: dict[str, tuple[str, str]] = {
    "title": ("Bezahlen", "Pay"),
    "notice": (
        "Testumgebung: Hier fließt kein Geld. Wählen Sie, wie die Zahlung ausgehen soll.",
        "Test environment: no money moves here. Choose how the payment should end.",
    ),
    "to": ("Empfänger", "Recipient"),
    "purpose": ("Zweck", "Purpose"),
    "amount": ("Betrag", "Amount"),
    "method": ("Zahlungsart", "Payment method"),
    "card": ("Kreditkarte", "Credit card"),
    "sepa_debit": ("SEPA-Lastschrift", "SEPA direct debit"),
    "paypal": ("PayPal", "PayPal"),
    "success": ("Erfolgreich bezahlen", "Pay successfully"),
    "authenticate": ("Bezahlen mit Bestätigung bei der Bank", "Pay, with confirmation at the bank"),
    "pending": ("Später eingehend (SEPA)", "Arrives later (SEPA)"),
    "pending_fails": ("Später scheiternd (SEPA)", "Fails later (SEPA)"),
    "decline": ("Ablehnen lassen", "Have it declined"),
    "cancel": ("Abbrechen und zurück", "Cancel and go back"),
    "declined": (
        "Die Zahlung wurde abgelehnt. Es wurde nichts abgebucht. Versuchen Sie es noch einmal oder wählen Sie eine "
        "andere Zahlungsart.",
        "The payment was declined. Nothing was charged. Try again or choose another payment method.",
    ),
    "refused": (
        "Die Bestätigung ist gescheitert. Es wurde nichts abgebucht.",
        "The confirmation failed. Nothing was charged.",
    ),
    "confirm_title": ("Zahlung bestätigen", "Confirm the payment"),
    "confirm_text": (
        "Ihre Bank möchte wissen, ob Sie diese Zahlung veranlasst haben.",
        "Your bank wants to know whether you ordered this payment.",
    ),
    "confirm": ("Ja, bestätigen", "Yes, confirm"),
    "refuse": ("Nein, das war ich nicht", "No, that was not me"),
    "behaviour": ("Schlechtes Benehmen des Anbieters", "Bad behaviour of the provider"),
    "webhooks": ("Nachricht an den Händler", "Message to the merchant"),
    "prompt": ("sofort", "at once"),
    "late": ("verspätet", "late"),
    "twice": ("doppelt", "twice"),
    "thrice": ("dreifach", "three times"),
    "out_of_order": ("in falscher Reihenfolge", "out of order"),
    "never": ("gar nicht", "never"),
    "late_seconds": ("Verspätung in Sekunden", "Delay in seconds"),
    "capture_call": ("Antwort beim Einziehen", "Answer to the capture call"),
    "refund_call": ("Antwort beim Erstatten", "Answer to the refund call"),
    "none": ("wie sie soll", "as it should"),
    "timeout_before": ("keine, nichts getan", "none, nothing done"),
    "timeout_after": ("keine, aber ausgeführt", "none, but done"),
    "error": ("Fehler 500", "error 500"),
    "ended_title": ("Diese Zahlung ist beendet", "This payment has ended"),
    "completed": ("Sie ist abgeschlossen.", "It is complete."),
    "approved": ("Sie ist freigegeben.", "It is approved."),
    "expired": ("Die Zahlungsseite ist abgelaufen.", "The payment page has expired."),
    "cancelled": ("Sie wurde abgebrochen.", "It was cancelled."),
    "back": ("Zurück zum Händler", "Back to the merchant"),
    "unknown_title": ("Diese Zahlung gibt es nicht", "There is no such payment"),
    "language": ("Sprache", "Language"),
}


def text(key: str, language: Language) -> str:
    return _TEXTS[key][0 if language == "de" else 1]


def money(amount_minor: int, currency: str, language: Language) -> str:
    locale = "de_DE" if language == "de" else "en_GB"
    return str(format_currency(from_minor(amount_minor, currency), currency, locale=locale))

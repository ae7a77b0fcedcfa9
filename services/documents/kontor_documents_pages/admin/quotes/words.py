"""Names for what staff see of quotes, in their language."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from kontor.documents.v1.documents_pb2_codes import AcceptanceMethod, CustomerRequestKind, DocumentState, QuoteOutcome
from kontor_documents_pages.numbers import decimal_of
from kontor_service.formats import percent
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_service.units import unit
from kontor_service.vocabulary import state, word


def tax_word(code: str) -> str:
    """S:19 is 19 %; a category without tax is said in words."""
    category, _colon, rate = code.partition(":")
    if category == "AE":
        return _("reverse charge")
    if category == "S" and decimal_of(rate, "en"):
        return percent(rate, reader().language)
    return _("no VAT")


def quote_stand(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Where a quote stands: its colour and its word. `entry` with its `payment`, where one is asked for."""
    if entry["state"] == "waiting":
        return "idle", _("draft")
    if entry["state"] in ("withdrawn", "cancelled"):
        return state(DocumentState, "withdrawn")
    payment = entry.get("payment") or {}
    if entry["outcome"] == QuoteOutcome.ACCEPTED and payment.get("last_failure") and payment["open_minor"]:
        # What was promised counted as paid, and then it did not come.
        return "late", _("accepted, payment failed")
    return state(QuoteOutcome, entry["outcome"]) if entry["outcome"] else ("open", _("sent"))


# What templates may call.
GLOBALS: dict[str, Any] = {
    "unit_word": partial(unit, quantity="2"),
    "quote_stand": quote_stand,
    "tax_word": tax_word,
    "request_word": partial(word, CustomerRequestKind),
    "acceptance_word": partial(word, AcceptanceMethod),
}

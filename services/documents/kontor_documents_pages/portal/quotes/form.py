"""What customers send with a quote's form: choices, name, consents and signature, checked field by field."""

from decimal import Decimal
from typing import Any

import orjson

from kontor_documents_pages.numbers import decimal_of
from kontor_documents_pages.portal.quotes.lines import QuoteLine
from kontor_documents_pages.portal.quotes.quote import Quote
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_service.money import TOO_MUCH
from kontor_web import Form

MAX_STROKES_BYTES = 400_000
_MOST_NAME = 200


def initial_form(quote: Quote) -> Form:
    """The form as it is shown first: with what is chosen now, and the name of whoever is logged in."""
    session = quote.view.session
    # A link to a firm has the firm's name, and no firm signs by itself.
    is_person = quote.is_consumer or session["contact_id"]
    fields: dict[str, Any] = {"name": session["name"] or "" if is_person else ""}
    for line in quote.lines:
        if line.optional and not line.alternative and line.chosen:
            fields[f"pick-{line.index}"] = True
        if line.alternative and line.chosen:
            fields[f"alternative-{line.set_number}"] = str(line.index)
        if line.high:
            fields[f"quantity-{line.index}"] = line.quantity
    return Form.of(fields)


def selection_of(form: Form, quote: Quote) -> list[dict[str, Any]]:
    """Every line that leaves a choice, as the form has it. Notes what is no quantity at its field."""
    return [_choice(form, line) for line in quote.lines if line.leaves_choice]


def _choice(form: Form, line: QuoteLine) -> dict[str, Any]:
    if line.alternative:
        selected = form.value(f"alternative-{line.set_number}") == str(line.index)
    else:
        selected = not line.optional or form.flag(f"pick-{line.index}")
    quantity = _quantity(form, f"quantity-{line.index}") if line.high else None
    return {"id": line.id, "selected": selected, "quantity": quantity}


def _quantity(form: Form, name: str) -> str | None:
    text = form.text(name, required=True, limit=30)
    found = decimal_of(text, reader().language)
    if found and 0 <= Decimal(found) < TOO_MUCH:
        return found
    form.error(name, _("Please enter a number, for example 2 or 2.5."))
    return None


def field_names(quote: Quote) -> dict[str, str]:
    """Which field of the form is meant by a field of the owner."""
    names = {"signature.text": "signature-text", "signature.strokes": "signature", "signature": "signature"}
    for place, line in enumerate(line for line in quote.lines if line.leaves_choice):
        for prefix in ("lines", "selection.lines"):
            names[f"{prefix}[{place}].quantity"] = f"quantity-{line.index}"
            picked = f"alternative-{line.set_number}" if line.alternative else f"pick-{line.index}"
            names[f"{prefix}[{place}].selected"] = picked
    return names


def acceptance_of(form: Form, quote: Quote) -> dict[str, Any]:
    """Name, function, consents and signature; what is missing is noted at its field."""
    name = form.text("name", required=True, limit=_MOST_NAME)
    consents = [one["id"] for one in quote.consents if form.has("consent", one["id"])]
    for one in quote.consents:
        if one["id"] not in consents:
            form.error(f"consent-{one['id']}", _("Please confirm this to accept the quote."))
    return {
        "name": name, "function": "" if quote.is_consumer else form.text("function", limit=_MOST_NAME), "consents": consents,
        "signature": _signature(form, name) if quote.asks_for_signature else None,
    }  # fmt: skip


def _signature(form: Form, name: str) -> dict[str, Any] | None:
    text = form.text("signature-text", limit=_MOST_NAME)
    # While somebody draws, the page does not send the field for typing: who has typed had no pad that worked.
    if form.value("signature-kind") == "drawn" and not text:
        strokes = _strokes(form.value("strokes"))
        if not strokes:
            form.error("signature", _("Please sign in the field, or type your full name as the signature instead."))
        return {"kind": "drawn", "strokes": strokes}
    if not text:
        form.error("signature-text", _("Please type your full name as the signature."))
    return {"kind": "typed", "text": text}


def _strokes(text: str) -> list[Any]:
    """What the pad wrote; what is no list of strokes is none."""
    if len(text) > MAX_STROKES_BYTES:
        return []
    try:
        found = orjson.loads(text or "[]")
    except orjson.JSONDecodeError:
        return []
    return found if isinstance(found, list) else []

"""What an amendment has changed in a quote, as sentences for its customer. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from kontor_service.formats import day, money, number, percent
from kontor_service.i18n import N_, reader
from kontor_service.i18n import gettext as _
from kontor_service.money import to_minor

_AMOUNTS = frozenset({"net", "net_price", "totals.gross"})
_NUMBERS = frozenset({"quantity", "quantity_min", "quantity_max"})
_PERCENTS = frozenset({"tax_rate", "deposit_percent"})
_LABELS = {
    "name": N_("Description"), "description": N_("Details"), "quantity": N_("Quantity"), "net_price": N_("Unit price"),
    "net": N_("Amount"), "tax_rate": N_("VAT"), "quantity_min": N_("Least quantity"), "quantity_max": N_("Largest quantity"),
    "title": N_("Title"), "introduction": N_("Text above the items"), "closing": N_("Text below the items"),
    "valid_until": N_("Valid until"), "payment_terms": N_("Payment terms"), "deposit_percent": N_("Deposit"),
    "totals.gross": N_("Total amount"), "attachments": N_("Attachments"),
}  # fmt: skip
# Said in full they would be longer than the page.
_TEXTS = frozenset({"description", "introduction", "closing", "payment_terms", "attachments"})


def sentences(changes: Iterable[Mapping[str, str]], currency: str) -> list[str]:
    """One for each change that a customer would want to know of, in their order."""
    found = (_sentence(change, currency) for change in changes)
    return [text for text in dict.fromkeys(found) if text]


def _sentence(change: Mapping[str, str], currency: str) -> str:
    kind, name, field = change["kind"], change["name"], change["field"]
    before, after = (_value(field, change[side], currency) for side in ("before", "after"))
    if kind == "line_added":
        return _("New: %(name)s, %(amount)s", name=name, amount=after) if after else _("New: %(name)s", name=name)
    if kind == "line_removed":
        return _("No longer included: %(name)s", name=name)
    if field not in _LABELS:
        return _("%(name)s: changed", name=name) if name else ""
    label = _(_LABELS[field])
    what = f"{name}, {label}" if name else label
    if field in _TEXTS:
        return _("%(name)s: changed", name=what)
    return _("%(what)s: %(after)s instead of %(before)s", what=what, after=after or "–", before=before or "–")


def _value(field: str, value: str, currency: str) -> str:
    """As people read it; what is no value of its kind is shown as it is."""
    language = reader().language
    if not value:
        return ""
    try:
        if field in _AMOUNTS:
            return money(to_minor(Decimal(value), currency), currency, language)
        if field in _NUMBERS:
            return number(value, language)
        if field in _PERCENTS:
            return percent(value, language)
        return day(value, language) if field == "valid_until" else value
    except (InvalidOperation, ValueError):
        return value

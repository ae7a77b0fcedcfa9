"""What is different between two versions of an offer, in the reader's language: for pages, tables and mails alike. Pure.

A change is a mapping with `kind` (line_added, line_removed, line_changed, changed), the line's `name`, the `field`, and its
values `before` and `after`: decimals in plain notation, days in ISO 8601, empty for none.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kontor_service.formats import day, money, number, percent
from kontor_service.i18n import N_, reader
from kontor_service.i18n import gettext as _
from kontor_service.money import digits, to_minor
from kontor_service.units import unit

_AMOUNTS = frozenset({"net", "net_price", "totals.gross"})
_NUMBERS = frozenset({"quantity", "quantity_min", "quantity_max"})
_PERCENTS = frozenset({"tax_rate", "deposit_percent"})
_LABELS = {
    "name": N_("Description"), "description": N_("Details"), "quantity": N_("Quantity"), "unit": N_("Unit"),
    "net_price": N_("Unit price"), "net": N_("Amount"), "tax_rate": N_("VAT"), "optional": N_("optional"),
    "alternative": N_("Choice among"), "quantity_min": N_("Least quantity"), "quantity_max": N_("Largest quantity"),
    "title": N_("Title"), "introduction": N_("Text above the items"), "closing": N_("Text below the items"),
    "valid_until": N_("Valid until"), "payment_terms": N_("Payment terms"), "deposit_percent": N_("Deposit"),
    "totals.gross": N_("Total amount"), "attachments": N_("Attachments"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` is empty for what is new, `after` for what is gone, both for a text of which only that is told. `total`: it
    is the whole's, which follows from the others."""

    what: str
    news: str
    before: str
    after: str
    total: bool = False

    @property
    def sentence(self) -> str:
        return _("%(what)s: %(news)s", what=self.what, news=self.news)


def differences(changes: Iterable[Mapping[str, str]], currency: str) -> list[Difference]:
    """The changes that customers are shown, in the given order, without repetitions. `currency` (ISO 4217) is that of the amounts."""
    return list(dict.fromkeys(_found(changes, currency)))


def _found(changes: Iterable[Mapping[str, str]], currency: str) -> Iterator[Difference]:
    for change in changes:
        name, field = change["name"], change["field"]
        before, after = (_value(field, change[side], currency) for side in ("before", "after"))
        if change["kind"] == "line_added":
            yield Difference(name, _("new, %(amount)s", amount=after) if after else _("new"), "", after or _("new"))
        elif change["kind"] == "line_removed":
            yield Difference(name, _("no longer included"), before or name, "")
        elif field in _LABELS:
            label = _(_LABELS[field])
            what = f"{name}, {label}" if name else label
            yield Difference(what, _news(before, after), before, after, field == "totals.gross")
        elif name:
            yield Difference(name, _("changed"), "", "")


def _news(before: str, after: str) -> str:
    if not before and not after:
        return _("changed")
    return _("%(after)s instead of %(before)s", after=after or "–", before=before or "–")


def _value(field: str, value: str, currency: str) -> str:
    """As people read it; what is no value of its kind is shown as it is."""
    language = reader().language
    if field == "optional":
        return _("yes") if value else _("no")
    if not value:
        return ""
    try:
        if field in _AMOUNTS:
            return _money(Decimal(value), currency, language)
        if field in _NUMBERS:
            return number(value, language)
        if field in _PERCENTS:
            return percent(value, language)
        if field == "unit":
            return unit(value, "1")
        return day(value, language) if field == "valid_until" else value
    except (InvalidOperation, ValueError):
        return value


def _money(amount: Decimal, currency: str, language: str) -> str:
    """With the decimals of a unit price that has more than its currency (BT-146 may)."""
    if -int(amount.normalize().as_tuple().exponent) > digits(currency):
        return f"{number(amount, language)}\u00a0{currency}"
    return money(to_minor(amount, currency), currency, language)

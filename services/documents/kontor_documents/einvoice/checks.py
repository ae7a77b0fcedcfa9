"""Whether what a file says about its totals agrees with what it says in its lines.

Exact sums (BR-CO-10 to BR-CO-16, BR-S-08 and its kin) must agree to the cent. A tax amount may deviate by half a minor
unit for each line of its rate, for whoever rounds the tax line by line (the standard itself lets a whole unit pass);
line nets may deviate by 0.02 as PEPPOL-EN16931-R120 grants. Within that, the deviation is a warning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from babel.numbers import format_currency, format_decimal

from kontor_documents.content.model import DocumentData, Totals
from kontor_documents.einvoice.totals import (
    ZERO,
    TaxKey,
    complete,
    line_net,
    tax_amount,
    tax_key,
    taxable_amounts,
    totals,
)

_LINE_TOLERANCE = Decimal("0.02")
_HALF_MINOR_UNIT = Decimal("0.005")
# The rule that says how a category's taxable amount is made up.
_TAXABLE_RULES = {
    "S": "BR-S-08",
    "Z": "BR-Z-08",
    "E": "BR-E-08",
    "AE": "BR-AE-08",
    "K": "BR-IC-08",
    "G": "BR-G-08",
    "O": "BR-O-08",
    "L": "BR-AF-08",
    "M": "BR-AG-08",
}


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Issue:
    """`code` is the rule's number, `field` a path into DocumentData; the caller picks the language."""

    code: str
    field: str
    message_de: str
    message_en: str
    severity: Severity = Severity.ERROR
    expected: Decimal | None = None
    given: Decimal | None = None

    def message(self, language: str) -> str:
        return self.message_de if language == "de" else self.message_en


def errors(issues: list[Issue]) -> list[Issue]:
    return [issue for issue in issues if issue.severity is Severity.ERROR]


def check(data: DocumentData) -> list[Issue]:
    """Every disagreement between given and computed figures; what is left out is computed first (totals.complete)."""
    data = complete(data)
    found = list(_lines(data)) + list(_rates(data))
    if data.lines and data.tax_breakdown:
        found += _taxable(data)
    found += _tax(data)
    if data.totals:
        found += _sums(data, data.totals)
    return found


def _money(amount: Decimal, currency: str, locale: str) -> str:
    return format_currency(amount, currency, locale=locale)


def _disagreement(
    code: str,
    field: str,
    currency: str,
    subject: tuple[str, str],
    expected: Decimal,
    given: Decimal,
    tolerance: Decimal = ZERO,
) -> Issue:
    return Issue(
        code,
        field,
        f"{subject[0]} {_money(expected, currency, 'de_DE')}, in der Datei {_money(given, currency, 'de_DE')}",
        f"{subject[1]} {_money(expected, currency, 'en_GB')}, in the file {_money(given, currency, 'en_GB')}",
        Severity.WARNING if abs(expected - given) <= tolerance else Severity.ERROR,
        expected,
        given,
    )


def _lines(data: DocumentData) -> Iterator[Issue]:
    for index, line in enumerate(data.lines):
        if line.price_base_quantity is not None and line.price_base_quantity <= 0:
            yield Issue(
                "BR-27",
                f"lines[{index}].price_base_quantity",
                "Die Basismenge des Preises muss größer als null sein",
                "The price's base quantity must be greater than zero",
            )
        elif line.net is not None and (expected := line_net(line, data.currency)) != line.net:
            subject = (f"Position {line.id}: Menge mal Preis ergibt", f"Line {line.id}: quantity times price is")
            field = f"lines[{index}].net"
            rule = "PEPPOL-EN16931-R120"
            yield _disagreement(rule, field, data.currency, subject, expected, line.net, _LINE_TOLERANCE)


def _rates(data: DocumentData) -> Iterator[Issue]:
    rated = [(f"lines[{index}].tax_rate", line.tax_category, line.tax_rate) for index, line in enumerate(data.lines)]
    for index, entry in enumerate(data.allowances_charges):
        rated.append((f"allowances_charges[{index}].tax_rate", entry.tax_category or "S", entry.tax_rate))
    for field, category, rate in rated:
        if category == "S" and not rate:
            yield Issue(
                "BR-S-05", field, "Zum Regelsteuersatz fehlt der Prozentsatz", "The standard rate needs a percentage"
            )


def _taxable(data: DocumentData) -> Iterator[Issue]:
    expected = taxable_amounts(data)
    given = {tax_key(entry.category, entry.rate): index for index, entry in enumerate(data.tax_breakdown)}
    for key, amount in expected.items():
        rule, subject = _TAXABLE_RULES.get(key.category, "BR-CO-18"), _taxable_subject(key)
        index = given.get(key)
        if index is None:
            yield _disagreement(rule, "tax_breakdown", data.currency, subject, amount, ZERO)
        elif (found := data.tax_breakdown[index].taxable_amount) != amount:
            yield _disagreement(rule, f"tax_breakdown[{index}].taxable_amount", data.currency, subject, amount, found)
    for key, index in given.items():
        if key not in expected and data.tax_breakdown[index].taxable_amount:
            rule, found = _TAXABLE_RULES.get(key.category, "BR-CO-18"), data.tax_breakdown[index].taxable_amount
            field = f"tax_breakdown[{index}].taxable_amount"
            yield _disagreement(rule, field, data.currency, _taxable_subject(key), ZERO, found)


def _percent(rate: Decimal | None, locale: str) -> str:
    return format_decimal(rate or ZERO, locale=locale) + ("\u00a0%" if locale == "de_DE" else "%")


def _taxable_subject(key: TaxKey) -> tuple[str, str]:
    return (
        f"Zu {_percent(key.rate, 'de_DE')} (Kategorie {key.category}) ergeben die Positionen netto",
        f"At {_percent(key.rate, 'en_GB')} (category {key.category}) the lines come to a net amount of",
    )


def _tax(data: DocumentData) -> Iterator[Issue]:
    counts: dict[TaxKey, int] = {}
    for line in data.lines:
        key = tax_key(line.tax_category, line.tax_rate)
        counts[key] = counts.get(key, 0) + 1
    for index, entry in enumerate(data.tax_breakdown):
        expected = tax_amount(entry.taxable_amount, entry.rate, data.currency)
        if expected == entry.tax_amount:
            continue
        subject = (
            f"{_percent(entry.rate, 'de_DE')} von {_money(entry.taxable_amount, data.currency, 'de_DE')} sind",
            f"{_percent(entry.rate, 'en_GB')} of {_money(entry.taxable_amount, data.currency, 'en_GB')} is",
        )
        parts = counts.get(tax_key(entry.category, entry.rate), 0) + len(data.allowances_charges)
        field = f"tax_breakdown[{index}].tax_amount"
        tolerance = parts * _HALF_MINOR_UNIT
        yield _disagreement("BR-CO-17", field, data.currency, subject, expected, entry.tax_amount, tolerance)


# Rule, field of BG-22, and what it is the sum of.
_SUMS = (
    ("BR-CO-10", "line_net", ("Die Summe der Positionen ist", "The sum of the lines is")),
    ("BR-CO-11", "allowances", ("Die Summe der Nachlässe ist", "The sum of the allowances is")),
    ("BR-CO-12", "charges", ("Die Summe der Zuschläge ist", "The sum of the charges is")),
    (
        "BR-CO-13",
        "net",
        ("Positionen mit Nachlässen und Zuschlägen sind netto", "Lines with allowances and charges are net"),
    ),
    ("BR-CO-14", "tax", ("Die Summe der Steuerbeträge ist", "The sum of the tax amounts is")),
    ("BR-CO-15", "gross", ("Netto zuzüglich Steuer ergibt", "Net plus tax is")),
    ("BR-CO-16", "due", ("Brutto ohne Anzahlungen sind zu zahlen", "Gross less prepayments the amount due is")),
)


def _sums(data: DocumentData, given: Totals) -> Iterator[Issue]:
    """Each sum is computed from the figures the file gives one step before, so that one error is named once."""
    from_parts = totals(data, data.tax_breakdown)
    net = given.line_net - given.allowances + given.charges
    expected = {
        "line_net": from_parts.line_net if data.lines else given.line_net,
        "allowances": from_parts.allowances if data.lines else given.allowances,
        "charges": from_parts.charges if data.lines else given.charges,
        "net": net,
        "tax": from_parts.tax if data.tax_breakdown else given.tax,
        "gross": given.net + given.tax,
        "due": given.gross - given.prepaid + given.rounding,
    }
    for rule, field, subject in _SUMS:
        found: Decimal = getattr(given, field)
        if expected[field] != found:
            yield _disagreement(rule, f"totals.{field}", data.currency, subject, expected[field], found)

"""Whether what a file says about its totals agrees with what it says in its lines.

Exact sums (BR-CO-10 to BR-CO-16, BR-S-08 and its kin) must agree to the cent. A tax amount may deviate by half a minor
unit for each line of its rate, for whoever rounds the tax line by line (the standard itself lets a whole unit pass);
line nets may deviate by 0.02 as PEPPOL-EN16931-R120 grants. Within that, the deviation is a warning.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as default
from decimal import Decimal
from enum import StrEnum

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
from kontor_service.i18n import N_

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
    """`code` is the rule's number, `field` a path into DocumentData; `params` fill the message where it is shown."""

    code: str
    field: str
    message: str
    params: dict[str, str] = default(default_factory=dict)
    severity: Severity = Severity.ERROR
    expected: Decimal | None = None
    given: Decimal | None = None


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


def _disagreement(
    code: str,
    field: str,
    currency: str,
    message: str,
    expected: Decimal,
    given: Decimal,
    tolerance: Decimal = ZERO,
    **params: str,
) -> Issue:
    severity = Severity.WARNING if abs(expected - given) <= tolerance else Severity.ERROR
    params |= {"expected": f"{expected} {currency}", "given": f"{given} {currency}"}
    return Issue(code, field, message, params, severity, expected, given)


def _lines(data: DocumentData) -> Iterator[Issue]:
    for index, line in enumerate(data.lines):
        if line.price_base_quantity is not None and line.price_base_quantity <= 0:
            yield Issue(
                "BR-27",
                f"lines[{index}].price_base_quantity",
                N_("The price's base quantity must be greater than zero."),
            )
        elif line.net is not None and (expected := line_net(line, data.currency)) != line.net:
            message = N_("Line %(line)s: quantity times price is %(expected)s, in the file %(given)s")
            field = f"lines[{index}].net"
            rule = "PEPPOL-EN16931-R120"
            yield _disagreement(rule, field, data.currency, message, expected, line.net, _LINE_TOLERANCE, line=line.id)


def _rates(data: DocumentData) -> Iterator[Issue]:
    rated = [(f"lines[{index}].tax_rate", line.tax_category, line.tax_rate) for index, line in enumerate(data.lines)]
    for index, entry in enumerate(data.allowances_charges):
        rated.append((f"allowances_charges[{index}].tax_rate", entry.tax_category or "S", entry.tax_rate))
    for field, category, rate in rated:
        if category == "S" and not rate:
            yield Issue("BR-S-05", field, N_("The standard rate needs a percentage."))


_TAXABLE = N_(
    "At %(rate)s (category %(category)s) the lines come to a net amount of %(expected)s, in the file %(given)s"
)


def _taxable(data: DocumentData) -> Iterator[Issue]:
    expected = taxable_amounts(data)
    given = {tax_key(entry.category, entry.rate): index for index, entry in enumerate(data.tax_breakdown)}
    for key in expected | given:
        index, amount = given.get(key), expected.get(key, ZERO)
        found = ZERO if index is None else data.tax_breakdown[index].taxable_amount
        if index is not None and found == amount:
            continue
        field = "tax_breakdown" if index is None else f"tax_breakdown[{index}].taxable_amount"
        rule = _TAXABLE_RULES.get(key.category, "BR-CO-18")
        rate = f"{key.rate or ZERO} %"
        yield _disagreement(rule, field, data.currency, _TAXABLE, amount, found, rate=rate, category=key.category)


_TAX = N_("%(rate)s of %(base)s is %(expected)s, in the file %(given)s")


def _tax(data: DocumentData) -> Iterator[Issue]:
    counts: dict[TaxKey, int] = {}
    for line in data.lines:
        key = tax_key(line.tax_category, line.tax_rate)
        counts[key] = counts.get(key, 0) + 1
    for index, entry in enumerate(data.tax_breakdown):
        expected = tax_amount(entry.taxable_amount, entry.rate, data.currency)
        if expected == entry.tax_amount:
            continue
        parts = counts.get(tax_key(entry.category, entry.rate), 0) + len(data.allowances_charges)
        field = f"tax_breakdown[{index}].tax_amount"
        tolerance = parts * _HALF_MINOR_UNIT
        yield _disagreement(
            "BR-CO-17", field, data.currency, _TAX, expected, entry.tax_amount, tolerance,
            rate=f"{entry.rate or ZERO} %", base=f"{entry.taxable_amount} {data.currency}",
        )  # fmt: skip


# Rule, field of BG-22, and what it is the sum of.
_SUMS = (
    ("BR-CO-10", "line_net", N_("The sum of the lines is %(expected)s, in the file %(given)s")),
    ("BR-CO-11", "allowances", N_("The sum of the allowances is %(expected)s, in the file %(given)s")),
    ("BR-CO-12", "charges", N_("The sum of the charges is %(expected)s, in the file %(given)s")),
    (
        "BR-CO-13",
        "net",
        N_("Lines with allowances and charges are net %(expected)s, in the file %(given)s"),
    ),
    ("BR-CO-14", "tax", N_("The sum of the tax amounts is %(expected)s, in the file %(given)s")),
    ("BR-CO-15", "gross", N_("Net plus tax is %(expected)s, in the file %(given)s")),
    ("BR-CO-16", "due", N_("Gross less prepayments the amount due is %(expected)s, in the file %(given)s")),
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
    for rule, field, message in _SUMS:
        found: Decimal = getattr(given, field)
        if expected[field] != found:
            yield _disagreement(rule, f"totals.{field}", data.currency, message, expected[field], found)

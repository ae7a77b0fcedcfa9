"""Whether what a document says about its totals agrees with what it says in its lines.

Of a document that is handed in, only what decides about money can keep it from being accepted: the sums BR-CO-10 to
BR-CO-17, with the tolerances of the official rules. Everything else is a warning there. Of what Kontor is to issue,
all must agree: line nets to 0.02 as PEPPOL-EN16931-R120 grants.
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from kontor_documents.content.model import DocumentData, Totals
from kontor_documents.einvoice import skonto
from kontor_documents.einvoice.findings import Finding
from kontor_documents.einvoice.totals import (
    ZERO,
    claimed_for_others,
    complete,
    line_net,
    round_amount,
    tax_amount,
    tax_key,
    taxable_amounts,
    totals,
)
from kontor_service.i18n import N_

_LINE_TOLERANCE = Decimal("0.02")
# BR-CO-17 lets less than one unit of the currency pass, for whoever rounds the tax line by line.
_TAX_TOLERANCE = Decimal("0.99")
_MONEY = frozenset(f"BR-CO-{number}" for number in range(10, 18))
# It is older than these rules.
_ZUGFERD_1 = "urn:ferd:"
# Profiles that have no prepaid amount (BT-113), so that what is due may be less than the total.
_WITHOUT_PREPAID = (":minimum", ":basicwl")
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


def check(data: DocumentData, *, issued: bool = False) -> list[Finding]:
    """Every disagreement between given and computed figures; what is left out is computed first (totals.complete).

    `issued` is what Kontor makes an invoice of: then nothing may disagree."""
    data = complete(data)
    found = list(_lines(data)) + list(_rates(data))
    if data.tax_breakdown and any(line.counts for line in data.lines):
        found += _taxable(data)
    found += _tax(data)
    if data.totals:
        found += _sums(data, data.totals)
    found += [Finding("BR-DE-18", "payment_terms", _UNREAD, {"text": text[:200]}) for text in skonto.unread(data)]
    graver = _MONEY if not data.specification.lower().startswith(_ZUGFERD_1) else frozenset()
    return [one if issued or one.code in graver else replace(one, severity="warning") for one in found]


def _disagreement(
    code: str, field: str, currency: str, message: str, expected: Decimal, given: Decimal,
    tolerance: Decimal = ZERO, **params: str,
) -> Finding:  # fmt: skip
    params |= {"expected": f"{expected} {currency}", "given": f"{given} {currency}"}
    return Finding(code, field, message, params, "warning" if abs(expected - given) <= tolerance else "blocker")


def _lines(data: DocumentData) -> Iterator[Finding]:
    for index, line in enumerate(data.lines):
        if line.price_base_quantity is not None and line.price_base_quantity <= 0:
            message = N_("The price's base quantity must be greater than zero.")
            yield Finding("BR-27", f"lines[{index}].price_base_quantity", message, severity="blocker")
        elif (
            line.counts and line.net is not None and (expected := line_net(line, data.currency)) not in (None, line.net)
        ):
            message = N_("Line %(line)s: quantity times price is %(expected)s, in the file %(given)s")
            field = f"lines[{index}].net"
            rule = "PEPPOL-EN16931-R120"
            yield _disagreement(rule, field, data.currency, message, expected, line.net, _LINE_TOLERANCE, line=line.id)


def _rates(data: DocumentData) -> Iterator[Finding]:
    rated = [
        (f"lines[{index}].tax_rate", line.tax_category, line.tax_rate)
        for index, line in enumerate(data.lines)
        if line.counts
    ]
    for index, entry in enumerate(data.allowances_charges):
        rated.append((f"allowances_charges[{index}].tax_rate", entry.tax_category or "S", entry.tax_rate))
    for field, category, rate in rated:
        if category == "S" and not rate:
            yield Finding("BR-S-05", field, N_("The standard rate needs a percentage."), severity="blocker")


_TAXABLE = N_(
    "At %(rate)s (category %(category)s) the lines come to a net amount of %(expected)s, in the file %(given)s"
)


def _taxable(data: DocumentData) -> Iterator[Finding]:
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


_UNREAD = N_('The cash discount in "%(text)s" cannot be read; it is shown as text only.')
_TAX = N_("%(rate)s of %(base)s is %(expected)s, in the file %(given)s")


def _tax(data: DocumentData) -> Iterator[Finding]:
    for index, entry in enumerate(data.tax_breakdown):
        expected = tax_amount(entry.taxable_amount, entry.rate, data.currency)
        if expected != entry.tax_amount:
            field = f"tax_breakdown[{index}].tax_amount"
            yield _disagreement(
                "BR-CO-17", field, data.currency, _TAX, expected, entry.tax_amount, _TAX_TOLERANCE,
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


def _sums(data: DocumentData, given: Totals) -> Iterator[Finding]:
    """Each sum is computed from the figures the file gives one step before, so that one error is named once."""
    from_parts = totals(data, data.tax_breakdown)
    counted = any(line.counts for line in data.lines)
    expected = {
        "line_net": from_parts.line_net if counted else given.line_net,
        "allowances": from_parts.allowances if counted else given.allowances,
        "charges": from_parts.charges if counted else given.charges,
        "net": given.line_net - given.allowances + given.charges,
        "tax": from_parts.tax if data.tax_breakdown else given.tax,
        "gross": given.net + given.tax,
        "due": given.gross - given.prepaid + given.rounding + claimed_for_others(data),
    }
    if data.specification.endswith(_WITHOUT_PREPAID) and not given.prepaid:
        del expected["due"]
    for rule, field, message in _SUMS:
        found: Decimal = getattr(given, field)
        if field in expected and round_amount(expected[field], data.currency) != round_amount(found, data.currency):
            yield _disagreement(rule, f"totals.{field}", data.currency, message, expected[field], found)

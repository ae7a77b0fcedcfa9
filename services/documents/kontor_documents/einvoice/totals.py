"""Totals as EN 16931 computes them (BR-CO-10 to BR-CO-18): pure functions over DocumentData.

Amounts are rounded half away from zero to the currency's minor unit, two decimals at most (BR-DEC); prices, quantities
and rates are not rounded.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import AllowanceCharge, DocumentData, Line, TaxSubtotal, Totals
from kontor_service.errors import Invalid
from kontor_service.i18n import N_
from kontor_service.money import TOO_MUCH, digits

T = TypeVar("T", bound=BaseModel)
ZERO = Decimal(0)
_HUNDRED = Decimal(100)
# Enough for a product of two numbers of 24 digits each.
_PRECISION = 60
_REQUIRED_REASONS = {
    "AE": ("VATEX-EU-AE", "Steuerschuldnerschaft des Leistungsempfängers"),
    "K": ("VATEX-EU-IC", "Steuerfreie innergemeinschaftliche Lieferung"),
    "G": ("VATEX-EU-G", "Steuerfreie Ausfuhrlieferung"),
    "O": ("VATEX-EU-O", "Nicht steuerbar"),
}
_TYPE_CODES = {DocumentType.INVOICE: "380", DocumentType.CREDIT_NOTE: "381"}


@dataclass(frozen=True)
class TaxKey:
    """What BG-23 groups by. `rate` is None only for what is not subject to VAT (O)."""

    category: str
    rate: Decimal | None


def round_amount(amount: Decimal, currency: str) -> Decimal:
    with localcontext() as context:
        context.prec = _PRECISION
        rounded = amount.quantize(Decimal(1).scaleb(-min(digits(currency), 2)), rounding=ROUND_HALF_UP)
        return rounded + ZERO  # no minus before a zero


def line_net(line: Line, currency: str) -> Decimal | None:
    """BT-131: quantity × net price / base quantity, charges added, allowances taken off. None where there is no price."""
    if line.net_price is None:
        return None
    with localcontext() as context:
        context.prec = _PRECISION
        product = line.quantity * line.net_price / (line.price_base_quantity or Decimal(1))
    return round_amount(product, currency) + balance(line.allowances_charges)


def net_of(line: Line, currency: str) -> Decimal:
    """As given, or computed."""
    net = line.net if line.net is not None else line_net(line, currency)
    return ZERO if net is None else net


def counted(data: DocumentData) -> Iterator[Line]:
    return (line for line in data.lines if line.counts)


def claimed_for_others(data: DocumentData) -> Decimal:
    """BG-DEX-09: it adds to what is due."""
    return sum((payment.amount for payment in data.third_party_payments), ZERO)


def balance(entries: Iterable[AllowanceCharge]) -> Decimal:
    """Charges minus allowances."""
    return sum((entry.amount if entry.charge else -entry.amount for entry in entries), ZERO)


def tax_key(category: str, rate: Decimal | None) -> TaxKey:
    return TaxKey(category, None if category == "O" else rate if rate is not None else ZERO)


def taxable_amounts(data: DocumentData) -> dict[TaxKey, Decimal]:
    """BT-116 for each category and rate, from the lines' nets (given or computed) and the document's allowances and
    charges, in order of appearance."""
    amounts: dict[TaxKey, Decimal] = {}
    for line in counted(data):
        key = tax_key(line.tax_category, line.tax_rate)
        amounts[key] = amounts.get(key, ZERO) + net_of(line, data.currency)
    for entry in data.allowances_charges:
        key = tax_key(entry.tax_category or "S", entry.tax_rate)
        amounts[key] = amounts.get(key, ZERO) + balance([entry])
    return amounts


def tax_amount(taxable: Decimal, rate: Decimal | None, currency: str) -> Decimal:
    """BT-117 (BR-CO-17)."""
    with localcontext() as context:
        context.prec = _PRECISION
        return round_amount(taxable * (rate or ZERO) / _HUNDRED, currency)


def tax_breakdown(data: DocumentData) -> list[TaxSubtotal]:
    """BG-23 computed; the reasons for exemption are those given, else the customary ones."""
    given = {entry.category: (entry.code, entry.reason) for entry in data.tax_exemptions}
    result = []
    for key, taxable in taxable_amounts(data).items():
        code, reason = given.get(key.category) or _REQUIRED_REASONS.get(key.category, ("", ""))
        result.append(
            _bounded(
                TaxSubtotal,
                category=key.category,
                rate=key.rate or ZERO,
                taxable_amount=taxable,
                tax_amount=tax_amount(taxable, key.rate, data.currency),
                exemption_reason=reason,
                exemption_code=code,
            )
        )
    return result


def totals(data: DocumentData, breakdown: Iterable[TaxSubtotal]) -> Totals:
    """BG-22 from the lines and a tax breakdown. Prepaid, rounding and the tax in the accounting currency are input."""
    lines = sum((net_of(line, data.currency) for line in counted(data)), ZERO)
    allowances = sum((entry.amount for entry in data.allowances_charges if not entry.charge), ZERO)
    charges = sum((entry.amount for entry in data.allowances_charges if entry.charge), ZERO)
    net = lines - allowances + charges
    tax = sum((entry.tax_amount for entry in breakdown), ZERO)
    prepaid = data.totals.prepaid if data.totals else data.prepaid or ZERO
    rounding = data.totals.rounding if data.totals else data.rounding or ZERO
    return _bounded(
        Totals,
        line_net=lines,
        allowances=allowances,
        charges=charges,
        net=net,
        tax=tax,
        tax_in_accounting_currency=data.totals.tax_in_accounting_currency if data.totals else None,
        gross=net + tax,
        prepaid=prepaid,
        rounding=rounding,
        due=net + tax - prepaid + rounding + claimed_for_others(data),
    )


def complete(data: DocumentData) -> DocumentData:
    """A copy with everything computed that was left out; what is given stays (checks.check says whether it agrees).

    A document without lines keeps the totals it has. Raises Invalid for amounts of 10^12 and more."""
    levels: dict[str, int] = {}
    lines = [_completed_line(line, number, data.currency, levels) for number, line in enumerate(data.lines, 1)]
    entries = [
        entry.model_copy(update={"tax_category": entry.tax_category or "S"}) for entry in data.allowances_charges
    ]
    type_code = data.type_code or _TYPE_CODES.get(data.type, "")
    filled = data.model_copy(update={"lines": lines, "allowances_charges": entries, "type_code": type_code})
    if lines:
        breakdown = filled.tax_breakdown or tax_breakdown(filled)
        filled = filled.model_copy(
            update={"tax_breakdown": breakdown, "totals": filled.totals or totals(filled, breakdown)}
        )
    _check_size(filled)
    return filled


def _completed_line(line: Line, number: int, currency: str, levels: dict[str, int]) -> Line:
    """The line with its net amount and id filled in. `levels` holds the levels of the lines before it, by id."""
    net = line.net if line.net is not None else line_net(line, currency)
    if net is None and line.kind == "detail":
        field = f"lines[{number - 1}].net_price"
        raise Invalid.of([{"field": field, "code": "missing", "message": N_("This field is missing."), "params": {}}])
    # A missing standard rate stays missing, so that the check can name it.
    rate = line.tax_rate if line.tax_category == "S" else tax_key(line.tax_category, line.tax_rate).rate
    id = line.id or str(number)
    levels[id] = levels.get(line.parent, -1) + 1 if line.parent else 0
    return line.model_copy(update={"id": id, "level": levels[id], "net": net, "tax_rate": rate})


def _check_size(data: DocumentData) -> None:
    amounts = {f"totals.{name}": value for name, value in data.totals or ()}
    for number, discount in enumerate(data.cash_discounts):
        amounts[f"cash_discounts[{number}].base_amount"] = discount.base_amount
        if not 0 <= discount.percent <= _HUNDRED:
            field = f"cash_discounts[{number}].percent"
            raise Invalid(N_("A cash discount is between 0 and 100 percent."), code="percent_out_of_range", field=field)
    for field, amount in amounts.items():
        if amount is not None and abs(amount) >= TOO_MUCH:
            raise _too_large(field)


def _bounded(model: type[T], **values: Any) -> T:
    """Computed amounts may have more digits than any of those that were given."""
    try:
        return model(**values)
    except ValidationError as error:
        raise _too_large("totals") from error


def _too_large(field: str) -> Invalid:
    return Invalid(N_("Amounts of 10^12 and more cannot be booked."), code="amount_too_large", field=field)

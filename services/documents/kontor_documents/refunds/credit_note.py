"""What the credit note of a refund says: all of its invoice, or a part spread over its tax rates (EN 16931). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kontor.documents.v1.documents_pb2_codes import DocumentType, ReferenceKind
from kontor.payments.v1.payments_pb2_codes import RefundReason
from kontor_documents.content.model import DocumentData, Line, Reference, TaxExemption, TaxSubtotal, Totals
from kontor_documents.einvoice.totals import ZERO, complete, round_amount, tax_amount
from kontor_documents.errors import NothingToCredit
from kontor_service.formats import day, money
from kontor_service.i18n import gettext as _
from kontor_service.i18n import speaking
from kontor_service.money import digits, from_minor
from kontor_service.vocabulary import long

_HUNDRED = Decimal(100)
# A lump sum (UN/ECE Recommendation 20).
_LUMP_SUM = "LS"
# What of the invoice says whom it concerns and when it was supplied.
_KEPT = {
    "customer_number", "currency", "tax_currency", "language", "buyer_reference", "accounting_reference", "seller", "buyer",
    "tax_representative", "ship_to", "delivery_date", "billing_period", "responsible",
}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """What went back to the customer, and what of it the credit note takes off the invoice; minor units."""

    external_id: str
    credit_minor: int
    amount_minor: int
    reason: str
    note: str
    # The merchant's business date.
    on: date


@dataclass(frozen=True)
class Share:
    """What of a credit belongs to one tax category and rate, before tax."""

    category: str
    rate: Decimal
    net: Decimal


def credit_note_of(invoice: DocumentData, given: Given) -> DocumentData:
    """Its amount due (BT-115) is exactly what is to be taken off the invoice. Raises NothingToCredit for an invoice of which no
    tax is known."""
    amount = from_minor(given.credit_minor, invoice.currency)
    whole = _whole(invoice, given)
    totals = complete(whole).totals
    if totals is not None and totals.due == amount == (invoice.totals or totals).due:
        return whole
    shares, rounding = spread(amount, breakdown_of(invoice), invoice.currency)
    kept = invoice.model_dump(include=_KEPT)
    lines = [_line(invoice, share) for share in shares]
    return DocumentData(
        **kept,
        **_credit_note_fields(invoice, given),
        lines=lines,
        rounding=rounding or None,
        tax_exemptions=_exemptions(invoice),
    )


def _whole(invoice: DocumentData, given: Given) -> DocumentData:
    left_out = {
        "due_date": None, "totals": None, "tax_breakdown": [], "prepaid": None, "rounding": None, "payment_reference": "",
        "cash_discounts": [], "instalments": [], "payment_means": [], "attachments": [], "closing": "", "notes": [],
        "payee": None, "specification": "", "business_process": "", "tax_exemptions": _exemptions(invoice),
    }  # fmt: skip
    return invoice.model_copy(update=left_out | _credit_note_fields(invoice, given))


def _credit_note_fields(invoice: DocumentData, given: Given) -> dict[str, object]:
    """What a credit note says of itself."""
    with speaking(invoice.language):
        issued = day(invoice.issue_date, invoice.language)
        belongs = _("This credit note belongs to our invoice %(number)s of %(day)s.", number=invoice.number, day=issued)
        terms = _terms(invoice, given)
        reason = long(RefundReason, given.reason)
    return {
        "type": DocumentType.CREDIT_NOTE, "type_code": "381", "number": "", "external_id": given.external_id, "title": "",
        "issue_date": given.on, "introduction": " ".join(filter(None, (belongs, reason, given.note))),
        "payment_terms": terms,
        "references": [Reference(kind=ReferenceKind.INVOICE, number=invoice.number, issued_on=invoice.issue_date)],
    }  # fmt: skip


def _terms(invoice: DocumentData, given: Given) -> str:
    """What went back, and why the credit note is larger where an earned cash discount is lost with it."""

    def amount(minor: int) -> str:
        return money(minor, invoice.currency, invoice.language)

    paid_back = _(
        "We have paid %(amount)s back to you on %(day)s.",
        amount=amount(given.amount_minor),
        day=day(given.on, invoice.language),
    )
    discount_minor = given.credit_minor - given.amount_minor
    if discount_minor <= 0:
        return paid_back
    discount = _(
        "The credit note also covers the cash discount of %(amount)s that you had deducted.",
        amount=amount(discount_minor),
    )
    return f"{paid_back} {discount}"


def _line(invoice: DocumentData, share: Share) -> Line:
    with speaking(invoice.language):
        name = _(
            "Refund on invoice %(number)s of %(day)s",
            number=invoice.number,
            day=day(invoice.issue_date, invoice.language),
        )
    return Line(name=name, unit=_LUMP_SUM, net_price=share.net, tax_category=share.category, tax_rate=share.rate)


def _exemptions(invoice: DocumentData) -> list[TaxExemption]:
    """The reasons of its tax breakdown."""
    return [
        TaxExemption(category=one.category, reason=one.exemption_reason, code=one.exemption_code)
        for one in invoice.tax_breakdown
        if one.exemption_reason or one.exemption_code
    ]


def breakdown_of(invoice: DocumentData) -> list[TaxSubtotal]:
    """The invoice's (BG-23); of one that says its totals only, the one rate by which they agree. Raises NothingToCredit."""
    found = [one for one in complete(invoice).tax_breakdown if one.taxable_amount + one.tax_amount > 0]
    return found or [_only_rate(invoice.totals, invoice.currency)]


def _only_rate(totals: Totals | None, currency: str) -> TaxSubtotal:
    if totals is None or totals.net <= 0 or totals.tax <= 0:
        raise NothingToCredit
    rate = (totals.tax * _HUNDRED / totals.net).quantize(Decimal("0.1"))
    if tax_amount(totals.net, rate, currency) != totals.tax:
        raise NothingToCredit
    return TaxSubtotal(category="S", rate=rate, taxable_amount=totals.net, tax_amount=totals.tax)


def spread(amount: Decimal, breakdown: Sequence[TaxSubtotal], currency: str) -> tuple[list[Share], Decimal]:
    """The gross amount over tax categories and rates in proportion to what each has of the invoice, and what has to be rounded
    (BT-114) where no net amounts come to exactly it: at 19 % every sixth cent is no gross amount of any net amount."""
    whole = sum(one.taxable_amount + one.tax_amount for one in breakdown)
    left, shares = amount, list[Share]()
    for one in breakdown:
        gross = one.taxable_amount + one.tax_amount
        part = round_amount(left * gross / whole, currency) if whole else ZERO
        rate = one.rate or ZERO
        shares.append(Share(one.category, rate, round_amount(part * _HUNDRED / (_HUNDRED + rate), currency)))
        left, whole = left - part, whole - gross
    missing = amount - sum(_gross(share, currency) for share in shares)
    for place, share in enumerate(shares):
        for step in (_smallest(currency), -_smallest(currency)):
            moved = Share(share.category, share.rate, share.net + step)
            if missing and _gross(moved, currency) - _gross(share, currency) == missing and moved.net >= 0:
                return _standing([*shares[:place], moved, *shares[place + 1 :]]), ZERO
    return _standing(shares), missing


def _standing(shares: Sequence[Share]) -> list[Share]:
    """Without rates that have nothing of it; the last of all is kept."""
    return [share for share in shares if share.net] or list(shares[-1:])


def _gross(share: Share, currency: str) -> Decimal:
    return share.net + tax_amount(share.net, share.rate, currency)


def _smallest(currency: str) -> Decimal:
    """What amounts of documents are multiples of."""
    return Decimal(1).scaleb(-min(digits(currency), 2))

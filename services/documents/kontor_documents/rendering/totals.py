"""From the net sum to the amount due (BG-20 to BG-23)."""

from decimal import Decimal
from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType, InvoiceKind
from kontor_documents.content.kinds import kind_of
from kontor_documents.content.model import DocumentData, TaxSubtotal, Totals
from kontor_documents.rendering.formats import Formats
from kontor_documents.rendering.lines import adjustment_label
from kontor_service.i18n import gettext as _
from kontor_service.i18n import pgettext

Row = dict[str, Any]


def totals(document: DocumentData, formats: Formats) -> list[Row]:
    """Rows with `label`, `value` and `kind`: plain, sum, or due for the one that counts. Empty without totals."""
    if document.totals is None:
        return []
    rows = [*_net(document, document.totals, formats), *_taxes(document, document.totals, formats)]
    rows += _gross(document, document.totals, formats)
    rows[-1]["kind"] = "due"
    return rows


def _row(label: str, value: str, kind: str = "plain") -> Row:
    return {"label": label, "value": value, "kind": kind}


def _net(document: DocumentData, sums: Totals, formats: Formats) -> list[Row]:
    rows = []
    if document.allowances_charges:
        rows.append(_row(_("Sum of items"), formats.money(sums.line_net)))
        for item in document.allowances_charges:
            value = item.amount if item.charge else -item.amount
            rows.append(_row(adjustment_label(item, formats), formats.money(value)))
    if document.tax_breakdown or sums.tax:
        rows.append(_row(_("Net amount"), formats.money(sums.net)))
    return rows


def _taxes(document: DocumentData, sums: Totals, formats: Formats) -> list[Row]:
    rows = [_tax(subtotal, formats) for subtotal in document.tax_breakdown]
    if sums.tax and not rows:
        rows.append(_row(_("VAT"), formats.money(sums.tax)))
    if sums.tax_in_accounting_currency is not None and document.tax_currency not in (None, document.currency):
        label = _("of which VAT in %(currency)s", currency=document.tax_currency)
        rows.append(_row(label, formats.money(sums.tax_in_accounting_currency, document.tax_currency or "")))
    return rows


def _tax(subtotal: TaxSubtotal, formats: Formats) -> Row:
    label = tax_label(subtotal.rate or Decimal(0), subtotal.taxable_amount, formats)
    return _row(label, formats.money(subtotal.tax_amount))


def tax_label(rate: Decimal, taxable: Decimal, formats: Formats) -> str:
    """19 % VAT on 100.00; `rate` is in per cent."""
    return pgettext("pdf", "%(rate)s VAT on %(base)s", rate=formats.percent(rate), base=formats.money(taxable))


def _gross(document: DocumentData, sums: Totals, formats: Formats) -> list[Row]:
    label = _("Amount outstanding") if document.type is DocumentType.REMINDER else _("Total")
    rows = [_row(label, formats.money(sums.gross), "sum")]
    if sums.prepaid:
        rows.append(_row(_("Already paid"), formats.money(-sums.prepaid)))
    if sums.rounding:
        rows.append(_row(_("Rounding"), formats.money(sums.rounding)))
    rows += [
        _row(payment.description or payment.kind or _("Claimed for others"), formats.money(payment.amount))
        for payment in document.third_party_payments
    ]
    given_back = document.type is DocumentType.CREDIT_NOTE or kind_of(document) is InvoiceKind.SELF_BILLED
    if sums.due < 0 or (given_back and sums.due != sums.gross):
        rows.append(_row(_("Credit in your favour"), formats.money(abs(sums.due))))
    elif len(rows) > 1 or sums.due != sums.gross:
        rows.append(_row(_("Amount due"), formats.money(sums.due)))
    return rows

"""From the net sum to the amount due (BG-20 to BG-23)."""

from decimal import Decimal
from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import DocumentData, TaxSubtotal, Totals
from kontor_documents.rendering.formats import Formats
from kontor_documents.rendering.lines import adjustment_label
from kontor_documents.rendering.wording import words

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
    _ = words(formats.language).gettext
    rows = []
    if document.allowances_charges:
        rows.append(_row(_("Summe der Positionen"), formats.money(sums.line_net)))
        for item in document.allowances_charges:
            value = item.amount if item.charge else -item.amount
            rows.append(_row(adjustment_label(item, formats), formats.money(value)))
    if document.tax_breakdown or sums.tax:
        rows.append(_row(_("Nettobetrag"), formats.money(sums.net)))
    return rows


def _taxes(document: DocumentData, sums: Totals, formats: Formats) -> list[Row]:
    _ = words(formats.language).gettext
    rows = [_tax(subtotal, formats) for subtotal in document.tax_breakdown]
    if sums.tax and not rows:
        rows.append(_row(_("Umsatzsteuer"), formats.money(sums.tax)))
    if sums.tax_in_accounting_currency is not None and document.tax_currency not in (None, document.currency):
        label = _("davon Umsatzsteuer in {currency}").format(currency=document.tax_currency)
        rows.append(_row(label, formats.money(sums.tax_in_accounting_currency, document.tax_currency or "")))
    return rows


def _tax(subtotal: TaxSubtotal, formats: Formats) -> Row:
    text = words(formats.language).gettext("{rate} USt. auf {base}")
    rate = formats.percent(subtotal.rate or Decimal(0))
    label = text.format(rate=rate, base=formats.money(subtotal.taxable_amount))
    return _row(label, formats.money(subtotal.tax_amount))


def _gross(document: DocumentData, sums: Totals, formats: Formats) -> list[Row]:
    _ = words(formats.language).gettext
    label = _("Offener Betrag") if document.type is DocumentType.REMINDER else _("Gesamtbetrag")
    rows = [_row(label, formats.money(sums.gross), "sum")]
    if sums.prepaid:
        rows.append(_row(_("Bereits gezahlt"), formats.money(-sums.prepaid)))
    if sums.rounding:
        rows.append(_row(_("Rundung"), formats.money(sums.rounding)))
    if len(rows) > 1 or sums.due != sums.gross:
        rows.append(_row(_("Zahlbetrag"), formats.money(sums.due)))
    return rows

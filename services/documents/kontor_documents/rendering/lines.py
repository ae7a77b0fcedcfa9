"""The table of what was offered, ordered, delivered or billed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import AllowanceCharge, DocumentData, Line
from kontor_documents.rendering.choices import alternative_heads, choices, group_sums, grouped
from kontor_documents.rendering.errors import RenderingError
from kontor_documents.rendering.formats import MINUS, Formats
from kontor_documents.rendering.information import period
from kontor_service.i18n import N_, pgettext
from kontor_service.i18n import gettext as _
from kontor_service.units import unit

# Above this a row may break within itself; below it stays together.
LONG_TEXT = 700
# Some senders number their lines with sentences; these move below the name.
LONGEST_POSITION = 10
# Figures that together would leave too little room for the names are set smaller, units on a line of their own.
FIGURES = ("quantity", "unit", "price", "net")
WIDE_FIGURES = 45


def table(document: DocumentData, formats: Formats, *, priced: bool) -> dict[str, Any]:
    """Head, shape and rows, formatted; `running` is the sum carried over when the page ends behind the row.

    A reminder lists invoices: it says neither how many nor at what price each, unless one has a quantity.
    """
    rates = priced and any(line.tax_rate is not None for line in document.lines)
    rows = list(_rows(document, formats, priced=priced))
    compact = any(sum(len(row.get(figure, "")) for figure in FIGURES) > WIDE_FIGURES for row in rows)
    counted = document.type is not DocumentType.REMINDER or any(line.quantity != 1 for line in document.lines)
    shape = {"priced": priced, "counted": counted, "rates": rates, "compact": compact}
    return {"head": _head(formats, document.type), "shape": shape, "rows": rows}


def _rows(document: DocumentData, formats: Formats, *, priced: bool) -> Iterator[dict[str, Any]]:
    """Lines by their groups, each group between its title and its sum. Whatever is no line has another `kind`."""
    heads = alternative_heads(document)
    sums = group_sums(document, formats) if priced else {}
    running = Decimal(0)
    for title, lines in grouped(document):
        if title:
            yield {"kind": "group", "name": title}
        for index, line in lines:
            if index in heads:
                yield heads[index]
            row = _described(line, index, formats, priced=priced)
            if priced:
                running += _net(line, index) if line.counts else 0
                row |= _priced(line, formats) | {"running": formats.amount(running)}
            yield row
        if title in sums:
            yield sums[title]


def _head(formats: Formats, kind: DocumentType) -> dict[str, str]:
    return {
        "position": pgettext("column", "Item"),
        "name": _("Invoice") if kind is DocumentType.REMINDER else pgettext("pdf", "Description"),
        "quantity": _("Quantity"),
        "price": _("Unit price"),
        "rate": pgettext("column", "VAT"),
        "net": _("Amount %(currency)s", currency=formats.currency),
        "carried": _("Carried over"),
    }


def _described(line: Line, index: int, formats: Formats, *, priced: bool) -> dict[str, Any]:
    position = line.id or str(index + 1)
    details = _details(line, formats)
    adjustments = _adjustments(line, formats) if priced else []
    return {
        "kind": "line",
        "level": line.level + bool(line.alternative),
        "counts": line.counts,
        "position": position if len(position) <= LONGEST_POSITION else str(index + 1),
        "name": line.name,
        "choices": choices(line, formats, priced=priced),
        "details": details,
        "adjustments": adjustments,
        "whole": sum(map(len, details)) + len(line.name) < LONG_TEXT,
        "quantity": formats.number(line.quantity),
        "unit": unit(line.unit, line.quantity),
    }


def _priced(line: Line, formats: Formats) -> dict[str, str]:
    price = formats.price(line.net_price) if line.net_price is not None else ""
    base = line.price_base_quantity
    if price and base is not None and base != 1:
        price += f" / {formats.number(base)} {unit(line.unit, base)}"
    rate = formats.percent(line.tax_rate) if line.tax_rate is not None else ""
    return {"price": price, "rate": rate, "net": formats.amount(line.net) if line.net is not None else ""}


def _net(line: Line, index: int) -> Decimal:
    if line.net is None:
        raise RenderingError(f"lines[{index}].net", N_("The line has no net amount."))
    return line.net


def _details(line: Line, formats: Formats) -> list[str]:
    """Everything below the name, a paragraph each."""
    labelled = [
        (pgettext("pdf", "Item"), line.id if len(line.id) > LONGEST_POSITION else ""),
        (_("Item no."), line.seller_item_id),
        (_("Your item no."), line.buyer_item_id),
        (_("Order line"), line.order_line),
        (_("Object"), line.object_id.id if line.object_id else ""),
        (_("Period"), period(line.period, formats) if line.period else ""),
        (_("Country of origin"), line.country_of_origin),
        *line.attributes,
    ]
    facts = " · ".join(f"{label}: {value}" for label, value in labelled if value)
    return [text for text in (line.description, facts, line.note) if text]


def _adjustments(line: Line, formats: Formats) -> list[str]:
    texts = [adjustment(item, formats) for item in line.allowances_charges]
    if line.gross_price is not None and line.net_price is not None and line.gross_price != line.net_price:
        discount = line.price_discount if line.price_discount is not None else line.gross_price - line.net_price
        gross, reduced = formats.price(line.gross_price), formats.price(discount)
        texts.insert(0, _("List price %(gross)s, discount %(discount)s", gross=gross, discount=reduced))
    return texts


def adjustment(item: AllowanceCharge, formats: Formats) -> str:
    """An allowance or charge with its sign, e.g. "Mengenrabatt 10 % auf 120,00 €: −12,00 €"."""
    sign = "+" if item.charge else MINUS
    return f"{adjustment_label(item, formats)}: {sign}{formats.money(item.amount)}"


def adjustment_label(item: AllowanceCharge, formats: Formats) -> str:
    label = item.reason or (_("Charge") if item.charge else _("Discount"))
    if item.percent is not None:
        label += f" {formats.percent(item.percent)}"
        if item.base_amount is not None:
            label = _("%(what)s on %(base)s", what=label, base=formats.money(item.base_amount))
    return label

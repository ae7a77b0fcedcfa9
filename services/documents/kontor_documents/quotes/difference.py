"""What is different between two contents of a quote, as customers are shown it. Pure."""

from collections.abc import Iterator
from typing import Any

from kontor_documents.content.model import DocumentData, Line
from kontor_service.events import plain

# The bus carries them with the quote's state.
MOST_CHANGES = 200
_MAX_VALUE = 200
_LINE_FIELDS = (
    "name", "description", "quantity", "unit", "net_price", "net", "tax_rate", "optional", "alternative", "quantity_min",
    "quantity_max",
)  # fmt: skip
_FIELDS = ("title", "introduction", "closing", "valid_until", "payment_terms", "deposit_percent")
_TOTALS = ("net", "tax", "gross")
_UNSAID = ("", None, False)


def difference(before: DocumentData, after: DocumentData) -> list[dict[str, str]]:
    """Each change as `kind` (line_added, line_removed, line_changed, changed), the line's `id` and `name`, the `field` and its
    values `before` and `after`. Decimals are plain, amounts in the quote's currency; at most MOST_CHANGES."""
    found = [*_lines(before, after), *_fields(before, after), *_totals(before, after)]
    return found[:MOST_CHANGES]


def _lines(before: DocumentData, after: DocumentData) -> Iterator[dict[str, str]]:
    old, new = ({line.id: line for line in data.lines} for data in (before, after))
    for line in after.lines:
        if line.id not in old:
            yield _change("line_added", line, "net", None, line.net)
        else:
            yield from _line(old[line.id], line)
    for line in before.lines:
        if line.id not in new:
            yield _change("line_removed", line, "net", line.net, None)


def _line(before: Line, after: Line) -> Iterator[dict[str, str]]:
    for name in _LINE_FIELDS:
        if getattr(before, name) != getattr(after, name):
            yield _change("line_changed", after, name, getattr(before, name), getattr(after, name))


def _fields(before: DocumentData, after: DocumentData) -> Iterator[dict[str, str]]:
    for name in _FIELDS:
        if getattr(before, name) != getattr(after, name):
            yield _change("changed", None, name, getattr(before, name), getattr(after, name))


def _totals(before: DocumentData, after: DocumentData) -> Iterator[dict[str, str]]:
    for name in _TOTALS:
        old, new = (getattr(data.totals, name, None) for data in (before, after))
        if old != new:
            yield _change("changed", None, f"totals.{name}", old, new)


def _change(kind: str, line: Line | None, field: str, before: Any, after: Any) -> dict[str, str]:
    named = {"id": line.id, "name": line.name[:_MAX_VALUE]} if line else {"id": "", "name": ""}
    return {"kind": kind, **named, "field": field, "before": _text(before), "after": _text(after)}


def _text(value: Any) -> str:
    if value in _UNSAID:
        return ""
    if value is True:
        return "true"
    return (plain(value) if hasattr(value, "as_tuple") else str(value))[:_MAX_VALUE]

"""What is different between two contents of a quote, as customers are shown it. Pure."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from kontor_documents.content.model import DocumentData, Line
from kontor_service.events import plain

# The bus carries them with the quote's state: so many bytes of UTF-8, and a few more for each change.
MOST_BYTES = 12 * 1024
_BYTES_OF_A_CHANGE = 20
_MAX_VALUE = 200
_LINE_FIELDS = (
    "name", "description", "quantity", "unit", "net_price", "net", "tax_rate", "optional", "alternative", "quantity_min",
    "quantity_max",
)  # fmt: skip
_FIELDS = ("title", "introduction", "closing", "valid_until", "payment_terms", "deposit_percent", "attachments")
_TOTALS = ("net", "tax", "gross")
# That they have changed is all that is said of them to customers.
_TEXTS = frozenset({"description", "introduction", "closing", "payment_terms", "attachments"})


def difference(before: DocumentData, after: DocumentData) -> list[dict[str, str]]:
    """Each change as `kind` (line_added, line_removed, line_changed, changed), the line's `id` and `name`, the `field` and its
    values `before` and `after`. Decimals are plain, amounts in the quote's currency; of long texts the values are
    left out. As many as there is room for on the bus, in their order, and the totals in any case."""
    totals = list(_totals(before, after))
    room = MOST_BYTES - sum(map(_size, totals))
    found = []
    for change in map(_short, chain(_lines(before, after), _fields(before, after))):
        room -= _size(change)
        if room < 0:
            break
        found.append(change)
    return found + totals


def whole_difference(before: DocumentData, after: DocumentData) -> list[dict[str, str]]:
    """As `difference`, of however many changes and with all of their values: for staff, and not for the bus."""
    return [*_lines(before, after), *_fields(before, after), *_totals(before, after)]


def _short(change: dict[str, str]) -> dict[str, str]:
    values = {side: "" if change["field"] in _TEXTS else change[side][:_MAX_VALUE] for side in ("before", "after")}
    return change | values | {"name": change["name"][:_MAX_VALUE]}


def _size(change: dict[str, str]) -> int:
    return sum(len(value.encode()) for value in change.values()) + _BYTES_OF_A_CHANGE


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
    named = {"id": line.id, "name": line.name} if line else {"id": "", "name": ""}
    return {"kind": kind, **named, "field": field, "before": _text(before), "after": _text(after)}


def _text(value: Any) -> str:
    # Not `in (None, False, "")`: an amount of 0 equals False.
    if value is None or value is False or value == "":
        return ""
    if value is True:
        return "true"
    if isinstance(value, list):
        return ", ".join(file.file_name or file.description for file in value)
    return plain(value) if hasattr(value, "as_tuple") else str(value)

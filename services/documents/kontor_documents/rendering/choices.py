"""What a quote leaves to its customer, and its groups, as the page says it: like the portal's, in words instead of fields."""

from collections.abc import Iterator
from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import DocumentData, Line
from kontor_documents.quotes.selection import bounds, leaves_choice, subtotals
from kontor_documents.rendering.formats import Formats
from kontor_service.i18n import gettext as _
from kontor_service.units import unit

Row = dict[str, Any]


def grouped(document: DocumentData) -> list[tuple[str, list[tuple[int, Line]]]]:
    """Maps each group's title to its lines, each with its index in the content. Groups are ordered by their first line."""
    found: dict[str, list[tuple[int, Line]]] = {}
    for index, line in enumerate(document.lines):
        found.setdefault(line.group, []).append((index, line))
    return list(found.items())


def group_sums(document: DocumentData, formats: Formats) -> dict[str, Row]:
    """The row below the lines of each group, by the group's title."""
    return {
        title: {"kind": "subtotal", "name": _("Sum of %(group)s", group=title), "net": formats.amount(net)}
        for title, net in subtotals(document).items()
    }


def alternative_heads(document: DocumentData) -> dict[int, Row]:
    """The row above the first line of each set of alternatives, by that line's place."""
    heads: dict[int, Row] = {}
    sizes: dict[str, int] = {}
    first: dict[str, int] = {}
    for index, line in enumerate(document.lines):
        if line.alternative:
            first.setdefault(line.alternative, index)
            sizes[line.alternative] = sizes.get(line.alternative, 0) + 1
    for name, index in first.items():
        text = (
            _("%(name)s: one of %(number)s to choose from", name=name, number=sizes[name]) if sizes[name] > 1 else name
        )
        heads[index] = {"kind": "set", "name": text}
    return heads


def choices(line: Line, formats: Formats, *, priced: bool) -> list[str]:
    """What can be chosen of this line and whether the total has it, a sentence each."""
    return [text for text in _choice_sentences(line, formats, priced=priced) if text]


def _choice_sentences(line: Line, formats: Formats, *, priced: bool) -> Iterator[str]:
    if line.alternative and priced:
        yield _("Proposed, included in the total") if line.counts else _("Another option, not included in the total")
    elif line.alternative:
        yield _("Proposed") if line.counts else ""
    elif line.optional and priced:
        yield _("Optional, included in the total") if line.counts else _("Optional, not included in the total")
    elif line.optional:
        yield _("Optional")
    if line.quantity_min is not None or line.quantity_max is not None:
        low, high = (formats.number(bound) for bound in bounds(line))
        yield _(
            "Quantity of your choice: %(low)s to %(high)s", low=low, high=f"{high} {unit(line.unit, bounds(line)[1])}"
        )


def proposal(document: DocumentData) -> str:
    """What is said below the totals of a quote that leaves a choice."""
    if document.type is not DocumentType.QUOTE or not any(map(leaves_choice, document.lines)):
        return ""
    return _("The total is for the proposed selection. It changes if you choose otherwise when you accept the quote.")

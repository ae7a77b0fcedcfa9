"""The lines of a quote with the choices that they leave. Pure: content and what is chosen in, rows out."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kontor_documents_pages.content import Row, rows
from kontor_service.formats import number
from kontor_service.i18n import reader


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """`index` is the place in the content, which its fields are named by. `low` and `high` are the bounds of a quantity that
    can be chosen, as people read them; empty where it is fixed. `alternative` names the set of which one line is chosen."""

    index: int
    id: str
    row: Row
    optional: bool
    alternative: str
    # Of an alternative: which of the quote's sets it is of, from 0, and whether it stands first in it.
    set_number: int
    opens_set: bool
    chosen: bool
    quantity: str
    low: str
    high: str
    # Minor units for the chosen quantity, whether or not the line is chosen.
    net: int

    @property
    def leaves_choice(self) -> bool:
        return bool(self.optional or self.alternative or self.high)

    @property
    def counts(self) -> bool:
        return self.row.counts and self.chosen


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of one group; `title` is empty for those of none."""

    title: str
    lines: list[QuoteLine]

    @property
    def subtotal(self) -> int:
        return sum(line.net for line in self.lines if line.counts)


def quote_lines(content: dict[str, Any], selection: Mapping[str, Any]) -> list[QuoteLine]:
    """`selection` as the contract has it; lines that it does not name stay as the content proposes them."""
    chosen = {line["id"]: line for line in selection.get("lines") or ()}
    sets: dict[str, int] = {}
    found = []
    for index, (line, row) in enumerate(zip(content.get("lines") or (), rows(content), strict=True)):
        alternative = line.get("alternative") or ""
        opens = bool(alternative) and alternative not in sets
        set_number = sets.setdefault(alternative, len(sets)) if alternative else -1
        found.append(_line(index, line, row, chosen.get(line.get("id", "")), set_number, opens, content["currency"]))
    return found


def _line(
    index: int, line: dict[str, Any], row: Row, chosen: Mapping[str, Any] | None, set_number: int, opens_set: bool, currency: str
) -> QuoteLine:  # fmt: skip
    optional, alternative = bool(line.get("optional")), line.get("alternative") or ""
    picked = bool(line.get("selected")) or not (optional or alternative)
    quantity, net = row.quantity, row.net or 0
    if chosen is not None:
        picked, quantity = bool(chosen["selected"]), chosen["quantity"] or row.quantity
        if Decimal(quantity) != Decimal(row.quantity):
            net = int(chosen["net_minor"])
    low, high = _bounds(line)
    return QuoteLine(
        index, line.get("id", ""), row, optional, alternative, set_number, opens_set, picked, _shown(quantity), low, high, net
    )  # fmt: skip


def _bounds(line: dict[str, Any]) -> tuple[str, str]:
    quantity = line.get("quantity") or "1"
    low, high = line.get("quantity_min"), line.get("quantity_max")
    if low is None and high is None:
        return "", ""
    return _shown(low if low is not None else quantity), _shown(high if high is not None else quantity)


def _shown(quantity: str) -> str:
    return number(quantity, reader().language)


def blocks(lines: Iterable[QuoteLine], content: dict[str, Any]) -> list[Block]:
    """Lines by their groups, in the order in which the groups appear."""
    titles = [line.get("group") or "" for line in content.get("lines") or ()]
    grouped: dict[str, list[QuoteLine]] = {}
    for line in lines:
        grouped.setdefault(titles[line.index], []).append(line)
    return [Block(title, found) for title, found in grouped.items()]


def reduction(content: dict[str, Any], lines: Iterable[QuoteLine], net: int) -> tuple[list[dict[str, Any]], int]:
    """What is given or charged on the whole quote: the entries of the content, and what they come to now in minor units."""
    return list(content.get("allowances_charges") or ()), net - sum(line.net for line in lines if line.counts)


def chosen_lines(lines: Iterable[QuoteLine]) -> Iterator[QuoteLine]:
    """What is ordered, without the lines that only explain others."""
    return (line for line in lines if line.counts)

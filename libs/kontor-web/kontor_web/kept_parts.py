"""Parts of lists that depend on little and are asked for on every page: made once and kept."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from kontor_web.page_context import Column

# Cursors belong to one order of one list; any other change starts at its beginning.
_CURSORS = ("after", "before")
Pairs = tuple[tuple[str, str], ...]


@lru_cache(4096)
def query_with(asked: Pairs, changes: tuple[tuple[str, Any], ...]) -> str:
    """The query that was asked with some parameters set (None takes one away); cursors go unless given."""
    names = {name for name, _value in changes}
    kept = [(name, value) for name, value in asked if name not in names and name not in _CURSORS]
    return "?" + urlencode(kept + [(name, str(value)) for name, value in changes if value is not None])


def options(choices: Sequence[tuple[Any, str]], chosen: str) -> Markup:
    """The <option>s of a select."""
    return _options(tuple(choices), chosen)


@lru_cache(1_000)
def _options(choices: tuple[tuple[Any, str], ...], chosen: str) -> Markup:
    option = Markup('<option value="{}"{}>{}</option>')
    return Markup("").join(option.format(key, " selected" if str(key) == chosen else "", text) for key, text in choices)


@lru_cache(1_000)
def head(columns: tuple[Column, ...], sort: str, order: str, asked: Pairs) -> Markup:
    """The head cells of a table that is sorted by a column, with links to its other orders."""
    return Markup("\n").join(_head_cell(column, sort == column.name, order, asked) for column in columns)


def _head_cell(column: Column, active: bool, order: str, asked: Pairs) -> Markup:
    css = Markup(' class="num"') if column.num else ""
    if not column.sortable:
        return Markup('<th scope="col"{}>{}</th>').format(css, column.label) if column.label else Markup("<td></td>")
    sorted_now = Markup(' aria-sort="{}ending"').format("asc" if order == "asc" else "desc") if active else ""
    turned = "asc" if active and order == "desc" else "desc"
    url = query_with(asked, (("sort", column.name), ("order", turned)))
    cell = Markup('<th scope="col"{}{}><a class="sort" href="{}">{}</a></th>')
    return cell.format(css, sorted_now, url, column.label)

"""One page of a list, as its template shows it and its API answers it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import orjson
from asyncpg import Record
from fastapi import Request
from starlette.responses import Response

from kontor_edge import portal, staff
from kontor_edge.answers import json_response
from kontor_edge.lists import ListPage, ListQuery
from kontor_edge.paging import next_cursor, slice_of
from kontor_edge.query import loads
from kontor_service.i18n import gettext as _
from kontor_web import Column
from kontor_web.forms import Form
from kontor_web.pages import query_with


@dataclass(frozen=True)
class Select:
    """A select over the list; one that is `further` opens with those that are asked for less often."""

    name: str
    value: Any
    label: str
    options: Sequence[tuple[Any, str]]
    further: bool = False


@dataclass
class Listing:
    """`choices`: the options of selects that depend on what there is, by filter; one without any is left out. `form`: what
    was typed over the list, and what is wrong in it, as msgids."""

    request: Request
    query: ListQuery
    row: Record
    entries: list[Any]
    after: str | None
    before: str | None = None
    choices: dict[str, Sequence[tuple[Any, str]]] = field(default_factory=dict)
    form: Form = field(default_factory=Form.of)

    @cached_property
    def columns(self) -> list[Column]:
        page = self.query.page
        return [column.spoken(column.name in page.keys and not page.fixed) for column in page.columns]

    @cached_property
    def selects(self) -> list[Select]:
        found = [
            Select(
                one.parameter,
                self.query.values[one.name],
                _(one.label),
                self.choices.get(one.name, one.options),
                one.further,
            )
            for one in self.query.page.filters
            if one.label and one.kind != "day"
        ]
        return [select for select in found if select.options]

    @property
    def days(self) -> list[tuple[str, str]]:
        """Fields for a day: parameter and label."""
        return [(one.parameter, _(one.label)) for one in self.query.page.filters if one.kind == "day"]

    @property
    def fold(self) -> str:
        """Of the filters that are folded away: `open` where one of them is in use or wrong, or they are asked for; `away` where
        they come only when asked for; else `closed`."""
        if self.query.further:
            return "open"
        return "away" if self.query.page.on_demand else "closed"

    @property
    def kept(self) -> list[tuple[str, str]]:
        shown = {select.name for select in self.selects} | {name for name, _label in self.days}
        return list(self.query.kept([one.name for one in self.query.page.filters if one.parameter in shown]))

    @property
    def hint(self) -> str:
        return _(self.query.page.hint)

    @property
    def next(self) -> str | None:
        return query_with(self.request, after=self.after) if self.after else None

    @property
    def previous(self) -> str | None:
        return query_with(self.request, before=self.before) if self.before else None

    def fact(self, name: str, otherwise: Any = None) -> Any:
        """What the list answers besides, from its JSON."""
        return loads(self.row[name], otherwise)

    def json(self, **facts: Any) -> Response:
        """With the cursors of the neighbours: `after` and `before` of the next request."""
        return json_response({"entries": self.entries, "next": self.after, "previous": self.before, **facts})


async def staff_listing(request: Request, page: ListPage, **arguments: Any) -> tuple[staff.Staff, Listing]:
    """The page that an address asks for. Raises what `staff.query_view` raises."""
    form = Form.of(request.query_params)
    query = page.parse(request.query_params, form)
    who, row = await staff.query_view(request, query.function, **query.arguments, **arguments)
    return who, Listing(request, query, row, *slice_of(row, query), form=form)


async def portal_listing(request: Request, page: ListPage, form: Form | None = None, **arguments: Any) -> Listing:
    """Its `entries` are JSON as text. Raises what `portal.query_view` raises, Invalid for what is not known; what is wrong in
    a field of the page's `form` stands there."""
    query = page.parse(request.query_params, form)
    row = await portal.query_view(request, query.function, **query.arguments, **arguments)
    return Listing(request, query, row, row["entries"] or [], next_cursor(row), form=form or Form.of())


def entries_of(listing: Listing) -> list[dict[str, Any]]:
    return [orjson.loads(text) for text in listing.entries]

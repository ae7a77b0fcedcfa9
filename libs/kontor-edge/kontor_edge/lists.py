"""A list page, declared once: its functions, the parsing of its address, its table and its JSON follow from the declaration.

One function per order walks along an index of its own and stops after a page, however many rows there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from kontor_edge.paging import cursor_arguments, parse_cursor, parse_day, parse_uuid, parse_whole
from kontor_edge.sorting import search_patterns
from kontor_service.errors import Invalid
from kontor_service.i18n import N_, reader
from kontor_service.i18n import gettext as _
from kontor_web import Column
from kontor_web.forms import Form

ORDERS = ("asc", "desc")
# The parameter of an address that unfolds the further filters.
FURTHER = "further"
_BEYOND = {"asc": ">", "desc": "<"}


@dataclass(frozen=True, eq=False)
class Filter:
    """What a list can be narrowed by. `where` is SQL about a row, in which {it} is what was asked for, of SQL type `kind`
    (text, uuid, integer; for `day` text, an ISO 8601 date); empty where the reader's frame does it. With `otherwise`, SQL of
    what counts where nothing is asked for, the condition always holds, so that an index can be walked by it. Days and what is
    `further` are folded away until they are used (see ListPage.on_demand).

    `words`: what it may be, code → msgid. A select over the list offers them under `label`, and `every` for all; a filter
    without `every` stands in addresses alone, but a day, which has a field. `alias` is its name in the address of the page
    where that is German.
    """

    name: str
    where: str = ""
    kind: str = "text"
    words: Mapping[str, str] = field(default_factory=dict)
    label: str = ""
    every: str = ""
    alias: str = ""
    bounds: tuple[int, int] = (0, 0)
    description: str = ""
    otherwise: str = ""
    further: bool = False

    @property
    def parameter(self) -> str:
        return self.alias or self.name

    def named(self, query: Mapping[str, str]) -> str | None:
        """What an address says of it."""
        return query.get(self.parameter) or query.get(self.name)

    @property
    def argument(self) -> str:
        """Of the list's functions, with its SQL type."""
        return f"of_{self.name} {'text' if self.kind == 'day' else self.kind}"

    @property
    def condition(self) -> str:
        it = f"of_{self.name}"
        if self.otherwise:
            return f" AND {self.where.replace('{it}', f'coalesce({it}, {self.otherwise})')}"
        return f" AND ({it} IS NULL OR {self.where.replace('{it}', it)})" if self.where else ""

    def parse(self, query: Mapping[str, str]) -> Any:
        """None where nothing is asked for. Raises Invalid, naming the parameter."""
        text = self.named(query)
        if not text:
            return None
        if self.kind == "integer":
            return parse_whole({self.name: text}, self.name, *self.bounds)
        if self.kind == "uuid":
            return parse_uuid({self.name: text}, self.name)
        if self.kind == "day":
            return parse_day({self.name: text}, self.name)
        if self.words and text not in self.words:
            raise Invalid(
                N_("One of these is expected here: %(expected)s"), field=self.name, expected=", ".join(self.words)
            )
        return text.replace("\x00", "")

    @property
    def options(self) -> list[tuple[Any, str]]:
        """Of its select, in the reader's language."""
        return _options(self, reader().language)

    @property
    def schema(self) -> dict[str, Any]:
        """As a parameter in the API's description."""
        kinds: dict[str, dict[str, Any]] = {
            "integer": {"type": "integer"},
            "uuid": {"type": "string", "format": "uuid"},
            "day": {"type": "string", "format": "date"},
        }
        schema = kinds.get(self.kind, {"type": "string"}) | ({"enum": list(self.words)} if self.words else {})
        return query_parameter(self.name, self.description, **schema)


@dataclass(frozen=True, eq=False)
class ListColumn:
    """A column of the table. `label` and `short` (beside the value where rows are cards) are msgids, `css` classes of its
    cells. `sort`: the SQL of its key, which wants an index; with `where` it can be filtered by (see Filter). Without a cell
    of its own in the template it shows `entry[name]`: as a word of `words`, else as `shown` says (text, day, moment, number).
    """

    name: str
    label: str
    sort: str = ""
    num: bool = False
    css: str = ""
    short: str = ""
    shown: str = "text"
    words: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    every: str = ""
    description: str = ""

    @property
    def filter(self) -> Filter:
        return Filter(
            self.name, self.where, words=self.words, label=self.label, every=self.every, description=self.description
        )

    def spoken(self, sortable: bool) -> Column:
        """In the reader's language."""
        return _column(self, sortable, reader().language)


@dataclass(frozen=True)
class Frame:
    """Who asks, as the first part of every function of their lists: its arguments, what it answers besides, and `rows` around
    the rows, which takes {rows}, {beside}, {key} and {order}. `strict`: what is not known in an address is said, not passed over."""

    arguments: str
    columns: str
    answers: str
    source: str
    page: str
    page_columns: str
    rows: str = "{rows}"
    settings: str = ""
    filters: tuple[Filter, ...] = ()
    strict: bool = False


STAFF = Frame(
    arguments="asked_hash text, at timestamptz",
    columns="state text, session json, merchant json, today date, waiting json",
    answers="r.state, r.session, r.merchant, r.today, r.waiting",
    source="_staff(asked_hash, at) r",
    page="page.entries, page.keys, page.ids",
    page_columns="entries text[], keys text[], ids uuid[]",
)
_CUSTOMERS = """CROSS JOIN LATERAL (
        SELECT CASE
            WHEN r.document_id IS NOT NULL THEN '{}'::uuid[]
            WHEN of_customer IS NULL THEN r.customers
            WHEN of_customer = ANY (r.customers) THEN ARRAY[of_customer]
            ELSE '{}'
        END AS customers
    ) asked"""
# Rows of each customer that the session is for (`customer.id`), none for the session of a document's link.
PORTAL = Frame(
    arguments="asked_hash text, asked_slug text, at timestamptz",
    columns="state text, session json, merchant json, today date",
    answers="r.state, r.session, r.merchant, r.today",
    source=f"_reader(asked_hash, asked_slug, at) r\n    {_CUSTOMERS}",
    page="page.entries[:many], page.keys[many], page.ids[many], cardinality(page.entries) > many",
    page_columns="entries text[], last_key text, last_id uuid, more boolean",
    rows="""SELECT picked.* FROM unnest(asked.customers) customer (id) {beside} CROSS JOIN LATERAL ({rows}) picked
            ORDER BY picked.key {order}, picked.id {order} LIMIT many + 1""",
    # The planner knows none of the filters and expects them to leave nothing: it would fetch all of a customer's rows
    # and sort them. Without sorts it walks along the order's index and stops after a page.
    settings="SET enable_sort = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan\n",
    filters=(
        Filter(
            "customer", kind="uuid", label=N_("Customer"), description="Only this customer's, for log-ins with several"
        ),
    ),
    strict=True,
)
_FUNCTION = """CREATE FUNCTION {name}({arguments})
RETURNS TABLE ({columns})
LANGUAGE sql STABLE SECURITY DEFINER
{settings}BEGIN ATOMIC
    SELECT {answers}
    FROM {source}
    CROSS JOIN LATERAL (
        SELECT array_agg(x.entry) AS entries, array_agg(x.key) AS keys, array_agg(x.id) AS ids FROM (
            {rows}
        ) x
    ) page;
END"""


@dataclass(frozen=True)
class ListPage:
    """`source`, `where`, `id` and `entry` (the JSON of a row, as text) are SQL; `r` is who asks. `sorts` are orders beside
    those of the columns, name → key. `search`: columns of words. `facts`: what is answered besides, name → (type, SQL).
    `given`: arguments of the page itself. `beside`: SQL that joins to each customer of a portal's reader what the
    rows are asked with. A `fixed` list has one order. `hint` is the msgid in the search field; `searched`
    says to programs what is searched. `on_demand`: what is folded away comes with an address of its own; the functions take
    `with_further`, whether it is there, and `facts` that only it needs may be NULL where it is not."""

    name: str
    frame: Frame
    source: str
    where: str
    entry: str
    id: str
    sort: str
    order: str = "desc"
    columns: tuple[ListColumn, ...] = ()
    sorts: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Filter, ...] = ()
    search: tuple[str, ...] = ()
    facts: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    given: str = ""
    beside: str = ""
    fixed: bool = False
    on_demand: bool = False
    size: int = 50
    most: int = 200
    hint: str = ""
    searched: str = "what is searched"

    @cached_property
    def keys(self) -> dict[str, str]:
        return {column.name: column.sort for column in self.columns if column.sort} | dict(self.sorts)

    @cached_property
    def filters(self) -> tuple[Filter, ...]:
        return (*self.others, *(column.filter for column in self.columns if column.where), *self.frame.filters)

    @cached_property
    def _asked(self) -> tuple[Filter, ...]:
        return (*self.filters, _choice("sort", self.keys), _choice("order", ORDERS))

    @property
    def functions(self) -> tuple[str, ...]:
        if self.fixed:
            return (self._function(self.name, self.keys[self.sort], self.order),)
        return tuple(
            self._function(f"{self.name}_by_{sort}_{order}", key, order)
            for sort, key in self.keys.items()
            for order in ORDERS
        )

    def _function(self, name: str, key: str, order: str) -> str:
        frame = self.frame
        # What is asked for may be found in one of them, the rest in another.
        words = " || ".join(f"coalesce({column}, '')" for column in self.search)
        rows = (
            f"SELECT {key} AS key, {self.id} AS id, {self.entry} AS entry FROM {self.source} WHERE {self.where}"
            f" AND ({key}, {self.id}) {_BEYOND[order]} (after_key, after_id)"
            + "".join(one.condition for one in self.filters)
            + (f" AND (of_words IS NULL OR {words} LIKE ALL (of_words))" if words else "")
            + f" ORDER BY {key} {order}, {self.id} {order} LIMIT many + 1"
        )
        asked = [one.argument for one in self.filters] + (["of_words text[]"] if words else [])
        further = ["with_further boolean"] if self.on_demand else []
        arguments = [frame.arguments, self.given, *further, *asked, "after_key text, after_id uuid, many integer"]
        facts = [f"{fact} {kind}" for fact, (kind, _sql) in self.facts.items()]
        return _FUNCTION.format(
            name=name,
            arguments=", ".join(text for text in arguments if text),
            columns=", ".join([frame.columns, *facts, frame.page_columns]),
            answers=", ".join([frame.answers, *(sql for _kind, sql in self.facts.values()), frame.page]),
            settings=frame.settings,
            source=frame.source,
            rows=frame.rows.format(rows=rows, order=order, beside=self.beside),
        )

    def parse(self, query: Mapping[str, str], form: Form | None = None) -> "ListQuery":
        """Raises Invalid, naming the parameter, for a cursor that is none of ours; in strict lists for all that is not known.
        With the form over the list, what is wrong in a field of it is noted there as a msgid and narrows nothing."""
        return self._parse(query, form) if query else self._first_page

    @cached_property
    def _first_page(self) -> "ListQuery":
        return self._parse({}, None)

    def _parse(self, query: Mapping[str, str], form: Form | None) -> "ListQuery":
        found: dict[str, Any] = {}
        for one in self._asked:
            try:
                found[one.name] = one.parse(query)
            except Invalid as wrong:
                if form is not None and one.kind == "day":
                    form.error(one.parameter, wrong.message)
                elif self.frame.strict:
                    raise
                found[one.name] = None
        sort, order = found.pop("sort"), found.pop("order")
        return ListQuery(
            self, found, query.get("q", "").replace("\x00", "").strip()[:200],
            sort if sort and not self.fixed else self.sort, order if order and not self.fixed else self.order,
            query.get("after", ""), "" if self.fixed else query.get("before", ""),
            parse_whole(query, "limit", 1, self.most) or self.size,
            bool(query.get(FURTHER) or any(one.named(query) for one in self.filters if one.further or one.kind == "day")),
        )  # fmt: skip

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """For the API's description."""
        more = [
            query_parameter("sort", "Order by", enum=list(self.keys), default=self.sort),
            query_parameter("order", "Direction", enum=list(ORDERS), default=self.order),
        ]
        return [
            *(one.schema for one in self.filters),
            query_parameter("q", f"Words or parts of words; each must be in {self.searched}"),
            *([] if self.fixed else more),
            query_parameter("after", "`next` of the page before"),
            query_parameter(
                "limit", "Entries per page", type="integer", minimum=1, maximum=self.most, default=self.size
            ),
        ]


@dataclass(frozen=True)
class ListQuery:
    """What an address asks of a list. `values`: by filter, None for those that narrow nothing. `further`: with the filters
    that are folded away, because one of them is named or all are asked for."""

    page: ListPage
    values: dict[str, Any]
    words: str
    sort: str
    order: str
    after: str
    before: str
    size: int
    further: bool

    @property
    def narrowed(self) -> bool:
        return bool(self.words) or any(value is not None for value in self.values.values())

    @property
    def direction(self) -> str:
        """The order in which rows are fetched: a page before another is read backwards."""
        if not self.before:
            return self.order
        return "asc" if self.order == "desc" else "desc"

    @property
    def function(self) -> str:
        return self.page.name if self.page.fixed else f"{self.page.name}_by_{self.sort}_{self.direction}"

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """Of the function. Raises Invalid for a cursor that is none of ours."""
        found = {f"of_{name}": value for name, value in self.values.items()}
        if self.page.search:
            found["of_words"] = search_patterns(self.words)
        if self.page.on_demand:
            found["with_further"] = self.further
        return found | cursor_arguments(parse_cursor(self.before or self.after), self.direction, self.size)

    def kept(self, shown: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
        """What a form of filters keeps in hidden fields: filters that have no field of their own, the order, and that they
        were unfolded."""
        for one in self.page.filters:
            if self.values[one.name] is not None and one.name not in shown:
                yield one.parameter, str(self.values[one.name])
        if (self.sort, self.order) != (self.page.sort, self.page.order):
            yield from (("sort", self.sort), ("order", self.order))
        if self.page.on_demand and self.further:
            yield FURTHER, "1"


def _choice(name: str, options: Sequence[str] | Mapping[str, str]) -> Filter:
    return Filter(name, words=dict.fromkeys(options, ""))


def query_parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": {"type": "string", **schema}}


# Each page of a list says the same again, and a filter or column of a declaration lives as long as its list.
@lru_cache(1_000)
def _options(of: Filter, _language: str) -> list[tuple[Any, str]]:
    known = [(code, _capital(_(word))) for code, word in of.words.items()]
    return [("", _(of.every)), *known] if known else []


@lru_cache(1_000)
def _column(of: ListColumn, sortable: bool, _language: str) -> Column:
    label, short = (_(text) if text else "" for text in (of.label, of.short))
    return Column(of.name, label, sortable, of.num, of.css, short, of.shown, of.words)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

"""A view: one table of an edge's copy, fed by the state of one aggregate."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from google.protobuf.message import Message

from kontor_edge.values import whole
from kontor_events.registry import type_of

# Every view has these; the guard (epoch, version) makes order and duplicates of events stop mattering.
FIXED_COLUMNS: Mapping[str, str] = {
    "id": "uuid PRIMARY KEY",
    "merchant_id": "uuid NOT NULL",
    "epoch": "integer NOT NULL",
    "version": "bigint NOT NULL",
    "deleted": "boolean NOT NULL",
}


def _no_topics(_: Any) -> Iterable[str]:
    return ()


def _no_more(_: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, eq=False)
class View:
    """`snapshot` is the aggregate's snapshot event, e.g. documents_pb2.DocumentSnapshot: it names the events that are
    applied (`documents.document.*`) and decodes field 1 of each of them.

    `columns` are the columns beside id, merchant_id, epoch, version, deleted: name → SQL type. What is filtered, sorted
    or searched is a column; the rest goes into one JSON column. They must be nullable: a tombstone fills none
    of them.
    `row` gives their values from the state where a column is more than the state's field of its name (`data`: all of
    the state): what JSON can carry, dates as ISO 8601, lists for arrays.
    `topics` names what open pages listen to when this changes, e.g. {"document:<id>", "customer:<id>"}.
    """

    table: str
    snapshot: type[Message]
    columns: Mapping[str, str]
    row: Callable[[Any], dict[str, Any]] = _no_more
    topics: Callable[[Any], Iterable[str]] = _no_topics

    @cached_property
    def prefix(self) -> str:
        """`documents.document.`: what the types of this aggregate's events begin with."""
        return ".".join(type_of(self.snapshot).split(".")[:2]) + "."

    @property
    def binding(self) -> str:
        """The pattern by which the edge's queue gets every fact of the aggregate."""
        return self.prefix + "#"

    @property
    def owner(self) -> str:
        """The service that owns the aggregate, e.g. `documents`."""
        return self.prefix.partition(".")[0]

    @cached_property
    def _state_field(self) -> str:
        name: str = self.snapshot.DESCRIPTOR.fields_by_number[1].name
        return name

    def state(self, body: bytes) -> Any:
        """Field 1 of any fact of this aggregate. Raises google.protobuf.message.DecodeError."""
        return getattr(self.snapshot.FromString(body), self._state_field)

    def record(self, state: Any) -> dict[str, Any]:
        """The table row of a state; a tombstone keeps the id and the guard and nothing of what was said."""
        fixed = {
            "id": state.id,
            "merchant_id": state.merchant_id,
            "epoch": state.epoch,
            "version": state.version,
            "deleted": state.deleted,
        }
        if state.deleted:
            return fixed
        row = self.row(state)
        return row | {name: self._plain(state, name) for name in self.columns if name not in row} | fixed

    def _plain(self, state: Any, name: str) -> Any:
        return whole(state) if name == "data" else getattr(state, name) or None

    def create_table(self, schema: str) -> str:
        """The DDL of this view's table in a generation."""
        columns = ", ".join(f"{name} {kind}" for name, kind in {**FIXED_COLUMNS, **self.columns}.items())
        return f"CREATE TABLE {schema}.{self.table} ({columns})"

    def upsert(self, schema: str) -> str:
        """The statement that applies a JSON array of rows where they are newer, and returns the ids that were.

        The order by id keeps two appliers from waiting for each other in a circle.
        """
        names = [*FIXED_COLUMNS, *self.columns]
        changed = [name for name in names if name != "id"]
        source = f"json_populate_recordset(NULL::{schema}.{self.table}, $1::json)"
        assignments = ", ".join(f"{name} = excluded.{name}" for name in changed)
        return (
            f"INSERT INTO {schema}.{self.table} AS kept ({', '.join(names)})"
            f" SELECT {', '.join(names)} FROM {source} ORDER BY id ON CONFLICT (id) DO UPDATE SET {assignments}"
            " WHERE (excluded.epoch, excluded.version) > (kept.epoch, kept.version) RETURNING kept.id"
        )

"""The copy itself: generations of tables, and applying what the owners said."""

import base64
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any

import asyncpg
import orjson

from kontor_bus import Envelope
from kontor_edge.changes import Announcer
from kontor_edge.functions import drop_unused, open_functions
from kontor_edge.shape import LIVE, NEXT, Shape
from kontor_edge.view import View

# Held shared by everyone who applies, exclusively by whoever begins, swaps or reshapes a generation.
GENERATION_LOCK = 0x6B76

Connection = Any  # asyncpg.Connection or what a pool hands out; the two share no base class


class OutdatedShape(RuntimeError):
    """The tables are of another shape than this process knows: a newer version has taken over, or its rebuild has not
    begun yet. The event is to be tried again, by whoever can apply it."""


class UnknownSnapshot(LookupError):
    """A command's answer carries the state of an aggregate that this edge does not copy."""


# By table: the states of one batch that were new, for what follows in the same transaction.
Applied = Mapping[str, Sequence[Any]]


class Views:
    """An edge's copy. `pool` belongs to the role that writes it (kontor_<edge>_copy), which owns its schemas.

    `follow_up` runs inside the applying transaction, e.g. to note content to be fetched.
    """

    def __init__(
        self,
        pool: "asyncpg.Pool[Any]",
        shape: Shape,
        *,
        follow_up: Callable[[Connection, Applied], Awaitable[None]] | None = None,
    ) -> None:
        self.pool = pool
        self.shape = shape
        self.announcer = Announcer(pool, shape.edge)
        self._follow_up = follow_up
        # The schema of the functions that this process calls.
        self.functions = shape.functions_schema

    async def open(self) -> bool:
        """Creates the first generation where there is none, and the functions of this build.

        False when the tables are of another shape: run `Rebuild.upgrade`; until it is done the old generation answers.
        """
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", GENERATION_LOCK)
            shape = await connection.fetchval("SELECT shape FROM views_state")
            if shape is None:
                shape = self.shape.fingerprint
                await connection.execute(self.shape.create(LIVE))
                await connection.execute("INSERT INTO views_state (generation, shape) VALUES (1, $1)", shape)
            fits = bool(shape == self.shape.fingerprint)
            self.functions = await open_functions(connection, self.shape, fits=fits)
            return fits

    async def keep_functions(self) -> None:
        """Says that this build is still there, and drops what no other one has needed for a day."""
        await self.open()
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", GENERATION_LOCK)
            await drop_unused(connection)

    async def apply(self, facts: Iterable[Envelope]) -> None:
        """Applies a batch in one transaction: per aggregate the newest state wins, older ones change nothing.

        Events of aggregates that this edge does not copy are passed over. Raises DecodeError for a body that is none.
        """
        newest: dict[View, dict[str, Any]] = {}
        for fact in facts:
            view = self.shape.view_of(fact.type)
            if view is None:
                continue
            state = view.state(fact.body)
            known = newest.setdefault(view, {}).get(state.id)
            if known is None or (state.epoch, state.version) > (known.epoch, known.version):
                newest[view][state.id] = state
        if newest:
            await self._write({view: list(states.values()) for view, states in newest.items()})

    async def apply_result(self, result: Mapping[str, Any]) -> None:
        """Applies the snapshot in a command's answer (kontor_service.commands.command_result), so that the page that
        acted sees what it did. While another version takes over, the bus brings it instead. Raises UnknownSnapshot."""
        snapshot = result["snapshot"]
        view = self.shape.view_of(snapshot["type"])
        if view is None:
            raise UnknownSnapshot(snapshot["type"])
        with contextlib.suppress(OutdatedShape):
            await self._write({view: [view.state(base64.b64decode(snapshot["data"]))]})

    async def _write(self, states: Mapping[View, Sequence[Any]]) -> None:
        # One order of tables for everybody, for the same reason as the order of ids.
        ordered = sorted(states.items(), key=lambda item: item[0].table)
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock_shared($1)", GENERATION_LOCK)
            applied: dict[str, list[Any]] = {}
            for schema in await self._generations(connection):
                found = {view.table: await _upsert(connection, schema, view, batch) for view, batch in ordered}
                applied = applied or found
            if self._follow_up:
                await self._follow_up(connection, applied)
        self.announcer.announce(
            topic for view, _ in ordered for state in applied[view.table] for topic in view.topics(state)
        )

    async def _generations(self, connection: Connection) -> list[str]:
        """Those that this process can write: it knows one shape. Raises OutdatedShape."""
        state = await connection.fetchrow("SELECT shape, next_shape, next_has_gaps FROM views_state")
        ours = self.shape.fingerprint
        found = [schema for schema, shape in ((LIVE, state["shape"]), (NEXT, state["next_shape"])) if shape == ours]
        if not found:
            raise OutdatedShape(self.shape.edge)
        if state["next_shape"] not in (None, ours) and not state["next_has_gaps"]:
            await connection.execute("UPDATE views_state SET next_has_gaps = true")
        return found


async def _upsert(connection: Connection, schema: str, view: View, states: Sequence[Any]) -> list[Any]:
    rows = orjson.dumps([view.record(state) for state in states]).decode()
    changed = {str(record["id"]) for record in await connection.fetch(view.upsert(schema), rows)}
    return [state for state in states if state.id in changed]

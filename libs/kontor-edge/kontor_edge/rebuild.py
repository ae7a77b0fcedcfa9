"""Building a second generation of the copy while the first one answers, then swapping them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from kontor_edge.copy import GENERATION_LOCK, Views
from kontor_edge.functions import rebind_functions
from kontor_edge.shape import LIVE, NEXT, OLD

# Asks one owner to send the snapshots of all it owns again; answers how many of each aggregate there are,
# e.g. {"documents.document": 12}.
AskOwner = Callable[[str], Awaitable[Mapping[str, int]]]
Report = Callable[[str], None]

_LOOK_SECONDS = 0.5
_AGAIN_SECONDS = 2.0
_REBUILD_LOCK = 0x6B77


class RebuildIncomplete(RuntimeError):
    """The owners' snapshots did not all arrive in time, or processes of another shape keep taking events. The old
    generation goes on answering; a new rebuild starts over."""


def _silent(_: str) -> None:
    return None


class Rebuild:
    """Live events feed both generations from `begin` to `swap`, so nothing that happens meanwhile is missed.

    Where the shape changes, processes of the old one feed the first generation alone and leave a note; the owners are then
    asked again, until none of them is left.
    """

    def __init__(self, views: Views, ask_owner: AskOwner, *, report: Report = _silent) -> None:
        self.views = views
        self._ask_owner = ask_owner
        self._report = report

    async def upgrade(self, *, timeout: float = 600.0) -> None:
        """Brings the copy to this version's shape; returns at once where another process has done it. Raises as `run`."""
        async with self._alone():
            if await self._state("shape") != self.views.shape.fingerprint:
                await self._build(timeout)
            await self.views.open()

    async def run(self, *, timeout: float = 600.0) -> None:
        """Builds the copy anew. Raises RebuildIncomplete after `timeout` seconds, Problem where an owner refuses."""
        async with self._alone():
            await self._build(timeout)

    async def begin(self) -> None:
        """Creates the empty second generation. One that an earlier rebuild left unfinished is dropped."""
        async with self._generations_to_ourselves() as connection:
            await connection.execute(f"DROP SCHEMA IF EXISTS {NEXT} CASCADE")
            await connection.execute(self.views.shape.create(NEXT))
            await connection.execute(
                "UPDATE views_state SET next_shape = $1, next_has_gaps = false", self.views.shape.fingerprint
            )

    async def abandon(self) -> None:
        """Drops the unfinished second generation."""
        async with self._generations_to_ourselves() as connection:
            await connection.execute(f"DROP SCHEMA IF EXISTS {NEXT} CASCADE")
            await connection.execute("UPDATE views_state SET next_shape = NULL, next_has_gaps = false")

    async def swap(self) -> bool:
        """The second generation answers from the next statement on; the first is dropped when no one needs it.

        False, and nothing is changed, where the second one has gaps.
        """
        shape = self.views.shape
        async with self._generations_to_ourselves() as connection:
            if await connection.fetchval("SELECT next_has_gaps FROM views_state"):
                return False
            await connection.execute(f"DROP SCHEMA IF EXISTS {OLD} CASCADE")
            await connection.execute("DELETE FROM page_functions WHERE outdated")
            await connection.execute(f"ALTER SCHEMA {LIVE} RENAME TO {OLD}")
            await connection.execute(f"ALTER SCHEMA {NEXT} RENAME TO {LIVE}")
            await rebind_functions(connection)
            await connection.execute(
                "UPDATE views_state SET generation = generation + 1, shape = $1, next_shape = NULL", shape.fingerprint
            )
        await self.views.keep_functions()
        self._report("swapped")
        return True

    async def _build(self, timeout: float) -> None:
        deadline = asyncio.get_running_loop().time() + timeout
        await self.begin()
        try:
            while True:
                await self.views.pool.execute("UPDATE views_state SET next_has_gaps = false")
                expected: dict[str, int] = {}
                for owner in sorted({view.owner for view in self.views.shape.views}):
                    expected |= await self._ask_owner(owner)
                if await self._arrived(expected, deadline) and await self.swap():
                    return
                self._report("processes of the old version are still there: asking the owners again")
                await asyncio.sleep(_AGAIN_SECONDS)
        except BaseException:
            await self.abandon()
            raise

    async def _arrived(self, expected: Mapping[str, int], deadline: float) -> bool:
        """Waits until every aggregate the owners counted is there; False as soon as there are gaps."""
        while missing := await self._missing(expected):
            if asyncio.get_running_loop().time() > deadline:
                raise RebuildIncomplete(", ".join(f"{name}: {count} missing" for name, count in missing.items()))
            if await self._state("next_has_gaps"):
                return False
            self._report("waiting for " + ", ".join(f"{count} × {name}" for name, count in missing.items()))
            await asyncio.sleep(_LOOK_SECONDS)
        return True

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """One rebuild at a time, whichever process it runs in; the lock goes with its connection."""
        async with self.views.pool.acquire() as connection:
            await connection.execute("SELECT pg_advisory_lock($1)", _REBUILD_LOCK)
            try:
                yield
            finally:
                await connection.execute("SELECT pg_advisory_unlock($1)", _REBUILD_LOCK)

    @asynccontextmanager
    async def _generations_to_ourselves(self) -> AsyncIterator[Any]:
        async with self.views.pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", GENERATION_LOCK)
            yield connection

    async def _state(self, column: str) -> Any:
        return await self.views.pool.fetchval(f"SELECT {column} FROM views_state")

    async def _missing(self, expected: Mapping[str, int]) -> dict[str, int]:
        missing = {}
        for view in self.views.shape.views:
            there = await self.views.pool.fetchval(f"SELECT count(*) FROM {NEXT}.{view.table}")
            wanted = expected.get(view.prefix.rstrip("."), 0)
            if there < wanted:
                missing[view.table] = wanted - there
        return missing

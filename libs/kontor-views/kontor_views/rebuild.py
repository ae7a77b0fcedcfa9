"""Building a second generation of the copy while the first one answers, then swapping them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from kontor_views.copy import GENERATION_LOCK, Views
from kontor_views.shape import LIVE, NEXT, OLD

# Asks one owner to send the snapshots of all it owns again; answers how many of each aggregate there are,
# e.g. {"documents.document": 12}.
AskOwner = Callable[[str], Awaitable[Mapping[str, int]]]
Report = Callable[[str], None]

_LOOK_SECONDS = 0.5


class RebuildIncomplete(RuntimeError):
    """The owners' snapshots did not arrive in time. The old generation goes on answering; a new rebuild starts over."""


def _silent(_: str) -> None:
    return None


class Rebuild:
    """Live events feed both generations from `begin` to `swap`, so nothing that happens meanwhile is missed."""

    def __init__(self, views: Views, ask_owner: AskOwner, *, report: Report = _silent) -> None:
        self.views = views
        self._ask_owner = ask_owner
        self._report = report

    async def run(self, *, timeout: float = 600.0) -> None:
        """Raises RebuildIncomplete when a snapshot is missing after `timeout` seconds."""
        await self.begin()
        expected: dict[str, int] = {}
        for owner in sorted({view.owner for view in self.views.shape.views}):
            expected |= await self._ask_owner(owner)
        await self.arrived(expected, timeout=timeout)
        await self.swap()

    async def begin(self) -> None:
        """Creates the empty second generation. One that an earlier rebuild left unfinished is dropped."""
        async with self.views.pool.acquire() as connection, connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", GENERATION_LOCK)
            await connection.execute(f"DROP SCHEMA IF EXISTS {NEXT} CASCADE")
            await connection.execute(self.views.shape.create(NEXT))
            await connection.execute("UPDATE views_state SET building = true")

    async def arrived(self, expected: Mapping[str, int], *, timeout: float) -> None:
        """Returns when every aggregate the owners counted is in the second generation."""
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            missing = await self._missing(expected)
            if not missing:
                return
            if asyncio.get_running_loop().time() > deadline:
                raise RebuildIncomplete(", ".join(f"{name}: {count} missing" for name, count in missing.items()))
            self._report("waiting for " + ", ".join(f"{count} × {name}" for name, count in missing.items()))
            await asyncio.sleep(_LOOK_SECONDS)

    async def swap(self) -> None:
        """The second generation answers from the next statement on; the first is dropped when no one reads it."""
        shape = self.views.shape
        async with self.views.pool.acquire() as connection:
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock($1)", GENERATION_LOCK)
                await connection.execute(f"DROP SCHEMA IF EXISTS {OLD} CASCADE")
                await connection.execute(f"ALTER SCHEMA {LIVE} RENAME TO {OLD}")
                await connection.execute(f"ALTER SCHEMA {NEXT} RENAME TO {LIVE}")
                await connection.execute(
                    "UPDATE views_state SET building = false, generation = generation + 1, shape = $1, functions = $2",
                    shape.fingerprint, shape.functions_fingerprint,
                )  # fmt: skip
            await connection.execute(f"DROP SCHEMA {OLD} CASCADE")
        self._report("swapped")

    async def _missing(self, expected: Mapping[str, int]) -> dict[str, int]:
        missing = {}
        for view in self.views.shape.views:
            there = await self.views.pool.fetchval(f"SELECT count(*) FROM {NEXT}.{view.table}")
            wanted = expected.get(view.prefix.rstrip("."), 0)
            if there < wanted:
                missing[view.table] = wanted - there
        return missing

"""A few connections of the page role, for single calls of functions.

asyncpg's own pool makes a task, a proxy and a reset of every release: as much work as the call itself. Nothing here needs a
reset, because page connections only call functions that take everything as arguments. What fails or is cancelled on the
way costs its connection, so that nothing of it can reach the next reader.
"""

import asyncio
from typing import Any

import asyncpg


class PageConnections:
    """At most `size` connections to `url`; made when they are needed, kept."""

    def __init__(self, url: str, size: int) -> None:
        self._url = url
        self._places = asyncio.Semaphore(size)
        self._idle: list[_Connection] = []

    async def call(self, statement: str, *args: Any) -> asyncpg.Record | None:
        """The first row of a statement. Raises what asyncpg raises, OSError where the server cannot be reached."""
        async with self._places:
            try:
                return await self._on_a_connection(statement, args)
            except asyncpg.InvalidCachedStatementError:
                # The function was replaced by one that answers more.
                return await self._on_a_connection(statement, args)

    async def _on_a_connection(self, statement: str, args: tuple[Any, ...]) -> asyncpg.Record | None:
        kept = self._kept() or await _Connection.open(self._url)
        try:
            record = await kept.fetch(statement, args)
        except BaseException:
            kept.connection.terminate()
            raise
        self._idle.append(kept)
        return record

    def _kept(self) -> "_Connection | None":
        while self._idle:
            kept = self._idle.pop()
            if not kept.connection.is_closed():
                return kept
        return None

    def close(self) -> None:
        for kept in self._idle:
            kept.connection.terminate()
        self._idle.clear()


class _Connection:
    """One connection with its prepared statements."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self._prepared: dict[str, Any] = {}

    @classmethod
    async def open(cls, url: str) -> "_Connection":
        return cls(await asyncpg.connect(url, server_settings={"application_name": "kontor-edge-pages"}))

    async def fetch(self, statement: str, args: tuple[Any, ...]) -> asyncpg.Record | None:
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = self._prepared[statement] = await self.connection.prepare(statement)
        return await prepared.fetchrow(*args)

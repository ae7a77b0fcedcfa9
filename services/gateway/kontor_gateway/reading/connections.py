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
        self._idle: list[_Line] = []

    async def call(self, statement: str, *args: Any) -> asyncpg.Record | None:
        """The first row of a statement. Raises what asyncpg raises, OSError where the server cannot be reached."""
        async with self._places:
            try:
                return await self._on_a_line(statement, args)
            except asyncpg.InvalidCachedStatementError:
                # The function was replaced by one that answers more.
                return await self._on_a_line(statement, args)

    async def _on_a_line(self, statement: str, args: tuple[Any, ...]) -> asyncpg.Record | None:
        line = self._kept() or await _Line.open(self._url)
        try:
            record = await line.fetch(statement, args)
        except BaseException:
            line.connection.terminate()
            raise
        self._idle.append(line)
        return record

    def _kept(self) -> "_Line | None":
        while self._idle:
            line = self._idle.pop()
            if not line.connection.is_closed():
                return line
        return None

    def close(self) -> None:
        for line in self._idle:
            line.connection.terminate()
        self._idle.clear()


class _Line:
    """One connection with its prepared statements."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self._prepared: dict[str, Any] = {}

    @classmethod
    async def open(cls, url: str) -> "_Line":
        return cls(await asyncpg.connect(url, server_settings={"application_name": "kontor-gateway-pages"}))

    async def fetch(self, statement: str, args: tuple[Any, ...]) -> asyncpg.Record | None:
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = self._prepared[statement] = await self.connection.prepare(statement)
        return await prepared.fetchrow(*args)

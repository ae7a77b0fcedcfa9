"""One listening connection per bus, that tells the subscriptions of this process to look at their queues."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from kontor_bus.supervision import keep_running
from kontor_bus.transport import Unreachable

_CHECK_SECONDS = 10.0


class Wakeups:
    """Without it the subscriptions still poll: a lost wake-up costs time, never an event."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._events: set[asyncio.Event] = set()
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def of(self, queue: str) -> Iterator[asyncio.Event]:
        wanted = asyncio.Event()
        self._events.add(wanted)
        if self._task is None:
            self._task = asyncio.create_task(keep_running("bus wake-ups", self._listen), name=f"bus wake-ups {queue}")
        try:
            yield wanted
        finally:
            self._events.discard(wanted)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _listen(self) -> None:
        try:
            connection = await asyncpg.connect(self._url)
        except (OSError, asyncpg.PostgresError) as lost:
            raise Unreachable(str(lost)) from lost
        try:
            await connection.add_listener("kontor_bus", self._wake)
            self._wake()
            while True:
                await asyncio.sleep(_CHECK_SECONDS)
                await connection.execute("SELECT 1", timeout=_CHECK_SECONDS)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as lost:
            raise Unreachable(str(lost)) from lost
        finally:
            await _closed(connection)

    def _wake(self, *_: object) -> None:
        for event in self._events:
            event.set()


async def _closed(connection: asyncpg.Connection) -> None:
    try:
        await connection.close(timeout=2.0)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()

"""Hearing what changed: for open pages, and for a read that waits for a fact."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterator
from typing import Any, TypeVar

import asyncpg
import orjson

from kontor_edge.announce import EVERYTHING, channel

T = TypeVar("T")
# Called with the topics that changed; with None when so much did that everyone should look again.
Listener = Callable[[Collection[str] | None], None]

_POLL_SECONDS = 0.25
_PING_SECONDS = 15.0


class Changes:
    """Listens on one connection of its own for all of this process. `url` may be the page role's: it reads no table."""

    def __init__(self, url: str, edge: str) -> None:
        self._url = url
        self._channel = channel(edge)
        self._listeners: set[Listener] = set()

    async def listen(self) -> None:
        """Runs until cancelled; raises when the connection is lost (run it under a Background).

        After a reconnect everyone is told to look again: news may have been missed.
        """
        connection: asyncpg.Connection = await asyncpg.connect(self._url)
        try:
            await connection.add_listener(self._channel, self._heard)
            self._tell(None)
            while True:
                await asyncio.sleep(_PING_SECONDS)
                await connection.execute("SELECT 1")
        finally:
            connection.terminate()

    @contextlib.contextmanager
    def subscribed(self, listener: Listener) -> Iterator[None]:
        self._listeners.add(listener)
        try:
            yield
        finally:
            self._listeners.discard(listener)

    async def until(
        self, topics: Collection[str], look: Callable[[], Awaitable[T | None]], *, timeout: float
    ) -> T | None:
        """The first answer of `look` that is not None, asked now and whenever one of the topics changes.

        None after `timeout` seconds. Where no news comes it looks four times a second.
        """
        news = asyncio.Event()
        wanted = set(topics)

        def listener(changed: Collection[str] | None) -> None:
            if changed is None or not wanted.isdisjoint(changed):
                news.set()

        deadline = asyncio.get_running_loop().time() + timeout
        with self.subscribed(listener):
            while True:
                news.clear()
                found = await look()
                remaining = deadline - asyncio.get_running_loop().time()
                if found is not None or remaining <= 0:
                    return found
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), min(remaining, _POLL_SECONDS))

    def _heard(self, _: Any, __: int, ___: str, payload: object) -> None:
        topics: list[str] = orjson.loads(str(payload))
        self._tell(None if EVERYTHING in topics else topics)

    def _tell(self, topics: Collection[str] | None) -> None:
        for listener in list(self._listeners):
            listener(topics)

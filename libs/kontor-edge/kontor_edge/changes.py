"""Telling other processes what changed, and hearing of it: for open pages, and for a read that waits for a fact."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator
from typing import Any, TypeVar

import asyncpg
import orjson
import structlog

log = structlog.get_logger()

T = TypeVar("T")
# Called with the topics that changed; with None when so much did that everyone should look again.
Listener = Callable[[Collection[str] | None], None]

_POLL_SECONDS = 0.25
_PING_SECONDS = 15.0
# PostgreSQL takes at most 7999 bytes per notification; a topic is a word and an id or hash.
_TOPICS = 100
# More than this at once, and everyone is told to look again.
_LARGEST_NEWS = 2_000
EVERYTHING = "*"


def channel(edge: str) -> str:
    """The channel on which an edge's processes hear of changes of its copy."""
    return f"kontor_views_{edge}"


class Announcer:
    """Sends topics as they come, and those that come while one is being sent together.

    NOTIFY holds a lock of the whole server until its commit, so it is kept out of the applying transactions. News lost
    with a killed process costs an open page its update until its next look, nothing else.
    """

    def __init__(self, pool: "asyncpg.Pool[Any]", edge: str) -> None:
        self._pool = pool
        self._channel = channel(edge)
        self._waiting: set[str] = set()
        self._sending: asyncio.Task[None] | None = None

    def announce(self, topics: Iterable[str]) -> None:
        """Returns at once; the news goes out on the next turn of the loop."""
        self._waiting.update(topics)
        if self._waiting and (self._sending is None or self._sending.done()):
            self._sending = asyncio.create_task(self._send(), name="views-announce")

    async def close(self) -> None:
        """Gives what is on its way a second to go out."""
        if self._sending is not None:
            with contextlib.suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._sending, 1.0)

    async def _send(self) -> None:
        while self._waiting:
            topics, self._waiting = self._waiting, set()
            try:
                await self._pool.execute(
                    "SELECT pg_notify($1, p) FROM unnest($2::text[]) AS p", self._channel, payloads(topics)
                )
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                # Readers poll as well; the copy itself is right.
                log.warning("views_news_lost", topics=len(topics), error=type(error).__name__)


def payloads(topics: set[str]) -> list[str]:
    """The topics as JSON arrays that each fit into one notification."""
    if len(topics) > _LARGEST_NEWS:
        return [orjson.dumps([EVERYTHING]).decode()]
    ordered = sorted(topics)
    return [orjson.dumps(ordered[at : at + _TOPICS]).decode() for at in range(0, len(ordered), _TOPICS)]


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

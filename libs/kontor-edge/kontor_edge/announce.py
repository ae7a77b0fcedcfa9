"""Telling other processes what changed: one coalesced NOTIFY after commit."""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any

import asyncpg
import orjson
import structlog

log = structlog.get_logger()

# PostgreSQL takes at most 7999 bytes per notification.
_PAYLOAD_BYTES = 7_900
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
    parts: list[list[str]] = [[]]
    size = 2
    for topic in sorted(topics):
        if size + len(topic) + 3 > _PAYLOAD_BYTES:
            parts.append([])
            size = 2
        parts[-1].append(topic)
        size += len(topic) + 3
    return [orjson.dumps(part).decode() for part in parts if part]

"""What the use cases and jobs of batches work with."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from fastapi import FastAPI

from kontor_meters.batches.models import Batch
from kontor_meters.intervals.partitions import Months
from kontor_meters.wake import Wake
from kontor_service.clock import Clock
from kontor_service.database import Database
from kontor_service.files import Files

# So many bodies are worked on at once: each is large, and one of them fills a processor.
AT_ONCE = 2


@dataclass
class Dependencies:
    db: Database
    clock: Clock
    files: Files
    months: Months
    slots: asyncio.Semaphore
    turns: "Turns"
    wake: Wake


class Turns:
    """Bodies of one merchant are read and checked side by side, and stored in the order in which they came."""

    def __init__(self) -> None:
        self._last: dict[UUID, asyncio.Event] = {}

    @asynccontextmanager
    async def taken(self, merchant_id: UUID) -> AsyncIterator[Callable[[], Awaitable[object]]]:
        """Answers what to await before storing."""
        before, mine = self._last.get(merchant_id), asyncio.Event()
        self._last[merchant_id] = mine
        try:
            yield _at_once if before is None else before.wait
        finally:
            mine.set()
            if self._last[merchant_id] is mine:
                del self._last[merchant_id]


async def _at_once() -> None:
    return


class Sender(NamedTuple):
    """Who hands in, and over which door."""

    source: str
    by: str

    @classmethod
    def of(cls, batch: Batch) -> "Sender":
        return cls(batch.source, batch.started_by)

    @property
    def channel(self) -> str:
        """As readings name it."""
        return {"http": "api"}.get(self.source, self.source)


@asynccontextmanager
async def dependencies(app: FastAPI) -> AsyncIterator[None]:
    """A resource of the app."""
    state = app.state
    state.batches = Dependencies(
        state.db, state.clock, state.files, Months(state.db), asyncio.Semaphore(AT_ONCE), Turns(), state.wake
    )
    yield

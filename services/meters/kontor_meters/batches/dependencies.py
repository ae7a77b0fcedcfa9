"""What the use cases and jobs of batches work with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from fastapi import FastAPI

from kontor_meters.intervals.store import Months
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
    wake: Wake
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    # Of each merchant whose bodies are worked on: set once the last one of them that came is stored.
    last: dict[UUID, asyncio.Event] = field(default_factory=dict)


@asynccontextmanager
async def dependencies(app: FastAPI) -> AsyncIterator[None]:
    """A resource of the app."""
    state = app.state
    state.batches = Dependencies(state.db, state.clock, state.files, Months(state.db), state.wake)
    yield

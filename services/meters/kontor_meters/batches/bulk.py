"""What the doors and jobs of batches work with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.copies.identity import time_zone
from kontor_meters.intervals.partitions import Months
from kontor_service.clock import Clock
from kontor_service.database import Database
from kontor_service.files import Files

# So many bodies are worked on at once: each is large, and one of them fills a processor.
_AT_ONCE = 2


@dataclass
class Bulk:
    db: Database
    clock: Clock
    files: Files
    months: Months
    slots: asyncio.Semaphore
    wake: asyncio.Event


class Sender(NamedTuple):
    """Who hands in, over which door, and in which language they are told."""

    source: str
    by: str
    language: str = "en"

    @property
    def channel(self) -> str:
        """As readings name it."""
        return {"http": "api"}.get(self.source, self.source)


@asynccontextmanager
async def bulk(app: FastAPI) -> AsyncIterator[None]:
    """A resource of the app."""
    state = app.state
    if not hasattr(state, "wake"):
        state.wake = asyncio.Event()
    state.bulk = Bulk(state.db, state.clock, state.files, Months(state.db), asyncio.Semaphore(_AT_ONCE), state.wake)
    yield


async def zone_of(session: AsyncSession, merchant_id: UUID) -> ZoneInfo:
    return ZoneInfo(await time_zone(session, merchant_id))

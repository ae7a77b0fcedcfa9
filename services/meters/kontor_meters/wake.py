"""Calling the jobs: each loop has an event of its own, so that none is missed by a loop that was busy with something else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from fastapi import Request


@dataclass
class Wake:
    """`set` after whatever gives the jobs something to do."""

    _loops: list[asyncio.Event] = field(default_factory=list)

    def listener(self) -> asyncio.Event:
        """For one loop, which clears it before it looks."""
        event = asyncio.Event()
        self._loops.append(event)
        return event

    def set(self) -> None:
        for event in self._loops:
            event.set()

    async def each(self, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        """For ever: the work, then a pause until there is something to do, or of so many seconds."""
        woken = self.listener()
        while True:
            woken.clear()
            await work()
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), seconds)


async def wakes_jobs(request: Request) -> AsyncIterator[None]:
    """A dependency of what changes something: once that is committed the jobs look at it."""
    yield
    request.app.state.wake.set()

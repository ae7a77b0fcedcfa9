"""Calling the jobs, none of which misses a call because it was busy with something else."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from fastapi import Request


class Wake:
    """`set` after whatever gives the jobs something to do."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def set(self) -> None:
        called, self._next = self._next, asyncio.Event()
        called.set()

    async def each(self, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        """For ever: the work, then a pause until there is something to do, or of so many seconds."""
        while True:
            called = self._next
            await work()
            with suppress(TimeoutError):
                await asyncio.wait_for(called.wait(), seconds)


async def wakes_jobs(request: Request) -> AsyncIterator[None]:
    """A dependency of what changes something: once that is committed the jobs look at it."""
    yield
    request.app.state.wake.set()

"""Answers that must not tell by their time whether an address is known."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def uniform_time(seconds: float) -> AsyncIterator[None]:
    """The block takes at least so many seconds, also where it raises. Choose more than the longer way needs."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    try:
        yield
    finally:
        await asyncio.sleep(max(0.0, until - loop.time()))

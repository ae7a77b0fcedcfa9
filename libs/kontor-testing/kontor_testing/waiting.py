"""Waiting for what happens by itself: poll with a deadline, never sleep for luck."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(probe: Callable[[], T | Awaitable[T]], *, within: float = 15.0, every: float = 0.05) -> T:
    """The first truthy answer of `probe`; AssertionError with the last answer after so many seconds.

    An AssertionError in the probe counts as not yet.
    """
    deadline = time.monotonic() + within
    last: object = None
    while True:
        try:
            answer = probe()
            value: T = await answer if inspect.isawaitable(answer) else answer
            if value:
                return value
            last = value
        except AssertionError as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s; last: {last!r}")
        await asyncio.sleep(every)


def until(probe: Callable[[], T | None], within: float = 40.0, *, every: float = 0.05) -> T:
    """`eventually` where nothing else runs in this thread: the first truthy answer."""
    deadline = time.monotonic() + within
    while True:
        found = probe()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {within} s; last: {found!r}"
        time.sleep(every)

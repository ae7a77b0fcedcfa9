"""Serving an app on a loopback socket for the length of a block: lifespan, time-outs and streams as in production."""

import atexit
import secrets
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from functools import cache
from itertools import cycle, islice

from starlette.types import ASGIApp

from kontor_service.server import serving as serving_all

_BLOCK = 100


@cache
def _ports() -> Iterator[int]:
    """The ports of a block that no other process of these tests uses: this one holds the first until it ends."""
    blocks = list(range(20_000, 32_000, _BLOCK))
    secrets.SystemRandom().shuffle(blocks)
    for first in blocks:
        held = socket.socket()
        with suppress(OSError):
            held.bind(("127.0.0.1", first))
            atexit.register(held.close)
            return cycle(range(first + 1, first + _BLOCK))
        held.close()
    raise RuntimeError("Every block of ports is in use")


def free_port() -> int:
    """A port that was free a moment ago. No system gives it to a connection: what was stopped can listen there again.
    No other process of these tests gets it, and this one only after all others of its block."""
    for port in islice(_ports(), _BLOCK):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("Every port of the block is in use")


@asynccontextmanager
async def serving(app: ASGIApp, *, port: int | None = None) -> AsyncIterator[str]:
    """The base address of the app, once its lifespan has started. Raises RuntimeError if it does not start."""
    chosen = port or free_port()
    async with serving_all({"app": (app, chosen)}, graceful_seconds=2):
        yield f"http://127.0.0.1:{chosen}"

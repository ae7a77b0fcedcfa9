"""Serving an app on a loopback socket for the length of a block: lifespan, time-outs and streams as in production."""

import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from starlette.types import ASGIApp

from kontor_service.server import serving as serving_all


def free_port() -> int:
    """A port that was free a moment ago. No system gives it to a connection: what was stopped can listen there again."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@asynccontextmanager
async def serving(app: ASGIApp, *, port: int | None = None) -> AsyncIterator[str]:
    """The base address of the app, once its lifespan has started. Raises RuntimeError if it does not start."""
    chosen = port or free_port()
    async with serving_all({"app": (app, chosen)}, graceful_seconds=2):
        yield f"http://127.0.0.1:{chosen}"

"""Serving an app on a loopback socket for the length of a block: lifespan, time-outs and streams as in production."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn
from starlette.types import ASGIApp


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
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=chosen, log_config=None, access_log=False, lifespan="on",
                       timeout_graceful_shutdown=2, timeout_keep_alive=75)
    )  # fmt: skip
    # The test's own signal handlers stay in place.
    task = asyncio.create_task(server._serve())
    while not server.started:
        if task.done():
            raise RuntimeError("the app did not start") from task.exception()
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{chosen}"
    finally:
        server.should_exit = True
        await task

"""Several ASGI apps on their own loopback sockets in one event loop."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

_GRACEFUL_SECONDS = 3
# Longer than any client keeps an idle connection: whoever closes first must be the one who sends.
_IDLE_SECONDS = 75
_START_SECONDS = 60.0


class DidNotStart(RuntimeError):
    """A part of the platform ended during its start; the cause is chained."""


@asynccontextmanager
async def serving(apps: Mapping[str, tuple[ASGIApp, int]]) -> AsyncIterator[None]:
    """Serves each app on its port until the block ends; the last one started stops first."""
    running: list[tuple[uvicorn.Server, asyncio.Task[None]]] = []
    try:
        async with asyncio.timeout(_START_SECONDS):
            for name, (app, port) in apps.items():
                server = uvicorn.Server(_config(app, port))
                # _serve, because the signals belong to the whole process.
                running.append((server, asyncio.create_task(server._serve(), name=f"serve {name}")))
                await _started(name, *running[-1])
        yield
    finally:
        for server, task in reversed(running):
            server.should_exit = True
            await asyncio.gather(task, return_exceptions=True)


def _config(app: ASGIApp, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app, host="127.0.0.1", port=port, http="httptools", lifespan="on", access_log=False, log_config=None,
        server_header=False, timeout_graceful_shutdown=_GRACEFUL_SECONDS, timeout_keep_alive=_IDLE_SECONDS,
    )  # fmt: skip


async def _started(name: str, server: uvicorn.Server, task: asyncio.Task[None]) -> None:
    while not server.started:
        if task.done():
            raise DidNotStart(name) from task.exception()
        await asyncio.sleep(0.01)

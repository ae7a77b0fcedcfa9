"""Running one service as a process of its own, `python -m kontor_<name>`, or several in one."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from types import ModuleType
from typing import TypeVar

import uvicorn
import uvloop
from fastapi import FastAPI
from starlette.types import ASGIApp

from kontor_service.migrations import migrate
from kontor_service.settings import ServiceSettings
from kontor_service.telemetry import configure_logging

S = TypeVar("S", bound=ServiceSettings)

# Longer than a request, shorter than the grace period of the pod (a test holds the chart to it).
GRACEFUL_SECONDS = 20
# Longer than clients and load balancers keep an idle connection: whoever closes first must be the one who sends.
_IDLE_SECONDS = 75
_START_SECONDS = 60.0


class DidNotStart(RuntimeError):
    """An app ended during its start; the cause is chained."""


def main(package: ModuleType, settings: S, create_app: Callable[[S], FastAPI]) -> None:
    """`serve` (the default) or `migrate`. Settings come from the environment."""
    configure_logging(settings.log_level, as_json=settings.log_json)
    if sys.argv[1:] == ["migrate"]:
        url = settings.migration_database_url or settings.database_url
        asyncio.run(migrate(url.get_secret_value(), package))
        return
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(create_app(settings), settings))


async def _serve(app: FastAPI, settings: ServiceSettings) -> None:
    async with serving({"management": (app.state.management, settings.management)}, host=settings.host):
        await _Server(_config(app, settings.host, settings.port, GRACEFUL_SECONDS)).serve()


@asynccontextmanager
async def serving(
    apps: Mapping[str, tuple[ASGIApp, int | socket.socket]],
    *,
    host: str = "127.0.0.1",
    graceful_seconds: int = GRACEFUL_SECONDS,
) -> AsyncIterator[None]:
    """Each app on its port, or its socket, until the block ends; the last one started stops first. Raises DidNotStart."""
    running: list[tuple[_Server, asyncio.Task[None]]] = []
    try:
        async with asyncio.timeout(_START_SECONDS):
            for name, (app, where) in apps.items():
                given = [where] if isinstance(where, socket.socket) else None
                port = where.getsockname()[1] if isinstance(where, socket.socket) else where
                server = _Server(_config(app, host, port, graceful_seconds))
                # _serve, because the signals belong to the whole process.
                running.append((server, asyncio.create_task(server._serve(given), name=f"serve {name}")))
                await _started(name, *running[-1])
        yield
    finally:
        for server, task in reversed(running):
            server.should_exit = True
            await asyncio.gather(task, return_exceptions=True)


async def _started(name: str, server: "_Server", task: "asyncio.Task[None]") -> None:
    while not server.started:
        if task.done():
            raise DidNotStart(name) from task.exception()
        await asyncio.sleep(0.01)


class _Server(uvicorn.Server):
    """Lets the app end what would hold up a graceful stop: an open event stream does not end by itself."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for close in getattr(getattr(self.config.app, "state", None), "closing", ()):
            close()
        await super().shutdown(sockets)


def _config(app: ASGIApp, host: str, port: int, graceful_seconds: int) -> uvicorn.Config:
    """Proxy headers are believed from loopback only, unless FORWARDED_ALLOW_IPS says otherwise."""
    return uvicorn.Config(
        app, host=host, port=port, http="httptools", lifespan="on", access_log=False, log_config=None,
        server_header=False, timeout_graceful_shutdown=graceful_seconds, timeout_keep_alive=_IDLE_SECONDS,
    )  # fmt: skip

"""Running one service as a process of its own: `python -m kontor_<name>`."""

import asyncio
import socket
import sys
from collections.abc import Callable
from types import ModuleType
from typing import TypeVar

import uvicorn
from fastapi import FastAPI

from kontor_service.migrations import migrate
from kontor_service.settings import ServiceSettings
from kontor_service.telemetry import configure_logging

S = TypeVar("S", bound=ServiceSettings)

# Longer than a request, shorter than the grace period of the pod (a test holds the chart to it).
GRACEFUL_SECONDS = 20
# Longer than clients and load balancers keep an idle connection: whoever closes first must be the one who sends.
IDLE_SECONDS = 75


def main(package: ModuleType, settings: S, create_app: Callable[[S], FastAPI]) -> None:
    """`serve` (the default) or `migrate`. Settings come from the environment."""
    configure_logging(settings.log_level, as_json=settings.log_json)
    if sys.argv[1:] == ["migrate"]:
        url = settings.migration_database_url or settings.database_url
        asyncio.run(migrate(url.get_secret_value(), package))
        return
    app = create_app(settings)
    _Server(uvicorn_config(app, settings), app).run()


class _Server(uvicorn.Server):
    """Lets the app end what would hold up a graceful stop: an open event stream does not end by itself."""

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for close in self._app.state.closing:
            close()
        await super().shutdown(sockets)


def uvicorn_config(app: FastAPI, settings: ServiceSettings) -> uvicorn.Config:
    """Proxy headers are believed from loopback only, unless FORWARDED_ALLOW_IPS says otherwise."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        timeout_keep_alive=IDLE_SECONDS,
        server_header=False,
    )

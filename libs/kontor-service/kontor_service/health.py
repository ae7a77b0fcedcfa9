"""Probes as Kubernetes asks for them (started, ready for traffic, alive) and metrics: on a port of their own."""

import asyncio
from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Check = Callable[[], Awaitable[None]]
_CHECK_TIMEOUT = 2.0


class Health:
    """What has to hold for this service to take traffic. A check raises when it does not."""

    def __init__(self) -> None:
        self.started = False
        self.stopping = False
        self.checks: dict[str, Check] = {}

    async def ready(self) -> dict[str, str]:
        """The failing checks and what they said; empty when ready."""
        failing = {} if self.started and not self.stopping else {"service": "stopping" if self.stopping else "starting"}
        for name, check in self.checks.items():
            try:
                await asyncio.wait_for(check(), _CHECK_TIMEOUT)
            except Exception as error:
                failing[name] = type(error).__name__
        return failing


def management_app(health: Health, registry: CollectorRegistry) -> Starlette:
    """Health checks and metrics for the operator, on a port that must not be reachable from outside."""

    async def start(_: Request) -> Response:
        return JSONResponse({"started": health.started}, 200 if health.started else 503)

    async def live(_: Request) -> Response:
        return JSONResponse({"alive": True})

    async def ready(_: Request) -> Response:
        failing = await health.ready()
        return JSONResponse({"ready": not failing, "failing": failing}, 503 if failing else 200)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    probes = {"start": start, "live": live, "ready": ready}
    return Starlette(
        routes=[Route("/metrics", metrics), *(Route(f"/health/{name}", probe) for name, probe in probes.items())]
    )

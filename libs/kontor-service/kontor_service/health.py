"""Probes as Kubernetes asks for them: started, ready for traffic, alive."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

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


def install(app: FastAPI, health: Health, registry: CollectorRegistry) -> None:
    router = APIRouter(include_in_schema=False)

    @router.get("/health/start")
    async def start(response: Response) -> dict[str, bool]:
        response.status_code = 200 if health.started else 503
        return {"started": health.started}

    @router.get("/health/live")
    async def live() -> dict[str, bool]:
        return {"alive": True}

    @router.get("/health/ready")
    async def ready(response: Response) -> dict[str, object]:
        failing = await health.ready()
        response.status_code = 503 if failing else 200
        return {"ready": not failing, "failing": failing}

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    app.include_router(router)

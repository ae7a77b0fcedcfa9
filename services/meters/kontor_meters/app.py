"""Composition root of meters: settings in, ASGI app out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kontor_bus import Bus
from kontor_meters.consumers import consumers
from kontor_meters.jobs import run_jobs
from kontor_meters.settings import Settings
from kontor_service.app import build_app


def create_app(settings: Settings) -> FastAPI:
    return build_app(settings, title="Kontor meters", routers=[], resources=[_bus], files=True)


@asynccontextmanager
async def _bus(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    app.state.wake = asyncio.Event()
    async with Bus(
        settings.bus_url.get_secret_value(),
        service=settings.service,
        database=app.state.db,
        consumers=consumers(),
        registry=app.state.registry,
        tracer_provider=app.state.tracer_provider,
    ) as bus:
        app.state.bus = bus
        app.state.background.start("meters_jobs", lambda: run_jobs(app))
        yield

"""A service's place on the bus: a resource for build_app."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kontor_bus import Bus, Copy, Effects
from kontor_service.app import Resource
from kontor_service.settings import ServiceSettings


def on_the_bus(consumers: Callable[[FastAPI], Sequence[Copy | Effects]] = lambda app: ()) -> Resource:
    """Publishes what the service records and runs its consumers; app.state.bus. Stands behind what consumers need."""

    @asynccontextmanager
    async def resource(app: FastAPI) -> AsyncIterator[None]:
        settings: ServiceSettings = app.state.settings
        async with Bus(
            settings.bus_url.get_secret_value(),
            service=settings.service,
            database=app.state.db,
            consumers=consumers(app),
            registry=app.state.registry,
            tracer_provider=app.state.tracer_provider,
        ) as app.state.bus:
            yield

    return resource

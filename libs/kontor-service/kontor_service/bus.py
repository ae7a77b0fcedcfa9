"""A service's place on the bus, and the door for other systems: resources for build_app."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kontor_bus import Bus, Copy, Effects
from kontor_bus.ingest import IngestConsumer
from kontor_bus.ingest.consumer import Handler
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


def takes(kind: str, handler: Callable[[FastAPI], Handler], *, at_once: int = 1) -> Resource:
    """Takes what other systems hand in over RabbitMQ, where there is one; `kind` is of the contract's `ingest`."""

    @asynccontextmanager
    async def resource(app: FastAPI) -> AsyncIterator[None]:
        url = app.state.settings.ingest_bus_url
        if url is None:
            yield
            return
        async with IngestConsumer(url.get_secret_value(), kind, handler(app), at_once=at_once):
            yield

    return resource

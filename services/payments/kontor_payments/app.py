"""Composition root of payments: settings in, ASGI app out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from kontor_bus import Bus
from kontor_bus.ingest import IngestConsumer
from kontor_payments.bookings.api import router as bookings
from kontor_payments.bookings.bus import take
from kontor_payments.checkouts.api import router as checkouts
from kontor_payments.connections.api import router as connections
from kontor_payments.connections.service import Providers
from kontor_payments.consumers import consumers
from kontor_payments.jobs import run_jobs
from kontor_payments.providers.transfer.api import router as transfer
from kontor_payments.settings import Settings
from kontor_payments.snapshots import router as snapshots
from kontor_payments.webhooks.api import router as webhooks
from kontor_service.app import build_app


def create_app(settings: Settings) -> FastAPI:
    return build_app(
        settings,
        title="Kontor payments",
        routers=[checkouts, bookings, transfer, connections, webhooks, snapshots],
        resources=[_providers, _bus, _ingest],
    )


@asynccontextmanager
async def _providers(app: FastAPI) -> AsyncIterator[None]:
    app.state.wake = asyncio.Event()
    app.state.providers = Providers(app.state.settings, app.state.db)
    yield
    await app.state.providers.close()


@asynccontextmanager
async def _bus(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    sandbox_default = settings.environment == "development" and settings.sandbox_url is not None
    async with Bus(
        settings.bus_url.get_secret_value(),
        service=settings.service,
        database=app.state.db,
        consumers=consumers(app.state.db, app.state.clock, app.state.wake, sandbox_default=sandbox_default),
        registry=app.state.registry,
        tracer_provider=app.state.tracer_provider,
    ) as bus:
        app.state.bus = bus
        app.state.background.start("payments_jobs", lambda: run_jobs(app))
        yield


@asynccontextmanager
async def _ingest(app: FastAPI) -> AsyncIterator[None]:
    """Other systems' payments, where there is RabbitMQ."""
    url = app.state.settings.ingest_bus_url
    if url is None:
        yield
        return
    async with IngestConsumer(url.get_secret_value(), "payments", partial(take, app)):
        yield

"""Composition root of the documents service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from kontor_bus import Bus
from kontor_bus.ingest import IngestConsumer
from kontor_documents.consumers import consumers
from kontor_documents.einvoice.validate import Validator
from kontor_documents.intake.api import router as intake
from kontor_documents.intake.bus import take
from kontor_documents.parts import Parts
from kontor_documents.production.branding import Brandings
from kontor_documents.reading.api import router as reading
from kontor_documents.release.api import router as release
from kontor_documents.settings import Settings
from kontor_documents.snapshots.api import router as snapshots
from kontor_service.app import build_app
from kontor_service.client import ServiceClient


def create_app(settings: Settings) -> FastAPI:
    return build_app(
        settings,
        title="Kontor documents",
        routers=[intake, release, reading, snapshots],
        resources=[_parts, _bus, _ingest],
        files=True,
    )


@asynccontextmanager
async def _parts(app: FastAPI) -> AsyncIterator[None]:
    validator = Validator()
    async with ServiceClient(app.state.settings.url_of("identity")) as identity:
        app.state.parts = Parts(
            db=app.state.db,
            files=app.state.files,
            clock=app.state.clock,
            validator=validator,
            brandings=Brandings(identity),
        )
        yield
    validator.close()


@asynccontextmanager
async def _bus(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    async with Bus(
        settings.bus_url.get_secret_value(),
        service=settings.service,
        database=app.state.db,
        consumers=consumers(app.state.parts),
        registry=app.state.registry,
        tracer_provider=app.state.tracer_provider,
    ) as bus:
        app.state.bus = bus
        yield


@asynccontextmanager
async def _ingest(app: FastAPI) -> AsyncIterator[None]:
    """Other systems' door on RabbitMQ, where there is one."""
    url = app.state.settings.ingest_bus_url
    if url is None:
        yield
        return
    async with IngestConsumer(url.get_secret_value(), "documents", partial(take, app.state.parts)):
        yield

"""The frame every service stands in: settings in, ASGI app out."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry

from kontor_bus.supervision import Background
from kontor_service.addresses import PlainAddresses
from kontor_service.bodies import LimitedBodies
from kontor_service.clock import Clock
from kontor_service.database import Database
from kontor_service.errors import install_handlers
from kontor_service.files import Files
from kontor_service.health import Health, management_app
from kontor_service.i18n import Speaking
from kontor_service.settings import ServiceSettings
from kontor_service.telemetry import RequestTelemetry, tracer_provider
from kontor_service.tokens import TokenSource, TokenVerifier

Resource = Callable[[FastAPI], AbstractAsyncContextManager[Any]]


def build_app(
    settings: ServiceSettings,
    *,
    title: str,
    routers: Sequence[APIRouter] = (),
    resources: Sequence[Resource] = (),
    files: bool = False,
    **options: Any,
) -> FastAPI:
    """An app whose state holds settings, db, tokens, source (TokenSource), clock, files, background,
    health, registry, ingest.

    `resources` are entered at start, in order, after the database is open, and left in reverse at the end;
    each gets the app and may put what it makes into app.state.
    """
    registry = CollectorRegistry()
    provider = tracer_provider(settings.service, settings.otlp_endpoint)
    health = Health()
    app = FastAPI(title=title, version="1", lifespan=partial(_running, resources), **options)
    app.state.settings = settings
    app.state.registry = registry
    app.state.tracer_provider = provider
    app.state.health = health
    app.state.clock = Clock.on(settings.today)
    app.state.background = Background()
    # The consumers of what other systems hand in over the bus, by kind.
    app.state.ingest = {}
    # Called when the server begins to stop, before it waits for open responses: edges end their event streams.
    app.state.closing = []
    app.state.db = Database(
        settings.database_url.get_secret_value(),
        pool_size=settings.database_pool_size,
        application_name=f"kontor-{settings.service}",
    )
    app.state.tokens = TokenVerifier(settings.service, settings.url_of("identity"))
    app.state.source = TokenSource(settings)
    if files:
        app.state.files = Files(settings.files_url)
    health.checks["database"] = lambda: _ping(app.state.db)
    app.state.management = management_app(health, registry)
    install_handlers(app)
    for router in routers:
        app.include_router(router)
    app.add_middleware(LimitedBodies)
    app.add_middleware(Speaking)
    app.add_middleware(PlainAddresses)
    app.add_middleware(RequestTelemetry, service=settings.service, provider=provider, registry=registry)
    return app


@asynccontextmanager
async def _running(resources: Sequence[Resource], app: FastAPI) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        stack.callback(app.state.tracer_provider.shutdown)
        await app.state.db.open()
        stack.push_async_callback(app.state.db.close)
        stack.push_async_callback(app.state.tokens.close)
        stack.push_async_callback(app.state.source.close)
        stack.push_async_callback(app.state.background.stop)
        for resource in resources:
            await stack.enter_async_context(resource(app))
        app.state.health.started = True
        yield
        app.state.health.stopping = True
        # What runs beside the requests ends before what it works with.
        await app.state.background.stop()


async def _ping(database: Database) -> None:
    await database.pool.fetchval("SELECT 1")

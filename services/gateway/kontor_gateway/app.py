"""Composition root of the gateway: the public edge."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI

from kontor_edge import Changes, Rebuild, Views
from kontor_edge.cli import owners
from kontor_events.registry import contexts
from kontor_gateway.access.errors import install_access_errors
from kontor_gateway.consumers import consumers
from kontor_gateway.content.fetch import ContentFetcher
from kontor_gateway.documents import opened
from kontor_gateway.edge import Edge
from kontor_gateway.features import FEATURES
from kontor_gateway.reading.connections import PageConnections
from kontor_gateway.reading.look import known_look
from kontor_gateway.reference import openapi
from kontor_gateway.routes import API_PREFIXES, HOT, SECRET_PATHS, routers
from kontor_gateway.sessions.store import forget_expired
from kontor_gateway.settings import Settings
from kontor_gateway.views import SHAPE
from kontor_service.app import build_app
from kontor_service.bus import on_the_bus
from kontor_service.client import ServiceClient
from kontor_web import Pages, install_error_pages, protect, static_app
from kontor_web.live import Hub

log = structlog.get_logger()

_HOUR = 3600.0


def create_app(settings: Settings) -> FastAPI:
    app = build_app(
        settings,
        title=openapi.TITLE,
        routers=routers(),
        resources=[_edge, on_the_bus(lambda app: consumers(app.state.edge.views))],
        description=openapi.DESCRIPTION,
        openapi_tags=openapi.TAGS,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    pages = Pages("kontor_gateway", cookie_prefix="__Host-kontor-gateway")
    for feature in FEATURES:
        pages.environment.globals |= feature.globals
    app.state.pages = pages
    # Before the portals, whose first path segment is a merchant's name.
    app.router.routes[:0] = [*HOT, openapi.mount("/static", static_app(pages.assets))]
    install_error_pages(app, pages, api_prefixes=API_PREFIXES, look=known_look)
    install_access_errors(app)
    protect(
        app,
        exempt=("/api/ingest/", "/webhooks/", "/internal/"),
        public=("/static/", "/api/openapi.json"),
        secret_paths=SECRET_PATHS,
        form_targets=_provider_origins(settings),
    )
    return app


def _provider_origins(settings: Settings) -> tuple[str, ...]:
    sandbox = (settings.sandbox_url,) if settings.environment == "development" else ()
    return (*settings.provider_origins, *sandbox)


@asynccontextmanager
async def _edge(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    async with AsyncExitStack() as stack:
        clients = {name: await stack.enter_async_context(ServiceClient(settings.url_of(name))) for name in contexts()}
        content = ContentFetcher(clients["documents"], app.state.source)
        views = Views(
            await _pool(stack, settings.copy_database_url.get_secret_value(), 5), SHAPE, follow_up=content.want
        )
        stack.push_async_callback(views.announcer.close)
        stack.push_async_callback(opened.finish)
        reads = PageConnections(settings.database_url.get_secret_value(), settings.database_pool_size)
        stack.callback(reads.close)
        hub = Hub()
        stack.callback(hub.close)
        app.state.closing.append(hub.close)
        edge = Edge(
            settings=settings, clock=app.state.clock, views=views, hub=hub, pages=app.state.pages, source=app.state.source,
            reads=reads,
            changes=Changes(settings.database_url.get_secret_value(), SHAPE.edge), owners=clients,
        )  # fmt: skip
        app.state.edge = edge
        await _open(app, edge)
        stack.enter_context(edge.changes.subscribed(hub.publish))
        app.state.background.start("changes", edge.changes.listen)
        app.state.background.start("content", lambda: content.run(views))
        app.state.background.every(_HOUR, "sessions", lambda: forget_expired(views.pool))
        yield


async def _open(app: FastAPI, edge: Edge) -> None:
    """A copy of another shape goes on answering while the new one is built."""
    if await edge.views.open():
        return
    log.warning("views_of_another_shape", edge=SHAPE.edge)
    rebuild = Rebuild(
        edge.views, owners(edge.settings, edge.source), report=lambda text: log.info("rebuild", state=text)
    )
    app.state.background.start("rebuild", rebuild.upgrade)


async def _pool(stack: AsyncExitStack, url: str, size: int) -> "asyncpg.Pool[Any]":
    pool: asyncpg.Pool[Any] = await asyncpg.create_pool(
        url, min_size=1, max_size=size, server_settings={"application_name": "kontor-gateway"}
    )
    stack.callback(pool.terminate)
    return pool

"""Composition root that edges share: settings and features in, ASGI app out."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request

from kontor_bus import Copy
from kontor_edge.activity import Activity
from kontor_edge.changes import Changes
from kontor_edge.cli import owners as ask_owners
from kontor_edge.connections import PageConnections
from kontor_edge.content import ContentFetcher
from kontor_edge.copy import Views
from kontor_edge.edge import Edge
from kontor_edge.feature import Feature
from kontor_edge.rebuild import Rebuild
from kontor_edge.sessions import SessionStore
from kontor_edge.shape import Shape
from kontor_events.registry import contexts
from kontor_service.app import Resource, build_app
from kontor_service.bus import on_the_bus
from kontor_service.client import ServiceClient
from kontor_service.tokens import basic
from kontor_web import PageContext, Pages, install_error_pages, static_app
from kontor_web.live import Hub

log = structlog.get_logger()

_HOUR = 3600.0
# Where errors are problem+json whatever the client accepts.
API_PREFIXES = ("/api/", "/internal/", "/webhooks/")


@dataclass(frozen=True)
class Kind:
    """What one edge is. `package` has its templates; `session_values` are what its pages may know of a session;
    `let_in` raises for whom has no session: of others no body is read, except where a route says so. `page_context` is the
    frame of error pages. `patience`: seconds that an owner has for a command."""

    package: str
    features: Sequence[Feature]
    shape: Shape
    session_values: Sequence[str]
    let_in: Callable[[Request], Awaitable[Any]]
    page_context: Callable[[Request], PageContext]
    error_template: str = "kontor/error.html"
    patience: float = 5.0


def build_edge(kind: Kind, settings: Any, *, title: str, resources: Sequence[Resource] = (), **options: Any) -> FastAPI:
    """`app.state.edge` (see Edge) is there while it runs; `resources` are entered before it is on the bus."""
    fixed = [router for feature in kind.features for router in feature.routers]
    app = build_app(
        settings,
        title=title,
        # The portals' come last: they begin with any name.
        routers=[*fixed, *(router for feature in kind.features for router in feature.portal)],
        resources=[_edge(kind), *resources, on_the_bus(lambda app: [_consumer(kind.shape, app.state.edge.views)])],
        docs_url=None,
        redoc_url=None,
        **options,
    )
    app.state.let_in = kind.let_in
    packages = [feature.package for feature in kind.features if feature.package]
    pages = app.state.pages = Pages(kind.package, *packages, cookie_prefix=f"__Host-kontor-{settings.service}")
    for feature in kind.features:
        add_globals(pages, feature.globals)
    pages.environment.globals["panels_of"] = lambda page: [
        (feature.name, panel.template) for feature in kind.features for panel in feature.panels if panel.page == page
    ]
    app.mount("/static", static_app(pages.assets))
    # Before all others, and before the portals.
    hot = [route for feature in kind.features for route in feature.hot]
    app.router.routes[:0] = [*hot, app.router.routes.pop()]
    install_error_pages(
        app, pages, api_prefixes=API_PREFIXES, page_context=kind.page_context, template=kind.error_template
    )
    return app


def add_globals(pages: Pages, known: Mapping[str, Any]) -> None:
    """What templates may call. Two features that mean different things by one name would say each other's words."""
    names = pages.environment.globals
    taken = [name for name, value in known.items() if name in names and repr(names[name]) != repr(value)]
    if taken:
        raise ValueError(f"templates know these names already: {', '.join(taken)}")
    names |= known


def secret_paths(features: Sequence[Feature]) -> tuple[str, ...]:
    return tuple(path for feature in features for path in feature.secret_paths)


def _consumer(shape: Shape, views: Views) -> Copy:
    return Copy(f"{shape.edge}.views", bindings=shape.bindings, apply=views.apply)


def _edge(kind: Kind) -> Resource:
    @asynccontextmanager
    async def resource(app: FastAPI) -> AsyncIterator[None]:
        settings, source = app.state.settings, app.state.source
        async with AsyncExitStack() as stack:
            owners = {
                name: await stack.enter_async_context(ServiceClient(settings.url_of(name), timeout=kind.patience))
                for name in contexts()
            }
            wanted = next(feature.content for feature in kind.features if feature.content)
            content = ContentFetcher(wanted, owners[wanted.owner], source)
            pool = await _pool(stack, settings)
            views = Views(pool, kind.shape, follow_up=content.want)
            stack.push_async_callback(views.announcer.close)
            reads = PageConnections(settings.database_url.get_secret_value(), settings.database_pool_size)
            stack.callback(reads.close)
            hub = Hub()
            stack.callback(hub.close)
            app.state.closing.append(hub.close)
            sessions = SessionStore(pool, kind.session_values)
            credential = basic(settings.service, settings.service_secret.get_secret_value())
            activity = Activity(owners["identity"], credential, sessions)
            stack.push_async_callback(activity.close)
            edge = app.state.edge = Edge(
                settings=settings, features=kind.features, clock=app.state.clock, reads=reads, views=views,
                changes=Changes(settings.database_url.get_secret_value(), kind.shape.edge), content=content,
                sessions=sessions, activity=activity, hub=hub, pages=app.state.pages, source=source,
                credential=credential, owners=owners,
            )  # fmt: skip
            await _open(app, edge)
            stack.enter_context(edge.changes.subscribed(hub.publish))
            app.state.background.start("changes", edge.changes.listen)
            app.state.background.start("content", lambda: content.run(views))
            app.state.background.every(_HOUR, "functions", views.keep_functions)
            app.state.background.every(_HOUR, "sessions", edge.sessions.forget_expired)
            yield

    return resource


async def _open(app: FastAPI, edge: Edge) -> None:
    """A copy of another shape goes on answering while the new one is built."""
    if await edge.views.open():
        return
    log.warning("views_of_another_shape", edge=edge.views.shape.edge)
    rebuild = Rebuild(
        edge.views, ask_owners(edge.settings, edge.source), report=lambda text: log.info("rebuild", state=text)
    )
    app.state.background.start("rebuild", rebuild.upgrade)


async def _pool(stack: AsyncExitStack, settings: Any) -> "asyncpg.Pool[Any]":
    """The copy role's."""
    pool: asyncpg.Pool[Any] = await asyncpg.create_pool(
        settings.copy_database_url.get_secret_value(), min_size=1, max_size=5,
        server_settings={"application_name": f"kontor-{settings.service}"},
    )  # fmt: skip
    stack.callback(pool.terminate)
    return pool

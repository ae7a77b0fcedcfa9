"""The admin's composition root: settings in, ASGI app out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI

from kontor_admin import problems, words
from kontor_admin.documents.fetching import ContentFetcher
from kontor_admin.features import FEATURES
from kontor_admin.owners import Owners
from kontor_admin.sessions.ended import install_log_in_redirect
from kontor_admin.settings import Settings
from kontor_admin.staff import outside
from kontor_admin.views import SHAPE
from kontor_bus import Copy
from kontor_edge import Changes, Rebuild, Views
from kontor_edge.cli import owners as ask_owners
from kontor_service.app import build_app
from kontor_service.bus import on_the_bus
from kontor_web import Hub, Pages, install_error_pages, protect, static_app


def create_app(settings: Settings) -> FastAPI:
    """The merchant's edge. Needs its database migrated; the copy creates itself."""
    app = build_app(
        settings,
        title="Kontor admin",
        routers=[feature.router for feature in FEATURES],
        resources=[copy_of_the_facts, on_the_bus(_consumers)],
        openapi_url=None if settings.environment == "production" else "/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    pages = app.state.pages = Pages("kontor_admin", cookie_prefix="__Host-kontor-admin")
    pages.environment.globals |= words.GLOBALS
    for feature in FEATURES:
        pages.environment.globals |= feature.globals
        problems.learn(feature.problems, feature.findings)
        words.learn_mails(feature.mails)
    pages.environment.globals["panels_of"] = _panels_of
    app.state.features = FEATURES
    app.state.hub = Hub()
    app.mount("/static", static_app(pages.assets))
    install_error_pages(
        app, pages, api_prefixes=("/api/", "/internal/", "/health", "/metrics"), look=outside, template="error.html"
    )
    install_log_in_redirect(app)
    protect(app, exempt=("/internal/",), secret_paths=("/passwort/",))
    return app


def _panels_of(page: str) -> list[tuple[str, str]]:
    """What features show on a page of another one: their name and the template."""
    return [(f.name, panel.template) for f in FEATURES for panel in f.panels if panel.page == page]


def _consumers(app: FastAPI) -> list[Copy]:
    return [Copy("admin.views", bindings=SHAPE.bindings, apply=app.state.views.apply)]


@asynccontextmanager
async def copy_of_the_facts(app: FastAPI) -> AsyncIterator[None]:
    """The copy, the news for open pages, and the clients of the owners."""
    settings: Settings = app.state.settings
    async with asyncpg.create_pool(settings.copy_database_url.get_secret_value(), min_size=1, max_size=4) as pool:
        fetcher = ContentFetcher()
        views = app.state.views = Views(pool, SHAPE, follow_up=fetcher.want)
        if not await views.open():
            # A copy of another shape goes on answering while the new one is built.
            rebuild = Rebuild(views, ask_owners(settings, app.state.source))
            app.state.background.start("rebuild", rebuild.upgrade)
        app.state.copy_pool = pool
        changes = app.state.changes = Changes(settings.database_url.get_secret_value(), "admin")
        app.state.background.start("changes", changes.listen)
        owners = app.state.owners = Owners(settings, app.state.source, views)
        app.state.background.start("content", lambda: fetcher.run(app))
        with changes.subscribed(app.state.hub.publish):
            yield
            app.state.hub.close()
        await views.announcer.close()
        await owners.close()

"""Identity's composition root: settings in, ASGI app out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kontor_identity.access.api import router as access_router
from kontor_identity.access.rights import EDGES
from kontor_identity.access.services import OwnTokens
from kontor_identity.api_keys import router as api_keys_router
from kontor_identity.capability_links import router as capability_links_router
from kontor_identity.challenges import router as challenges_router
from kontor_identity.customers.api import router as customers_router
from kontor_identity.customers.service import ingest_customer
from kontor_identity.dependencies import Dependencies
from kontor_identity.events import AGGREGATES
from kontor_identity.housekeeping import forget_old
from kontor_identity.invitations import router as invitations_router
from kontor_identity.keys.provision import secret_keys, signing_keys
from kontor_identity.limits import Limits
from kontor_identity.links.api import router as links_router
from kontor_identity.merchants.api import router as merchants_router
from kontor_identity.passwords.api import router as passwords_router
from kontor_identity.passwords.hashing import Passwords
from kontor_identity.previews import router as previews_router
from kontor_identity.security_log import router as security_log_router
from kontor_identity.sessions.api import router as sessions_router
from kontor_identity.sessions.push import SessionPush
from kontor_identity.settings import Settings
from kontor_identity.staff import pictures_router
from kontor_identity.staff import router as staff_router
from kontor_service.aggregates import snapshots_router
from kontor_service.app import build_app
from kontor_service.bus import on_the_bus
from kontor_service.database import Database
from kontor_service.files import Files
from kontor_service.ingest import ingest

_PUSH_AGAIN_SECONDS = 2.0
_HOUSEKEEPING_SECONDS = 6 * 3600.0


def create_app(settings: Settings) -> FastAPI:
    return build_app(
        settings,
        title="Kontor identity",
        routers=[
            access_router, sessions_router, links_router, capability_links_router, invitations_router, passwords_router, challenges_router,
            merchants_router, customers_router, previews_router, staff_router, pictures_router, api_keys_router, security_log_router,
            snapshots_router(AGGREGATES, "merchants"),
        ],
        resources=[
            _dependencies, on_the_bus(), ingest("customers", ingest_customer, owns_merchants=True), _background,
        ],
        files=True,
    )  # fmt: skip


async def create_dependencies(settings: Settings, db: Database, files: Files) -> Dependencies:
    """What the use cases work with; `db` is open. Whoever makes them closes `push`."""
    signing = await signing_keys(settings, db)
    edges = {edge: settings.url_of(edge) for edge in EDGES}
    return Dependencies(
        settings=settings,
        db=db,
        files=files,
        signing=signing,
        secrets=await secret_keys(settings, db),
        passwords=Passwords(),
        limits=Limits(db, settings.slowed_answer_seconds),
        push=SessionPush(db, signing, edges, timeout=settings.edge_answer_seconds),
    )


@asynccontextmanager
async def _dependencies(app: FastAPI) -> AsyncIterator[None]:
    deps = await create_dependencies(app.state.settings, app.state.db, app.state.files)
    app.state.dependencies = deps
    app.state.tokens = OwnTokens(deps.signing, app.state.settings.url_of("identity"))
    try:
        yield
    finally:
        await app.state.tokens.close()
        await deps.push.close()


@asynccontextmanager
async def _background(app: FastAPI) -> AsyncIterator[None]:
    deps: Dependencies = app.state.dependencies
    background = app.state.background
    background.every(_PUSH_AGAIN_SECONDS, "push_sessions", deps.push.all_pending)
    background.start("heartbeat", lambda: deps.push.keep_beating(deps.settings.heartbeat_seconds))
    background.every(_HOUSEKEEPING_SECONDS, "housekeeping", lambda: forget_old(deps.db, deps.limits))
    yield

"""Composition root of payments: settings in, ASGI app out."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import Gauge

from kontor_bus import Copy
from kontor_payments.bookings.api import router as bookings
from kontor_payments.bookings.incoming import ingest_message
from kontor_payments.bookings.jobs import sweep
from kontor_payments.checkouts.api import router as checkouts
from kontor_payments.connections.accounts_api import router as accounts
from kontor_payments.connections.api import router as connections
from kontor_payments.connections.service import Providers
from kontor_payments.consumers import consumers
from kontor_payments.dependencies import Dependencies
from kontor_payments.events import AGGREGATES
from kontor_payments.jobs import run_jobs
from kontor_payments.methods.api import router as saved_methods
from kontor_payments.methods.charges_api import router as charges
from kontor_payments.paylinks.api import router as pay_links
from kontor_payments.payouts.api import router as payouts
from kontor_payments.providers.transfer import router as transfer
from kontor_payments.receipts.api import router as receipts
from kontor_payments.refunds.staff import router as refunds
from kontor_payments.settings import Settings
from kontor_payments.statements.api import router as statements
from kontor_payments.statements.folder import STUCK
from kontor_payments.statements.jobs import run_statements
from kontor_payments.trees.api import router as trees
from kontor_payments.trees.service import count_trees
from kontor_payments.webhooks.api import router as webhooks
from kontor_payments.webhooks.jobs import delete_old_bodies
from kontor_service.aggregates import snapshots_router
from kontor_service.app import build_app
from kontor_service.bus import on_the_bus
from kontor_service.ingest import ingest
from kontor_service.stuck import counts_stuck

_SWEEP_SECONDS = 20.0
_TREES_SECONDS = 300.0


def create_app(settings: Settings) -> FastAPI:
    return build_app(
        settings,
        title="Kontor payments",
        routers=[
            checkouts,
            bookings,
            refunds,
            receipts,
            pay_links,
            saved_methods,
            charges,
            transfer,
            connections,
            accounts,
            webhooks,
            statements,
            payouts,
            trees,
            snapshots_router(
                AGGREGATES, "merchants_with_receivables", "merchants_with_statements", "merchants_with_connections"
            ),
        ],
        resources=[
            _providers,
            on_the_bus(_consumers),
            _jobs,
            ingest("payments", ingest_message),
            counts_stuck("payments"),
        ],
    )


@asynccontextmanager
async def _providers(app: FastAPI) -> AsyncIterator[None]:
    providers = Providers(app.state.settings, app.state.db)
    app.state.dependencies = Dependencies(app.state.db, app.state.clock, providers, asyncio.Event(), asyncio.Event())
    yield
    await providers.close()


def _consumers(app: FastAPI) -> list[Copy]:
    settings: Settings = app.state.settings
    sandbox_default = settings.environment == "development" and bool(settings.sandbox_url)
    return consumers(app.state.dependencies, sandbox_default=sandbox_default)


@asynccontextmanager
async def _jobs(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    state.background.start("payments_jobs", lambda: run_jobs(app))
    stuck_files = Gauge(STUCK, "files in the statement folder that cannot be read", registry=state.registry)
    state.background.start("bank_statements", lambda: run_statements(app, stuck_files))
    state.background.every(_SWEEP_SECONDS, "sweep", lambda: sweep(state.dependencies))
    state.background.every(3600.0, "old webhooks", lambda: delete_old_bodies(state.dependencies))
    state.background.every(_TREES_SECONDS, "trees", lambda: count_trees(state.dependencies))
    yield

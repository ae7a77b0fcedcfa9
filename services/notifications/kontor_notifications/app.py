"""Composition root: settings in, ASGI app out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI
from prometheus_client import Counter

from kontor_notifications.consumers import consumers
from kontor_notifications.events import AGGREGATES
from kontor_notifications.feed import api as feed
from kontor_notifications.mails import api as mails
from kontor_notifications.mails.finished import forget_old_bodies
from kontor_notifications.mails.owners import Owners
from kontor_notifications.mails.queue import Queue
from kontor_notifications.mails.sender import Sender
from kontor_notifications.settings import Settings
from kontor_notifications.templates import api as templates
from kontor_service.aggregates import snapshots_router
from kontor_service.app import build_app
from kontor_service.bus import on_the_bus
from kontor_service.stuck import counts_stuck


def create_app(settings: Settings) -> FastAPI:
    app = build_app(
        settings,
        title="Kontor notifications",
        routers=[templates.router, mails.router, feed.router, snapshots_router(AGGREGATES, "merchants")],
        resources=[
            owners,
            on_the_bus(lambda app: consumers(app.state.db, app.state.queue)),
            senders,
            counts_stuck("mails"),
        ],
    )
    app.state.queue = Queue(
        settings.mail_from.rpartition("@")[2],
        timedelta(seconds=settings.bundle_pause_seconds),
        timedelta(seconds=settings.bundle_at_most_seconds),
    )
    return app


@asynccontextmanager
async def owners(app: FastAPI) -> AsyncIterator[None]:
    app.state.owners = Owners(app.state.settings, app.state.source)
    yield
    await app.state.owners.close()


@asynccontextmanager
async def senders(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    mails = Counter("kontor_mails", "Attempts to send a mail", ["state", "error"], registry=state.registry)
    for name, urgent in (("urgent", True), ("all", False)):
        sender = Sender(state.settings, state.db, state.owners, state.queue, mails, urgent=urgent)
        state.background.start(f"mail sender {name}", sender.run)
    state.background.every(3600.0, "old mails", lambda: forget_old_bodies(state.db))
    yield

"""Composition root: settings in, ASGI app out."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from socket import socket

from fastapi import FastAPI
from prometheus_client import Counter

from kontor_notifications.consumers import consumers
from kontor_notifications.events import AGGREGATES
from kontor_notifications.feed import api as feed
from kontor_notifications.intake import api as intake_api
from kontor_notifications.intake import deliver
from kontor_notifications.intake.imap import keep_polling
from kontor_notifications.intake.receive import Intake
from kontor_notifications.intake.smtp import listening
from kontor_notifications.mails import api as mails
from kontor_notifications.mails.finished import delete_old_bodies
from kontor_notifications.mails.owners import Owners
from kontor_notifications.mails.queue import Pauses, Queue
from kontor_notifications.mails.reminders import remind
from kontor_notifications.mails.sender import Sender
from kontor_notifications.settings import Settings
from kontor_notifications.templates import api as templates
from kontor_service.aggregates import snapshots_router
from kontor_service.app import build_app
from kontor_service.bus import on_the_bus
from kontor_service.stuck import counts_stuck

_REMINDERS_SECONDS = 300.0


def create_app(settings: Settings, intake_socket: socket | None = None) -> FastAPI:
    """`intake_socket`: where mail comes in by SMTP, in the place of the port of the settings."""
    app = build_app(
        settings,
        title="Kontor notifications",
        routers=[
            templates.router,
            mails.router,
            intake_api.router,
            feed.router,
            snapshots_router(AGGREGATES, "merchants"),
        ],
        resources=[
            owners,
            on_the_bus(lambda app: consumers(app.state.db, app.state.queue)),
            senders,
            partial(intake, intake_socket),
            counts_stuck("mails"),
            counts_stuck("incoming_mails"),
        ],
    )
    app.state.queue = Queue(
        settings.mail_from.rpartition("@")[2],
        documents=_pauses(settings.bundle_pause_seconds, settings.bundle_at_most_seconds),
        comments=_pauses(settings.comment_pause_seconds, settings.comment_at_most_seconds),
    )
    return app


def _pauses(pause: float, at_most: float) -> Pauses:
    return Pauses(timedelta(seconds=pause), timedelta(seconds=at_most))


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
    state.background.every(_REMINDERS_SECONDS, "reminders", lambda: remind(state.db, state.queue, state.clock))
    state.background.every(3600.0, "old mails", lambda: delete_old_bodies(state.db))
    yield


@asynccontextmanager
async def intake(given: socket | None, app: FastAPI) -> AsyncIterator[None]:
    """The ways in for answers, where an address for them is set, and handing them on. app.state.intake_port: where SMTP listens."""
    state, settings = app.state, app.state.settings
    state.background.start("incoming mails", deliver.Delivery(state.db, state.owners).run)
    state.background.every(3600.0, "old incoming mails", lambda: deliver.delete_old_bodies(state.db))
    mails = Counter("kontor_incoming_mails", "Mails that came in", ["outcome"], registry=state.registry)
    async with AsyncExitStack() as stack:
        if settings.intake_address:
            state.intake = Intake(settings, state.db, mails)
            if given or settings.intake_port:
                state.intake_port = await stack.enter_async_context(listening(settings, state.intake, given))
            if settings.imap_host:
                state.background.start("mailbox", lambda: keep_polling(settings, state.intake))
        yield

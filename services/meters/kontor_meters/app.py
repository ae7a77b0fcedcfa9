"""Composition root of meters: settings in, ASGI app out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from kontor_meters import aggregates
from kontor_meters.batches import files
from kontor_meters.batches import incoming as incoming_readings
from kontor_meters.batches.dependencies import AT_ONCE, dependencies
from kontor_meters.batches.jobs import store_files
from kontor_meters.consumers import consumers
from kontor_meters.consumption.jobs import keep_sums
from kontor_meters.intervals import days
from kontor_meters.meters import incoming as incoming_meters
from kontor_meters.meters import removal
from kontor_meters.meters import service as meters
from kontor_meters.readings import entry, photos, review
from kontor_meters.requests import service as requests
from kontor_meters.requests.jobs import follow_the_calendar
from kontor_meters.settings import Settings
from kontor_meters.stickers import service as stickers
from kontor_meters.wake import Wake
from kontor_service.app import build_app
from kontor_service.bus import on_the_bus
from kontor_service.ingest import ingest
from kontor_service.stuck import counts_stuck


def create_app(settings: Settings) -> FastAPI:
    app = build_app(
        settings,
        title="Kontor meters",
        routers=[
            meters.router, removal.router, incoming_meters.router, entry.router, review.router, photos.router,
            requests.router, stickers.router, files.router, incoming_readings.router, days.router, aggregates.router,
        ],
        resources=[
            dependencies,
            on_the_bus(lambda app: consumers(app.state.db, app.state.clock)),
            ingest("readings", incoming_readings.accept, at_once=AT_ONCE),
            ingest("meters", incoming_meters.accept),
            _jobs,
            counts_stuck("readings"),
        ],
        files=True,
    )  # fmt: skip
    # Set by whatever gives the jobs something to do.
    app.state.wake = Wake()
    return app


@asynccontextmanager
async def _jobs(app: FastAPI) -> AsyncIterator[None]:
    state = app.state
    calendar = partial(follow_the_calendar, state.db, state.clock)
    state.background.start("requests", partial(state.wake.each, state.settings.jobs_every, calendar))
    state.background.start("consumption", partial(keep_sums, app))
    state.background.start("batches", partial(store_files.run, app))
    yield

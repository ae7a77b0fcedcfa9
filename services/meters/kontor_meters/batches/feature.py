"""What the app takes from here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from kontor_meters.batches import bus, running
from kontor_meters.batches.api import router as batches
from kontor_meters.batches.bulk import AT_ONCE, bulk
from kontor_meters.batches.incoming_api import router as incoming
from kontor_meters.intervals.days import router as series
from kontor_service.bus import takes


@asynccontextmanager
async def _jobs(app: FastAPI) -> AsyncIterator[None]:
    app.state.background.start("batches", lambda: running.run(app))
    yield


ROUTERS = [batches, incoming, series]
RESOURCES = [bulk]
# Once everything they need is there.
DOORS = [takes("readings", lambda app: partial(bus.take, app), at_once=AT_ONCE), _jobs]

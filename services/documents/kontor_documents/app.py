"""Composition root of the documents service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from kontor_documents.consumers import consumers
from kontor_documents.einvoice.validate import Validator
from kontor_documents.intake.api import router as intake
from kontor_documents.intake.bus import take
from kontor_documents.parts import Parts
from kontor_documents.production.branding import Brandings
from kontor_documents.reading.api import router as reading
from kontor_documents.release.api import router as release
from kontor_documents.release.waiting import settle_noted
from kontor_documents.settings import Settings
from kontor_documents.snapshots.api import router as snapshots
from kontor_service.app import build_app
from kontor_service.bus import on_the_bus, takes
from kontor_service.client import ServiceClient

# So long a waiting document stays where it is after something has changed around it.
_LOOK_SECONDS = 1.0


def create_app(settings: Settings) -> FastAPI:
    return build_app(
        settings,
        title="Kontor documents",
        routers=[intake, release, reading, snapshots],
        resources=[
            _parts,
            on_the_bus(lambda app: consumers(app.state.parts)),
            takes("documents", lambda app: partial(take, app.state.parts)),
        ],
        files=True,
    )


@asynccontextmanager
async def _parts(app: FastAPI) -> AsyncIterator[None]:
    validator = Validator()
    async with ServiceClient(app.state.settings.url_of("identity")) as identity:
        app.state.parts = Parts(
            db=app.state.db,
            files=app.state.files,
            clock=app.state.clock,
            validator=validator,
            brandings=Brandings(identity),
        )
        app.state.background.every(_LOOK_SECONDS, "waiting", lambda: settle_noted(app.state.parts))
        yield
    validator.close()

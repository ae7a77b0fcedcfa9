"""Composition root of the documents service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kontor_documents import unused_files
from kontor_documents.comments.api import router as comments
from kontor_documents.consumers import consumers
from kontor_documents.dependencies import Dependencies
from kontor_documents.einvoice.validate import Validator
from kontor_documents.events import AGGREGATES
from kontor_documents.intake.api import router as intake
from kontor_documents.intake.bus import ingest_message
from kontor_documents.intake.calculation import router as calculations
from kontor_documents.intake.reproject import router as reprojections
from kontor_documents.notes.api import router as notes
from kontor_documents.production.branding import Brandings
from kontor_documents.quote_files.api import router as quote_files
from kontor_documents.quote_templates.api import router as quote_templates
from kontor_documents.quotes import jobs
from kontor_documents.quotes.api import router as quotes
from kontor_documents.quotes.evidence_api import router as quote_evidence
from kontor_documents.read_marks.api import router as read_marks
from kontor_documents.refunds.jobs import credit_refunds
from kontor_documents.release import waiting
from kontor_documents.release.api import router as release
from kontor_documents.settings import Settings
from kontor_documents.standing.api import router as standing
from kontor_documents.views.api import router as views
from kontor_service.aggregates import snapshots_router
from kontor_service.app import build_app
from kontor_service.bus import on_the_bus
from kontor_service.client import ServiceClient
from kontor_service.ingest import ingest
from kontor_service.stuck import counts_stuck

_SWEEP_SECONDS = 20.0
_QUOTE_SECONDS = 2.0
_REFUND_SECONDS = 1.0
_HOUR_SECONDS = 3600.0


def create_app(settings: Settings) -> FastAPI:
    return build_app(
        settings,
        title="Kontor documents",
        routers=[
            intake,
            calculations,
            release,
            quotes,
            quote_templates,
            quote_files,
            quote_evidence,
            views,
            comments,
            notes,
            read_marks,
            standing,
            reprojections,
            snapshots_router(AGGREGATES, "merchants_with_documents", "merchants_with_standing_documents"),
        ],
        resources=[
            _dependencies,
            on_the_bus(lambda app: consumers(app.state.dependencies)),
            ingest("documents", ingest_message),
            counts_stuck("documents"),
        ],
        files=True,
    )


@asynccontextmanager
async def _dependencies(app: FastAPI) -> AsyncIterator[None]:
    validator = Validator()
    async with ServiceClient(app.state.settings.url_of("identity")) as identity:
        app.state.dependencies = Dependencies(
            db=app.state.db,
            files=app.state.files,
            clock=app.state.clock,
            validator=validator,
            brandings=Brandings(identity),
            wake=asyncio.Event(),
        )
        app.state.background.start("waiting", lambda: waiting.run(app.state.dependencies))
        app.state.background.every(_QUOTE_SECONDS, "quotes", lambda: jobs.follow(app.state.dependencies))
        app.state.background.every(_REFUND_SECONDS, "refunds", lambda: credit_refunds(app.state.dependencies))
        app.state.background.every(
            _HOUR_SECONDS, "unused files", lambda: unused_files.delete_unused(app.state.dependencies)
        )
        app.state.background.every(_SWEEP_SECONDS, "sweep", lambda: waiting.sweep(app.state.dependencies))
        yield
    validator.close()

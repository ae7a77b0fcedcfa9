"""What a service's background steps do not get done, as a metric that an alert watches."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_client import Gauge

from kontor_service.app import Resource

_SECONDS = 20.0


def counts_stuck(what: str) -> Resource:
    """Keeps the gauge `kontor_<what>_stuck` at what the service's SQL function `<what>_stuck()` counts, of all merchants."""

    @asynccontextmanager
    async def resource(app: FastAPI) -> AsyncIterator[None]:
        gauge = Gauge(f"kontor_{what}_stuck", f"{what} that do not get on", registry=app.state.registry)

        async def count() -> None:
            async with app.state.db.connection() as connection:
                gauge.set(await connection.fetchval(f"SELECT {what}_stuck()"))

        app.state.background.every(_SECONDS, f"{what} stuck", count)
        yield

    return resource

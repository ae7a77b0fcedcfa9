"""A double as an ASGI app: the provider's API and pages, its webhooks, and control of its behaviour."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fastapi import FastAPI

from kontor_bus.supervision import Background
from kontor_provider_doubles.control import router as control
from kontor_provider_doubles.delivery import deliver_for_ever
from kontor_provider_doubles.double import Double
from kontor_provider_doubles.paypal.double import PAYPAL
from kontor_provider_doubles.settings import DoubleSettings
from kontor_provider_doubles.store import Store
from kontor_provider_doubles.stripe.double import STRIPE
from kontor_service import outside_pages

_TICK = 0.2


PROVIDERS: Mapping[str, Double] = {"stripe": STRIPE, "paypal": PAYPAL}


def create_app(provider: str, settings: DoubleSettings) -> FastAPI:
    double, background = PROVIDERS[provider], Background()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = app.state.store = Store(settings.database(provider))
        background.start("double_webhooks", lambda: deliver_for_ever(store, double.sign))
        background.start("double_time", lambda: _tick(app, double))
        yield
        await background.stop()
        store.close()

    app = FastAPI(title=f"Double of {provider}", version="1", lifespan=lifespan, openapi_url=None)
    app.state.settings, app.state.public_url = settings, settings.address(provider)
    for router in (*double.routers, control, outside_pages.router):
        app.include_router(router)
    double.prepare(app)

    @app.get("/health/{probe}")
    async def health(probe: str) -> dict[str, str]:
        return {"status": "ok"}

    return app


async def _tick(app: FastAPI, double: Double) -> None:
    while True:
        double.apply_due_changes(app)
        await asyncio.sleep(_TICK)

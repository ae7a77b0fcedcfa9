"""The sandbox provider as an ASGI app: API, hosted page, console, webhooks. Port 8020."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from kontor_bus.supervision import Background
from kontor_sandbox import api, console, pages, rules, webhooks
from kontor_sandbox.model import Checkout, now
from kontor_sandbox.settings import SandboxSettings
from kontor_sandbox.store import Store
from kontor_service import outside_pages

_TICK = 0.5


def create_app(settings: SandboxSettings) -> FastAPI:
    background = Background()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = app.state.store = Store(settings.database, settings.public_url)
        background.start("sandbox_webhooks", lambda: webhooks.deliver_for_ever(store))
        background.start("sandbox_time", lambda: _let_time_pass(store))
        yield
        await background.stop()
        store.close()

    app = FastAPI(title="Sandbox payment provider", version="1", lifespan=lifespan)
    app.state.settings = settings
    for router in (api.router, pages.router, console.router, outside_pages.router):
        app.include_router(router)
    app.add_exception_handler(rules.NotOpen, _not_open)
    app.add_exception_handler(rules.TooMuch, _too_much)

    @app.get("/health/{probe}", include_in_schema=False)
    async def health(probe: str) -> dict[str, str]:
        return {"status": "ok"}

    return app


async def _let_time_pass(store: Store) -> None:
    """Settles what is due and ends what nobody paid."""
    while True:
        for checkout in store.due(now()):
            webhooks.change(store, checkout.id, _due)
        await asyncio.sleep(_TICK)


def _due(checkout: Checkout) -> list[str]:
    at = now()
    if any(payment.settle_at and payment.settle_at <= at for payment in checkout.payments):
        return rules.settle(checkout, None, at)
    if checkout.state in ("open", "approved") and checkout.expires_at <= at:
        return rules.expire(checkout)
    return []


async def _not_open(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": {"code": "checkout_not_open", "state": str(error)}}, status_code=409)


async def _too_much(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": {"code": "refund_exceeds_payment"}}, status_code=422)

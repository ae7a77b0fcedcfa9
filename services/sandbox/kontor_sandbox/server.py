"""The sandbox provider as an ASGI app: API, hosted page, console, webhooks. Port 8020."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from kontor_bus.supervision import Background
from kontor_sandbox import api, console, pages, rules, store, webhooks
from kontor_sandbox.model import Checkout, now
from kontor_sandbox.settings import SandboxSettings

_TICK = 0.5


def create_app(settings: SandboxSettings | None = None) -> FastAPI:
    """Settings come from KONTOR_SANDBOX_… unless they are given."""
    chosen = settings or SandboxSettings()
    storage = store.Store(chosen.database_url.get_secret_value())
    background = Background()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await storage.open()
        background.start("sandbox_webhooks", lambda: webhooks.deliver_for_ever(storage))
        background.start("sandbox_time", lambda: _let_time_pass(storage, chosen.public_url))
        yield
        await background.stop()
        await storage.close()

    app = FastAPI(title="Sandbox payment provider", version="1", lifespan=lifespan)
    app.state.settings = chosen
    app.state.store = storage
    app.include_router(api.router)
    app.include_router(pages.router)
    app.include_router(console.router)
    app.add_exception_handler(rules.NotOpen, _not_open)
    app.add_exception_handler(rules.TooMuch, _too_much)

    @app.get("/health/{probe}", include_in_schema=False)
    async def health(probe: str) -> dict[str, str]:
        return {"status": "ok"}

    return app


async def _let_time_pass(storage: store.Store, public_url: str) -> None:
    """Settles what is due and ends what nobody paid."""
    while True:
        for checkout_id in await storage.run(lambda connection: store.to_wake(connection, now())):
            await storage.run(partial(webhooks.change, checkout_id=checkout_id, step=_due, public_url=public_url))
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

"""Starting a checkout: from the command at payments to its answer, without what the provider needs of it.

payments, PostgreSQL and the sandbox provider in one process, each on its socket; one checkout after the other.
"""

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from kontor_sandbox.server import create_app as create_sandbox
from kontor_sandbox.settings import SandboxSettings
from kontor_testing.serving import free_port, serving
from tests.bench.payments_world import PaymentsWorld, payments_world

CHECKOUTS = 300
OF_SEVERAL = 5
TARGET_MS = 25.0
_WARM_UP = 20


async def run() -> list[dict[str, Any]]:
    """p99 in milliseconds, of one invoice and of several paid at once."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "sandbox.db"
        sandbox = create_sandbox(SandboxSettings(environment="development", database=database, public_url=url))
        async with serving(sandbox, port=port), payments_world(sandbox_url=url) as world:
            provider = _clocked(world)
            return [
                _row("one invoice", await _measured(world, provider, 1)),
                _row(f"{OF_SEVERAL} invoices", await _measured(world, provider, OF_SEVERAL)),
            ]


def _row(what: str, found: list[float]) -> dict[str, Any]:
    p99 = statistics.quantiles(found, n=100)[98]
    return {
        "name": f"starting a checkout of {what}, without the provider's time, p99", "value": round(p99, 1),
        "reference": TARGET_MS, "ratio": round(p99 / TARGET_MS, 3), "target": "<= 1", "unit": "ms",
        "p50": round(statistics.median(found), 1), "checkouts": len(found),
    }  # fmt: skip


@dataclass
class _Clocked:
    """The sandbox's transport, which notes how long the provider took."""

    inner: httpx.AsyncBaseTransport
    seconds: float = 0.0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        began = time.perf_counter()
        try:
            response = await self.inner.handle_async_request(request)
            await response.aread()
            return response
        finally:
            self.seconds += time.perf_counter() - began

    async def aclose(self) -> None:
        await self.inner.aclose()


def _clocked(world: PaymentsWorld) -> _Clocked:
    spoken_to = world.app.state.dependencies.providers._sandbox
    spoken_to._transport = clocked = _Clocked(spoken_to._transport)
    return clocked


async def _measured(world: PaymentsWorld, provider: _Clocked, many: int) -> list[float]:
    """Milliseconds of each start, after some that warm up."""
    return [await _start(world, provider, many) for _ in range(CHECKOUTS + _WARM_UP)][_WARM_UP:]


async def _start(world: PaymentsWorld, provider: _Clocked, many: int) -> float:
    ids = [await world.invoice() for _ in range(many)]
    # What follows from the invoices is no part of it.
    await world.app.state.bus.idle()
    wanted = {"documents": ids, "method": "card", "return_url": "http://localhost:9/zurueck"}
    headers = world.acting("contact", "documents:pay")
    before, began = provider.seconds, time.perf_counter()
    answer = await world.http.post("/v1/checkouts", json=wanted, headers=headers)
    took = time.perf_counter() - began - (provider.seconds - before)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    return took * 1_000

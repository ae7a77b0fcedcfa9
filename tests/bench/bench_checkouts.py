"""Starting a checkout: from the command at payments to its answer, without what the provider needs of it.

payments, PostgreSQL and the sandbox provider in one process, each on its socket; one checkout after the other.
"""

import base64
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from kontor.documents.v1 import documents_pb2 as documents
from kontor.identity.v1 import identity_pb2 as identity
from kontor_bus import Envelope
from kontor_events.registry import type_of
from kontor_payments.app import create_app
from kontor_payments.consumers import consumers
from kontor_payments.settings import Settings
from kontor_sandbox.server import create_app as create_sandbox
from kontor_sandbox.settings import SandboxSettings
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal
from kontor_testing.postgres import Databases, postgres_server
from kontor_testing.serving import free_port, serving

CHECKOUTS = 300
OF_SEVERAL = 5
TARGET_MS = 25.0
_WARM_UP = 20
_MERCHANT, _CUSTOMER = uuid7(), uuid7()


async def run() -> list[dict[str, Any]]:
    """p99 in milliseconds, of one invoice and of several paid at once."""
    async with _payments() as world:
        await world.register()
        return [
            _row("one invoice", await world.measured(1)),
            _row(f"{OF_SEVERAL} invoices", await world.measured(OF_SEVERAL)),
        ]


def _row(what: str, found: list[float]) -> dict[str, Any]:
    p99 = statistics.quantiles(found, n=100)[98]
    return {
        "name": f"starting a checkout of {what}, without the provider's time, p99", "value": round(p99, 1),
        "reference": TARGET_MS, "ratio": round(p99 / TARGET_MS, 3), "target": "<= 1", "unit": "ms",
        "p50": round(statistics.median(found), 1), "checkouts": len(found),
    }  # fmt: skip


class _Tokens:
    """Takes the claims as they are: what identity signs is not measured here."""

    async def verify(self, token: str) -> Principal:
        return Principal.model_validate(json.loads(base64.urlsafe_b64decode(token)))

    async def close(self) -> None:
        return


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


@dataclass
class _World:
    app: FastAPI
    http: httpx.AsyncClient
    provider: _Clocked
    headers: dict[str, str] = field(default_factory=dict)

    async def register(self) -> None:
        values = {"name": "Muster GmbH", "iban": "DE75512108001245126199", "payments_enabled": True, "slug": "muster"}
        state = identity.Merchant(id=str(_MERCHANT), merchant_id=str(_MERCHANT), epoch=1, version=1, **values)
        await self._hear(identity.MerchantSettingsChanged(merchant=state))
        claims = {
            "sub": f"contact:{uuid4()}", "kind": "contact", "rights": ["documents:pay"], "merchant": str(_MERCHANT),
            "customers": [str(_CUSTOMER)],
        }  # fmt: skip
        token = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode()
        self.headers = {"Authorization": f"Bearer {token}"}

    async def measured(self, many: int) -> list[float]:
        """Milliseconds of each start, after some that warm up."""
        return [await self._start(many) for _ in range(CHECKOUTS + _WARM_UP)][_WARM_UP:]

    async def _start(self, many: int) -> float:
        ids = [await self._invoice() for _ in range(many)]
        # What follows from the invoices is no part of it.
        await self.app.state.bus.idle()
        wanted = {"documents": ids, "method": "card", "return_url": "http://localhost:9/zurueck"}
        before, began = self.provider.seconds, time.perf_counter()
        answer = await self.http.post("/v1/checkouts", json=wanted, headers=self.headers)
        took = time.perf_counter() - began - (self.provider.seconds - before)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        return took * 1_000

    async def _invoice(self) -> str:
        document = uuid7()
        state = documents.Document(
            id=str(document), merchant_id=str(_MERCHANT), epoch=1, version=1, type="invoice", number=f"RE-{document}",
            state="shared", customer_id=str(_CUSTOMER), thread_id=str(document), currency="EUR", gross_minor=11900,
            amount_due_minor=11900, due_date="2030-01-01",
        )  # fmt: skip
        await self._hear(documents.DocumentShared(document=state))
        return str(document)

    async def _hear(self, message: Any) -> None:
        envelope = Envelope(
            id=uuid7(), type=type_of(message), source="bench", subject="", time=datetime.now(UTC), merchant_id=_MERCHANT,
            traceparent=None, body=message.SerializeToString(),
        )  # fmt: skip
        for consumer in consumers(self.app.state.dependencies, sandbox_default=True):
            await consumer.apply([envelope])


@asynccontextmanager
async def _payments() -> AsyncIterator[_World]:
    port, provider_port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder, postgres_server() as server:
        databases = Databases(server)
        database, bus_url = await databases.create("payments"), await databases.empty()
        provider_url = f"http://127.0.0.1:{provider_port}"
        app = create_app(
            Settings(
                environment="development", database_url=database.runtime, bus_url=bus_url, service_secret="bench",
                sandbox_url=provider_url, webhook_url=f"http://127.0.0.1:{port}/v1/webhooks",
            )
        )  # fmt: skip
        app.state.tokens = _Tokens()
        sandbox = create_sandbox(
            SandboxSettings(environment="development", database=Path(folder) / "sandbox.db", public_url=provider_url)
        )
        async with (
            serving(sandbox, port=provider_port),
            serving(app, port=port) as url,
            httpx.AsyncClient(base_url=url, timeout=30) as http,
        ):
            spoken_to = app.state.dependencies.providers._sandbox
            spoken_to._transport = clocked = _Clocked(spoken_to._transport)
            yield _World(app, http, clocked)

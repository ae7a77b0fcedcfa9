"""Meters running on a real PostgreSQL, called over loopback; each test brings a merchant of its own."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from google.protobuf.json_format import MessageToDict

from kontor.identity.v1 import identity_pb2 as identity
from kontor_bus import Envelope
from kontor_events.registry import class_of, type_of
from kontor_meters.app import create_app
from kontor_meters.consumers import consumers
from kontor_meters.settings import Settings
from kontor_service.clock import Clock
from kontor_service.ids import uuid7
from kontor_testing.postgres import Databases
from kontor_testing.serving import serving
from kontor_testing.tokens import TokenSigner

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


@dataclass
class Installation:
    app: FastAPI
    http: httpx.AsyncClient
    signer: TokenSigner
    clock: Clock
    bus_url: str


@dataclass
class World:
    """One merchant with a customer."""

    app: FastAPI
    http: httpx.AsyncClient
    signer: TokenSigner
    clock: Clock
    merchant: UUID = field(default_factory=uuid7)
    customer: UUID = field(default_factory=uuid7)
    _versions: dict[UUID, int] = field(default_factory=dict)

    async def register(self, **changes: Any) -> None:
        """Identity's word about the merchant arrives."""
        key = self.merchant
        values = {"slug": f"m{key.hex[-12:]}", "time_zone": "Europe/Berlin"} | changes
        state = identity.Merchant(id=str(key), merchant_id=str(key), epoch=1, version=self._next(key), **values)
        await self._apply(envelope(identity.MerchantRegistered(merchant=state), key))

    async def meet(self, customer: UUID, number: str, **changes: Any) -> None:
        """Identity's word about a customer arrives."""
        state = identity.Customer(
            id=str(customer), merchant_id=str(self.merchant), epoch=1, version=self._next(customer), number=number,
            **changes,
        )  # fmt: skip
        event = envelope(identity.CustomerChanged(customer=state), self.merchant)
        await self._apply(event)

    async def _apply(self, event: Envelope) -> None:
        for consumer in consumers(self.app.state.db, self.clock):
            await consumer.apply([event])

    def _next(self, key: UUID) -> int:
        self._versions[key] = self._versions.get(key, 0) + 1
        return self._versions[key]

    def staff(self, merchant: UUID | None = None) -> dict[str, str]:
        rights = ("meters:edit", "meters:read")
        return self.signer.token("meters", *rights, merchant=merchant or self.merchant, name="Eva")

    def person(self, *customers: UUID, **claims: Any) -> dict[str, str]:
        owned = list(customers) or [self.customer]
        return self.signer.token(
            "meters", "meters:enter", merchant=self.merchant, kind="contact", customers=owned, **claims
        )

    def link(self, resource: str) -> dict[str, str]:
        return self.signer.token("meters", "meters:enter", merchant=self.merchant, kind="link", resource=resource)

    def system(self) -> dict[str, str]:
        return self.signer.token("meters", "meters:submit", merchant=self.merchant, kind="key", name="ERP")

    def service(self) -> dict[str, str]:
        return self.signer.token("meters", "service", merchant=self.merchant, kind="service")

    async def add(self, **fields: Any) -> dict[str, Any]:
        """A meter of the customer's, with one register unless told otherwise; its state."""
        answer = await self.http.post("/v1/meters", json=self.wanted(self.customer, **fields), headers=self.staff())
        assert answer.status_code == 201, answer.text
        return self.state(answer.json())

    @staticmethod
    def wanted(customer: UUID | None = None, **fields: Any) -> dict[str, Any]:
        values: dict[str, Any] = {
            "number": f"1ESY{uuid7().hex[-10:]}",
            "kind": "electricity",
            "in_use_from": "2024-01-01",
            "registers": [{"obis": "1-0:1.8.0", "unit": "kWh", "digits_before": 6, "digits_after": 1}],
        }
        if customer is not None:
            values["customer_id"] = str(customer)
        return values | fields

    @staticmethod
    def state(result: dict[str, Any]) -> dict[str, Any]:
        """What a command's answer says about its aggregate, as the contract's JSON."""
        snapshot = result["snapshot"]
        message = class_of(snapshot["type"]).FromString(base64.b64decode(snapshot["data"]))
        whole = MessageToDict(message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
        return dict(next(iter(whole.values())))

    async def enter(self, meter: dict[str, Any], value: str, **fields: Any) -> dict[str, Any]:
        """The result of one reading, of the meter's first register, entered by the customer."""
        headers = fields.pop("headers", None) or self.person()
        body = {"register_id": meter["registers"][0]["id"], "value": value} | fields
        answer = await self.http.post("/v1/readings", json={"readings": [body]}, headers=headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json()["results"][0])

    async def read(self, meter: dict[str, Any], *points: tuple[str, str]) -> None:
        """Staff enter (day, value), and are right."""
        for day, value in points:
            result = await self.enter(meter, value, taken_on=day, insist=True, headers=self.staff())
            assert result["outcome"] == "stored", result

    async def decide(self, reading: str, what: str, **body: Any) -> httpx.Response:
        return await self.http.post(f"/v1/readings/{reading}/{what}", json=body, headers=self.staff())

    async def sql(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """As the merchant would see it."""
        async with self.app.state.db.connection() as connection, connection.transaction():
            await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(self.merchant))
            return await connection.fetch(query, *values)

    async def told(self, *kinds: type[Any]) -> list[Any]:
        """The events in the outbox, in order; only of these kinds where some are named."""
        names = [type_of(kind) for kind in kinds]
        rows = await self.sql("SELECT type, payload FROM outbox WHERE merchant_id = $1 ORDER BY id", self.merchant)
        return [class_of(r["type"]).FromString(r["payload"]) for r in rows if not names or r["type"] in names]


def envelope(message: Any, merchant: UUID) -> Envelope:
    return Envelope(
        id=uuid7(),
        type=type_of(message),
        source="test",
        subject="",
        time=datetime.now(UTC),
        merchant_id=merchant,
        traceparent=None,
        body=message.SerializeToString(),
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    signer, clock = TokenSigner(), Clock()
    clock.travel_to(NOW)
    database, bus_url = await databases.create("meters"), await databases.empty()
    async with serving(signer.app) as identity_url:
        app = create_app(
            Settings(
                environment="development",
                database_url=database.runtime,
                bus_url=bus_url,
                service_secret="secret",
                service_url=identity_url,
                files_url=f"file://{tmp_path_factory.mktemp('files')}",
                jobs_every=0.2,
            )
        )
        app.state.clock = clock
        async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=60) as http:
            yield Installation(app, http, signer, clock, bus_url)


@pytest_asyncio.fixture(loop_scope="session")
async def world(installation: Installation) -> AsyncIterator[World]:
    made = World(installation.app, installation.http, installation.signer, installation.clock)
    made.clock.travel_to(NOW)
    await made.register()
    await made.meet(made.customer, f"K-{made.customer.hex[-6:]}")
    yield made
    made.clock.travel_to(NOW)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these tests share the running installation, and so its event loop."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)

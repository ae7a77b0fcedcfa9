"""One real service as a process of its own on either transport: with a signer in identity's place, another system at its
door, and another service that listens to what it says."""

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx

from kontor_bus import RETRY_STEPS, Bus, Copy
from kontor_bus.bus import transport_for
from kontor_bus.consumers import Apply, Consumer
from kontor_service.database import Database
from kontor_service.ids import uuid7
from kontor_testing.bus import dead
from kontor_testing.ingest import ConnectedSystem, connected_system
from kontor_testing.killable import Killable
from kontor_testing.postgres import Databases
from kontor_testing.rabbitmq import RabbitMQ
from kontor_testing.serving import free_port, serving
from kontor_testing.tokens import TokenSigner
from kontor_testing.waiting import eventually

_UNPUBLISHED = "SELECT count(*) AS many FROM outbox WHERE published_at IS NULL"


@dataclass
class Stage:
    name: str
    service: Killable
    bus: str
    # The service's database as the superuser, who sees all merchants.
    database: str
    signer: TokenSigner
    http: httpx.AsyncClient
    # The merchant's other system on the vhost `ingest`; None where there is no RabbitMQ.
    system: ConnectedSystem | None
    slug: str
    merchant: UUID = field(default_factory=uuid7)

    async def rows(self, query: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database)
        try:
            found: list[asyncpg.Record] = await connection.fetch(query)
            return found
        finally:
            await connection.close()

    async def verify_nothing_waits(self, consumers: Sequence[Consumer]) -> None:
        """All is told; then the service ends, and nothing is left for it, neither to do nor dead."""

        async def all_told() -> bool:
            return bool((await self.rows(_UNPUBLISHED))[0]["many"] == 0)

        told: bool = await eventually(all_told, within=60)
        assert told
        await self.service.end()
        transport = transport_for(self.bus, self.name, [one.queue for one in consumers], RETRY_STEPS)
        await transport.open()
        try:
            assert await transport.unsettled() == 0
        finally:
            await transport.close()
        assert await dead(self.bus, self.name) == []
        assert await dead(self.bus, "kontor.unrouted") == []


@asynccontextmanager
async def staged(
    name: str,
    databases: Databases,
    rabbitmq: Callable[[], RabbitMQ] | None,
    folder: Path,
    hear: Apply,
    settings: Callable[[str], Mapping[str, str]],
) -> AsyncIterator[Stage]:
    """The service `name`, running. Without RabbitMQ its bus is in PostgreSQL. `hear` gets everything on the bus;
    `settings` are its own, of the service's address."""
    async with AsyncExitStack() as stack:
        slug, url = f"shop-{secrets.token_hex(4)}", f"http://127.0.0.1:{free_port()}"
        bus, system, told = await _bus(databases, rabbitmq, slug)
        made, signer = await databases.create(name), TokenSigner()
        common = {
            "KONTOR_ENVIRONMENT": "development", "KONTOR_DATABASE_URL": made.runtime, "KONTOR_BUS_URL": bus,
            "KONTOR_SERVICE_SECRET": "secret", "KONTOR_PORT": url.rpartition(":")[2],
            "KONTOR_SERVICE_URL": await stack.enter_async_context(serving(signer.app)),
        }  # fmt: skip
        service = Killable(f"kontor_{name}", url, {**common, **told, **settings(url)}, folder / f"{name}.log")
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=url, timeout=30))
        database = urlsplit(databases.server)._replace(path=urlsplit(made.runtime).path).geturl()
        await stack.enter_async_context(_listening(bus, await databases.empty(), hear))
        stack.push_async_callback(service.end)
        await service.start()
        yield Stage(name, service, bus, database, signer, http, system, slug)


async def _bus(
    databases: Databases, rabbitmq: Callable[[], RabbitMQ] | None, slug: str
) -> tuple[str, ConnectedSystem | None, dict[str, str]]:
    if rabbitmq is None:
        return await databases.empty(), None, {}
    broker = rabbitmq()
    ingest = broker.vhost()
    system = connected_system(broker, ingest, slug)
    return broker.url(broker.vhost()), system, {"KONTOR_INGEST_BUS_URL": broker.url(ingest)}


@asynccontextmanager
async def _listening(bus: str, url: str, hear: Apply) -> AsyncIterator[None]:
    """Its queue is there before the first word."""
    database = Database(url)
    await database.open()
    try:
        consumers: list[Any] = [Copy("witness.all", ["#"], hear)]
        async with Bus(bus, service="witness", database=database, consumers=consumers):
            yield
    finally:
        await database.close()

"""Change committed → visible in the portal, over RabbitMQ, at 100 changes a second.

This process is the owner (its database, outbox and relay); the gateway is a process of its own with its copy; RabbitMQ is a
third. A change counts as visible when the row that the portal's functions read has its version.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

import kontor_documents
import kontor_gateway
from kontor.documents.v1 import documents_pb2 as pb
from kontor_bus import Bus, record
from kontor_documents.events import document_state
from kontor_documents.models import Document
from kontor_service.database import Database
from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.ids import uuid7
from kontor_service.migrations import migrate
from kontor_service.provision import provision
from kontor_testing.rabbitmq import rabbitmq_server
from kontor_testing.serving import free_port

RATE = 100
SECONDS = 20
DOCUMENTS = 200
TARGET_MS = 250.0
_LOOK_SECONDS = 0.002
_WARM_UP = 2 * RATE


async def run() -> list[dict[str, Any]]:
    """p99 in milliseconds, from the return of COMMIT to the first look that finds it; looks come every 2 ms."""
    with (
        tempfile.TemporaryDirectory(prefix="kontor-bench-", ignore_cleanup_errors=True) as folder,
        rabbitmq_server() as broker,
    ):
        Path(folder).chmod(0o755)
        with embedded_postgres(Path(folder) / "data") as server:
            delays = await _measure(server, broker.url(broker.vhost()))
    p99 = statistics.quantiles(delays, n=100)[98]
    return [{
        "name": f"change committed → visible, RabbitMQ, {RATE} changes/s, p99", "value": round(p99, 1),
        "reference": TARGET_MS, "ratio": round(p99 / TARGET_MS, 3), "target": "<= 1", "unit": "ms",
        "p50": round(statistics.median(delays), 1), "changes": len(delays),
    }]  # fmt: skip


async def _measure(server: str, bus_url: str) -> list[float]:
    owner = await provision(server, "documents", password="bench")
    edge = await provision(server, "gateway", password="bench")
    await migrate(owner.owner, kontor_documents)
    await migrate(edge.owner, kontor_gateway)
    database = Database(owner.runtime, pool_size=8)
    await database.open()
    copy = await asyncpg.connect(str(edge.copy))
    try:
        async with Bus(bus_url, service="documents", database=database), _gateway(edge, bus_url):
            return (await _changes(database, copy))[_WARM_UP:]
    finally:
        await copy.close()
        await database.close()


async def _changes(database: Database, copy: "asyncpg.Connection[asyncpg.Record]") -> list[float]:
    merchant = uuid7()
    ids = [await _add(database, merchant, number) for number in range(DOCUMENTS)]
    committed: dict[tuple[UUID, int], float] = {}
    delays: list[float] = []
    looking = asyncio.create_task(_look(copy, committed, delays, RATE * SECONDS + _WARM_UP))
    started = time.perf_counter()
    pending = set()
    for number in range(RATE * SECONDS + _WARM_UP):
        await asyncio.sleep(max(0.0, started + number / RATE - time.perf_counter()))
        task = asyncio.create_task(_change(database, merchant, ids[number % DOCUMENTS], committed))
        pending.add(task)
        task.add_done_callback(pending.discard)
    await asyncio.gather(*pending)
    await asyncio.wait_for(looking, 60)
    return delays


async def _add(database: Database, merchant: UUID, number: int) -> UUID:
    document = Document(
        merchant_id=merchant, type="invoice", number=f"RE-{number}", external_id=f"RE-{number}", state="shared",
        source="http", source_sha256="", rendered=True, customer_id=uuid7(), customer_number=str(number),
        buyer_name="Seidel Optik", thread_id=uuid7(), issue_date=date(2026, 11, 21), currency="EUR", net_minor=10000,
        tax_minor=1900, gross_minor=11900, prepaid_minor=0, amount_due_minor=11900, content_sha256="",
        received_at=datetime.now(UTC),
    )  # fmt: skip
    async with database.transaction(merchant) as session:
        session.add(document)
        record(session, pb.DocumentReceived(document=document_state(document, [])))
    return document.id


async def _change(database: Database, merchant: UUID, id: UUID, committed: dict[tuple[UUID, int], float]) -> None:
    async with database.transaction(merchant) as session:
        document = await session.get_one(Document, id, with_for_update=True)
        document.touch()
        version = document.version
        record(session, pb.DocumentChanged(document=document_state(document, [])))
    committed[id, version] = time.perf_counter()


async def _look(
    copy: "asyncpg.Connection[asyncpg.Record]", committed: dict[tuple[UUID, int], float], delays: list[float], all: int
) -> None:
    """A version that a newer one has overtaken counts as visible with that."""
    while len(delays) < all:
        rows = await copy.fetch(
            "SELECT id, version FROM live.document WHERE id = ANY($1)", list({k[0] for k in committed})
        )
        now = time.perf_counter()
        there = {row["id"]: row["version"] for row in rows}
        visible = [key for key in committed if there.get(key[0], 0) >= key[1]]
        delays.extend((now - committed.pop(key)) * 1000 for key in visible)
        await asyncio.sleep(_LOOK_SECONDS)


@asynccontextmanager
async def _gateway(edge: Any, bus_url: str) -> AsyncIterator[None]:
    nobody, management = f"http://127.0.0.1:{free_port()}", free_port()
    settings = {
        "ENVIRONMENT": "development", "DATABASE_URL": edge.runtime, "COPY_DATABASE_URL": edge.copy, "BUS_URL": bus_url,
        "SERVICE_SECRET": "bench", "LOG_LEVEL": "WARNING", "PORT": str(free_port()), "MANAGEMENT_PORT": str(management),
        **{f"{owner}_URL": nobody for owner in ("IDENTITY", "DOCUMENTS", "PAYMENTS", "NOTIFICATIONS")},
    }  # fmt: skip
    environment = os.environ | {f"KONTOR_{name}": value for name, value in settings.items()}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "kontor_gateway", env=environment)
    try:
        async with asyncio.timeout(60), httpx.AsyncClient() as client:
            while not await _ready(client, management):
                await asyncio.sleep(0.1)
        yield
    finally:
        process.terminate()
        await process.wait()


async def _ready(client: httpx.AsyncClient, port: int) -> bool:
    try:
        return (await client.get(f"http://127.0.0.1:{port}/health/ready")).status_code == 200
    except httpx.HTTPError:
        return False

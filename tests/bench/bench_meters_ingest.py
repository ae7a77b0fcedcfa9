"""15-minute values over HTTP and over the bus, checked and summed, against plain COPY of the same rows.

The owner as a process of its own behind its real doors; the reference writes rows that were made before the clock ran
into a plain table with the same columns and key. Both write to the same PostgreSQL, turn by turn in one run.
"""

import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import aio_pika
import asyncpg
import httpx
import orjson

import kontor_meters
from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.ids import uuid7
from kontor_service.migrations import migrate
from kontor_service.provision import ServiceDatabase, provision
from kontor_testing.ingest import ConnectedSystem, connected_system
from kontor_testing.rabbitmq import rabbitmq_server
from kontor_testing.serving import free_port, serving
from kontor_testing.tokens import TokenSigner

METERS, DAYS = 1_000, 10
VALUES = METERS * DAYS * 96
ROUNDS = 3
# Posts under way at a time.
SENDERS = 2
_FIRST_DAY = datetime(2026, 5, 1, tzinfo=UTC)
_STEP = timedelta(minutes=15)
_MERCHANT = UUID("01900000-0000-7000-8000-00000000000a")
_COLUMNS = ("merchant_id", "register_id", "starts_at", "value")
_TARGET = 0.3
_SECRET = "bench-" + "x" * 32


@dataclass(frozen=True)
class Load:
    """The same values as bodies (one a day, below the bus's 1 MiB), and as rows for COPY."""

    bodies: list[bytes]
    rows: list[tuple[UUID, UUID, datetime, int]]


@dataclass(frozen=True)
class Stand:
    owner: asyncpg.Connection
    http: httpx.AsyncClient
    signer: TokenSigner
    system: ConnectedSystem


async def run() -> list[dict[str, Any]]:
    """Rows: values per second, the reference's, and their ratio, each the median of the rounds."""
    over_http: list[tuple[float, float]] = []
    over_bus: list[tuple[float, float]] = []
    async with _stand() as (stand, load):
        # Months, plans and pools are made once in a process's life.
        await _http(stand, load.bodies[:1])
        for _ in range(ROUNDS):
            plain = await _copy(stand, load)
            over_http.append((await _timed(stand, _http(stand, load.bodies)), plain))
            plain = await _copy(stand, load)
            over_bus.append((await _timed(stand, _bus(stand, load.bodies)), plain))
    return [
        _row(f"{VALUES:,} 15-minute values over HTTP, checked and summed, against COPY", over_http),
        _row("the same over the bus (RabbitMQ, vhost ingest)", over_bus),
    ]


def _row(name: str, pairs: list[tuple[float, float]]) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(median(value for value, _ in pairs)),
        "reference": round(median(reference for _, reference in pairs)),
        "ratio": round(median(value / reference for value, reference in pairs), 3),
        "target": _TARGET,
        "unit": "values/s",
    }


async def _copy(stand: Stand, load: Load) -> float:
    await _settle(stand)
    started = time.perf_counter()
    await stand.owner.copy_records_to_table("plain", records=load.rows, columns=_COLUMNS)
    return VALUES / (time.perf_counter() - started)


async def _timed(stand: Stand, work: Any) -> float:
    await _settle(stand)
    started = time.perf_counter()
    await work
    rate = VALUES / (time.perf_counter() - started)
    await _check(stand)
    return rate


async def _settle(stand: Stand) -> None:
    """What the turn before wrote is gone, and what it left to write is written."""
    await stand.owner.execute(
        "TRUNCATE plain, interval_value, interval_day, interval_month, interval_replaced, parked_item, batch_line, batch"
    )
    await stand.owner.execute("TRUNCATE consumption_mark, outbox")
    await stand.owner.execute("CHECKPOINT")


async def _http(stand: Stand, bodies: list[bytes]) -> None:
    waiting = iter(bodies)

    async def send() -> None:
        for body in waiting:
            token = stand.signer.token("meters", "meters:submit", merchant=_MERCHANT, kind="key")
            headers = token | {"Content-Type": "application/json"}
            answer = await stand.http.post("/v1/incoming-readings", content=body, headers=headers)
            assert answer.status_code == 200, answer.text
            assert answer.json()["stored"] == METERS * 96, answer.text[:500]

    await asyncio.gather(*(send() for _ in range(SENDERS)))


async def _bus(stand: Stand, bodies: list[bytes]) -> None:
    async with await aio_pika.connect(stand.system.url) as connection:
        exchange = await (await connection.channel()).get_exchange("ingest", ensure=False)
        for body in bodies:
            message = aio_pika.Message(
                body, user_id=stand.system.user.name, content_type="application/json",
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            )  # fmt: skip
            await exchange.publish(message, f"readings.{stand.system.user.name}", mandatory=True)
    async with asyncio.timeout(300):
        while await stand.owner.fetchval("SELECT coalesce(sum(stored), 0) FROM batch") < VALUES:
            await asyncio.sleep(0.02)


async def _check(stand: Stand) -> None:
    """Every value is there, and the days add up to them."""
    stored = await stand.owner.fetchrow("SELECT count(*), sum(value) FROM interval_value")
    summed = await stand.owner.fetchrow("SELECT sum(count), sum(total) FROM interval_day")
    assert tuple(stored) == tuple(summed), (stored, summed)
    assert stored[0] == VALUES, stored


@asynccontextmanager
async def _stand() -> AsyncIterator[tuple[Stand, Load]]:
    signer = TokenSigner()
    with tempfile.TemporaryDirectory(prefix="kontor-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with embedded_postgres(Path(folder) / "data") as postgres, rabbitmq_server() as rabbitmq:
            vhost = rabbitmq.vhost()
            database = await provision(postgres, "meters", password="bench")
            await migrate(database.owner, kontor_meters)
            async with serving(signer.app) as identity:
                # Superuser: it looks across merchants.
                owner = await asyncpg.connect(_superuser(postgres, database))
                load = await _fill(owner)
                with _serve(database, postgres, rabbitmq.url(vhost), identity, folder) as (url, management):
                    await _ready(management)
                    system = connected_system(rabbitmq, vhost, "bench")
                    async with httpx.AsyncClient(base_url=url, timeout=300) as http:
                        yield Stand(owner, http, signer, system), load
                await owner.close()


def _superuser(server: str, database: ServiceDatabase) -> str:
    return urlunsplit(urlsplit(server)._replace(path=urlsplit(database.runtime).path))


async def _fill(connection: asyncpg.Connection) -> Load:
    """A merchant with its meters, and what they will send."""
    await connection.execute("CREATE TABLE plain (LIKE interval_value, PRIMARY KEY (register_id, starts_at))")
    await connection.execute(
        "INSERT INTO merchant (id, merchant_id, epoch, version, slug, language, time_zone)"
        " VALUES ($1, $1, 1, 1, 'bench', 'de', 'Europe/Berlin')",
        _MERCHANT,
    )
    registers = [uuid7() for _ in range(METERS)]
    await connection.executemany(
        "INSERT INTO meter (id, merchant_id, epoch, version, deleted, number, kind, market_location_id, street, post_code,"
        " city, country, place_detail, label, customer_number, in_use_from, point_id, external_id)"
        " VALUES ($1, $2, 1, 1, false, $3, 'electricity', '', '', '', '', '', '', '', '', '2024-01-01', $1, '')",
        [(register, _MERCHANT, f"1ESY{n:010d}") for n, register in enumerate(registers)],
    )
    await connection.executemany(
        "INSERT INTO register (id, merchant_id, meter_id, position, obis, direction, unit, tariff, digits_before,"
        " digits_after, factor, gas_periods, interval, series_id)"
        " VALUES ($1, $2, $1, 0, '1-0:1.8.0', 'consumption', 'kWh', 'single', 6, 1, 1, '[]', true, $1)",
        [(register, _MERCHANT) for register in registers],
    )
    await connection.execute("ANALYZE meter, register")
    return _made(registers)


def _made(registers: list[UUID]) -> Load:
    dice = random.Random(4711)
    bodies, rows = [], []
    for day in range(DAYS):
        start = _FIRST_DAY + timedelta(days=day)
        runs = []
        for n, register in enumerate(registers):
            # Watt hours of a household's quarter hour.
            values = [min(4_000, int(dice.expovariate(1 / 120))) for _ in range(96)]
            written = [f"{value / 1000:.3f}" for value in values]
            runs.append({"meter": f"1ESY{n:010d}", "obis": "1-0:1.8.0", "start": start.isoformat(), "values": written})
            rows += [(_MERCHANT, register, start + i * _STEP, value * 1000) for i, value in enumerate(values)]
        bodies.append(orjson.dumps({"intervals": runs}))
    assert max(map(len, bodies)) < 1024**2, max(map(len, bodies))
    return Load(bodies, rows)


@contextmanager
def _serve(database: ServiceDatabase, bus: str, ingest: str, identity: str, folder: str) -> Iterator[tuple[str, str]]:
    settings = {
        "ENVIRONMENT": "development", "DATABASE_URL": database.runtime, "BUS_URL": bus, "INGEST_BUS_URL": ingest,
        "SERVICE_SECRET": _SECRET, "SERVICE_URL": identity, "LOG_LEVEL": "WARNING", "FILES_URL": f"file://{folder}/files",
        "PORT": str(free_port()), "MANAGEMENT_PORT": str(free_port()),
    }  # fmt: skip
    environment = os.environ | {f"KONTOR_{name}": value for name, value in settings.items()}
    process = subprocess.Popen([sys.executable, "-m", "kontor_meters"], env=environment)
    try:
        yield f"http://127.0.0.1:{settings['PORT']}", f"http://127.0.0.1:{settings['MANAGEMENT_PORT']}"
        assert process.poll() is None, "meters ended"
    finally:
        process.terminate()
        process.wait(30)


async def _ready(url: str) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient(base_url=url) as http:
        while True:
            try:
                if (await http.get("/health/ready")).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)

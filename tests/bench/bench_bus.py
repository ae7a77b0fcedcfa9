"""The relay against a plain aio-pika publisher, a consumer with inbox and effect against one that only acks.

Same broker, same quorum queues, same messages, one process, one event loop, in one run.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import aio_pika
import asyncpg
from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor_bus import Bus, Effects, Envelope, record
from kontor_bus.schema import INFRASTRUCTURE_SQL
from kontor_service.database import Database
from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.ids import uuid7
from kontor_testing.rabbitmq import rabbitmq_server
from sqlalchemy import text

MESSAGES = 10_000
IN_FLIGHT = 50
MERCHANT = UUID("01900000-0000-7000-8000-00000000000a")
_BOOK = text("INSERT INTO booking (id, merchant_id, document_id) VALUES (:id, :merchant, :document)")


def event() -> DocumentShared:
    """About the size of a real document's state: one KiB."""
    state = Document(id=str(uuid7()), merchant_id=str(MERCHANT), epoch=1, version=1, title="x" * 950)
    return DocumentShared(document=state)


async def book(session: Any, message: DocumentShared, envelope: Envelope) -> None:
    connection = await session.connection()
    await connection.execute(_BOOK, {"id": envelope.id, "merchant": MERCHANT, "document": UUID(message.document.id)})


async def run() -> list[dict[str, Any]]:
    """Two rows: messages per second, the reference's, and their ratio."""
    with tempfile.TemporaryDirectory(prefix="kontor-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with embedded_postgres(Path(folder) / "data") as postgres, rabbitmq_server() as rabbitmq:
            async with _database(postgres) as database:
                url = rabbitmq.url(rabbitmq.vhost())
                relayed = await _relay(url, database)
                consumed = await _consume(url, database)
                plain_published, plain_consumed = await _plain(rabbitmq.url(rabbitmq.vhost()))
    return [
        _row("outbox of 10,000 rows, published and confirmed", relayed, plain_published, 0.5),
        _row("consumer with inbox and effect in PostgreSQL", consumed, plain_consumed, 0.4),
    ]


def _row(name: str, value: float, reference: float, target: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value),
        "reference": round(reference),
        "ratio": round(value / reference, 2),
        "target": target,
        "unit": "messages/s",
    }


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[Database]:
    connection = await asyncpg.connect(url)
    for statement in INFRASTRUCTURE_SQL:
        await connection.execute(statement)
    await connection.execute("CREATE TABLE booking (id uuid PRIMARY KEY, merchant_id uuid, document_id uuid)")
    await connection.close()
    database = Database(url)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def _relay(url: str, database: Database) -> float:
    # The queue has to be there before the first event; its consumer is not to compete for the processor.
    async with Bus(url, service="bench", database=database, consumers=[_effects()]):
        pass
    async with database.transaction(MERCHANT) as session:
        for _ in range(MESSAGES):
            record(session, event(), merchant_id=MERCHANT)
    started = time.perf_counter()
    async with Bus(url, service="bench", database=database):
        await _until(database, "SELECT count(*) = 0 FROM outbox WHERE published_at IS NULL")
        return MESSAGES / (time.perf_counter() - started)


async def _consume(url: str, database: Database) -> float:
    started = time.perf_counter()
    async with Bus(url, service="bench", database=database, consumers=[_effects()]) as bus:
        await _until(database, f"SELECT count(*) = {MESSAGES} FROM booking")
        await bus.idle()
        return MESSAGES / (time.perf_counter() - started)


def _effects() -> Effects:
    return Effects("bench.bookings", {DocumentShared: book})


async def _until(database: Database, question: str) -> None:
    async with asyncio.timeout(120), database.connection() as connection:
        while not await connection.fetchval(question):
            await asyncio.sleep(0.02)


async def _plain(url: str) -> tuple[float, float]:
    body = event().SerializeToString()
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await channel.set_qos(prefetch_count=IN_FLIGHT)
        exchange = await channel.declare_exchange("plain", aio_pika.ExchangeType.TOPIC, durable=True)
        arguments: Any = {"x-queue-type": "quorum", "x-delivery-limit": 20}
        queue = await channel.declare_queue("plain", durable=True, arguments=arguments)
        await queue.bind(exchange, "#")
        published = await _plain_publish(exchange, body)
        return published, await _plain_consume(queue)


async def _plain_publish(exchange: aio_pika.abc.AbstractExchange, body: bytes) -> float:
    numbers = iter(range(MESSAGES))

    async def work() -> None:
        for _ in numbers:
            message = aio_pika.Message(
                body,
                headers={"source": "kontor/documents", "subject": str(uuid7()), "merchant": str(MERCHANT)},
                message_id=str(uuid7()),
                type="documents.document.shared.v1",
                content_type="application/protobuf",
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            )
            await exchange.publish(message, "documents.document.shared.v1", mandatory=True)

    started = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    return MESSAGES / (time.perf_counter() - started)


async def _plain_consume(queue: aio_pika.abc.AbstractQueue) -> float:
    left, done = MESSAGES, asyncio.Event()

    async def ack(message: aio_pika.abc.AbstractIncomingMessage) -> None:
        nonlocal left
        await message.ack()
        left -= 1
        if left == 0:
            done.set()

    started = time.perf_counter()
    await queue.consume(ack)
    async with asyncio.timeout(120):
        await done.wait()
    return MESSAGES / (time.perf_counter() - started)

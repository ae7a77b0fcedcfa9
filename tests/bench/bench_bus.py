"""The relay against a plain aio-pika publisher, a consumer with inbox and effect against one that only acks.

Same broker, same quorum queues, same messages, one process, one event loop, in one run.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

import aio_pika
import asyncpg
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage, AbstractQueue
from sqlalchemy import text
from sqlmodel import Field

from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor_bus import Bus, Effects, Envelope, record
from kontor_bus.schema import BUS
from kontor_service.database import Database
from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.ids import uuid7
from kontor_service.models import table_base
from kontor_testing.bus import table_sql
from kontor_testing.rabbitmq import RabbitMQ, rabbitmq_server

MESSAGES = 10_000
ROUNDS = 3
IN_FLIGHT = 50
MERCHANT = UUID("01900000-0000-7000-8000-00000000000a")
_BOOK = text("INSERT INTO booking (id, merchant_id, document_id) VALUES (:id, :merchant, :document)")


class Booking(table_base("bench"), table=True):  # type: ignore[misc]
    __tablename__ = "booking"
    id: UUID = Field(primary_key=True)
    merchant_id: UUID
    document_id: UUID


def event() -> DocumentShared:
    """About the size of a real document's state: one KiB."""
    state = Document(id=str(uuid7()), merchant_id=str(MERCHANT), epoch=1, version=1, title="x" * 950)
    return DocumentShared(document=state)


async def book(session: Any, message: DocumentShared, envelope: Envelope) -> None:
    """An effect as services write it; the session inserts the rows of a batch together."""
    session.add(Booking(id=envelope.id, merchant_id=MERCHANT, document_id=UUID(message.document.id)))


async def book_at_once(session: Any, message: DocumentShared, envelope: Envelope) -> None:
    """One statement for each event, as an effect needs that asks or updates."""
    connection = await session.connection()
    await connection.execute(_BOOK, {"id": envelope.id, "merchant": MERCHANT, "document": UUID(message.document.id)})


async def run() -> list[dict[str, Any]]:
    """Rows: messages per second, the reference's, and their ratio, each the median of the rounds.

    Value and reference alternate, so that what else the machine does meets both.
    """
    with tempfile.TemporaryDirectory(prefix="kontor-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with embedded_postgres(Path(folder) / "data") as postgres, rabbitmq_server() as rabbitmq:
            async with _database(postgres) as database:
                added = [await _round(rabbitmq, database, book) for _ in range(ROUNDS)]
                stated = [await _round(rabbitmq, database, book_at_once) for _ in range(ROUNDS)]
    return [
        _row("outbox of 10,000 rows, published and confirmed", [one[:2] for one in added + stated], 0.5),
        _row("consumer with inbox and effect in PostgreSQL", [one[2:] for one in added], 0.4),
        _row("the same, one statement for each event", [one[2:] for one in stated], 0.4),
    ]


async def _round(rabbitmq: RabbitMQ, database: Database, handler: Any) -> tuple[float, float, float, float]:
    effects = Effects("bench.bookings", {DocumentShared: handler})
    ours, plain = rabbitmq.vhost(), rabbitmq.vhost()
    relayed = await _relay(rabbitmq.url(ours), database, effects)
    plain_published = await _plain_publish(rabbitmq.url(plain))
    consumed = await _consume(rabbitmq.url(ours), database, effects)
    plain_consumed = await _plain_consume(rabbitmq.url(plain))
    async with database.connection() as connection:
        await connection.execute("TRUNCATE outbox, inbox, booking")
    rabbitmq.delete_vhost(ours)
    rabbitmq.delete_vhost(plain)
    return relayed, plain_published, consumed, plain_consumed


def _row(name: str, pairs: list[tuple[float, ...]], target: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(median(value for value, _ in pairs)),
        "reference": round(median(reference for _, reference in pairs)),
        "ratio": round(median(value / reference for value, reference in pairs), 2),
        "target": target,
        "unit": "messages/s",
    }


@asynccontextmanager
async def _database(url: str) -> AsyncIterator[Database]:
    connection = await asyncpg.connect(url)
    for statement in table_sql(*BUS.tables.values()):
        await connection.execute(statement)
    await connection.execute("CREATE TABLE booking (id uuid PRIMARY KEY, merchant_id uuid, document_id uuid)")
    await connection.close()
    database = Database(url)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def _relay(url: str, database: Database, effects: Effects) -> float:
    # The queue has to be there before the first event; its consumer is not to compete for the processor.
    async with Bus(url, service="bench", database=database, consumers=[effects]):
        pass
    async with database.transaction(MERCHANT) as session:
        for _ in range(MESSAGES):
            record(session, event())
    started = time.perf_counter()
    async with Bus(url, service="bench", database=database):
        await _until(database, "SELECT count(*) = 0 FROM outbox WHERE published_at IS NULL")
        return MESSAGES / (time.perf_counter() - started)


async def _consume(url: str, database: Database, effects: Effects) -> float:
    started = time.perf_counter()
    async with Bus(url, service="bench", database=database, consumers=[effects]) as bus:
        await _until(database, f"SELECT count(*) = {MESSAGES} FROM booking")
        await bus.idle()
        return MESSAGES / (time.perf_counter() - started)


async def _until(database: Database, question: str) -> None:
    async with asyncio.timeout(120), database.connection() as connection:
        while not await connection.fetchval(question):
            await asyncio.sleep(0.02)


@asynccontextmanager
async def _plain_queue(url: str) -> AsyncIterator[tuple[AbstractExchange, AbstractQueue]]:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        await channel.set_qos(prefetch_count=IN_FLIGHT)
        exchange = await channel.declare_exchange("plain", aio_pika.ExchangeType.TOPIC, durable=True)
        arguments: Any = {"x-queue-type": "quorum", "x-delivery-limit": 20}
        queue = await channel.declare_queue("plain", durable=True, arguments=arguments)
        await queue.bind(exchange, "#")
        yield exchange, queue


async def _plain_publish(url: str) -> float:
    body, numbers = event().SerializeToString(), iter(range(MESSAGES))

    async def work(exchange: AbstractExchange) -> None:
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

    async with _plain_queue(url) as (exchange, _):
        started = time.perf_counter()
        await asyncio.gather(*(work(exchange) for _ in range(IN_FLIGHT)))
        return MESSAGES / (time.perf_counter() - started)


async def _plain_consume(url: str) -> float:
    left, done = MESSAGES, asyncio.Event()

    async def ack(message: AbstractIncomingMessage) -> None:
        nonlocal left
        await message.ack()
        left -= 1
        if left == 0:
            done.set()

    async with _plain_queue(url) as (_, queue):
        started = time.perf_counter()
        await queue.consume(ack)
        async with asyncio.timeout(120):
            await done.wait()
        return MESSAGES / (time.perf_counter() - started)

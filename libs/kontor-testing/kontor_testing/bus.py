"""A service with a ledger, on either transport."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from google.protobuf.message import Message
from sqlalchemy import Table, create_mock_engine, text
from sqlalchemy.schema import CreateIndex, CreateTable

from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor_bus import Bus, Effects, Envelope
from kontor_bus.bus import transport_for
from kontor_bus.schema import BUS
from kontor_bus.transport import DeadLetter, Verdict
from kontor_events.registry import type_of
from kontor_service.database import Database
from kontor_service.ids import uuid7
from kontor_testing.postgres import Databases

MERCHANT = UUID("01900000-0000-7000-8000-00000000000a")
OTHER = UUID("01900000-0000-7000-8000-00000000000b")
QUICK = (0.05, 0.1)
"""Retry steps for tests: three attempts within the blink of an eye."""


def table_sql(*tables: Table) -> list[str]:
    """Statements that create the tables with their indexes."""
    made: list[CreateTable | CreateIndex] = [CreateTable(table) for table in tables]
    made += [CreateIndex(index) for table in tables for index in table.indexes]
    return [str(ddl.compile(dialect=create_mock_engine("postgresql+asyncpg://", print).dialect)) for ddl in made]


def shared(merchant: UUID = MERCHANT, *, version: int = 1, document: UUID | None = None) -> DocumentShared:
    state = Document(id=str(document or uuid7()), merchant_id=str(merchant), epoch=1, version=version)
    return DocumentShared(document=state)


def ledger_effects(name: str = "ledger.entries", lane: str = "interactive") -> Effects:
    async def enter(session: Any, message: DocumentShared, envelope: Envelope) -> None:
        await (await session.connection()).execute(
            text("INSERT INTO ledger (event_id, consumer, merchant_id) VALUES (:id, :consumer, :merchant)"),
            {"id": envelope.id, "consumer": name, "merchant": envelope.merchant_id},
        )

    return Effects(name, {DocumentShared: enter}, lane=lane)  # type: ignore[arg-type]


@dataclass
class Station:
    """Buses that share one transport, each with its own database."""

    url: str
    databases: Databases
    opened: list[Database] = field(default_factory=list)

    async def database(self) -> Database:
        url = await self.databases.empty()
        connection = await asyncpg.connect(url)
        for statement in table_sql(*BUS.tables.values()):
            await connection.execute(statement)
        # No unique key: what is done twice must show.
        await connection.execute("CREATE TABLE ledger (event_id uuid, consumer text, merchant_id uuid)")
        await connection.close()
        database = Database(url)
        await database.open()
        self.opened.append(database)
        return database

    def bus(self, database: Database, *consumers: Any, service: str = "ledger", **options: Any) -> Bus:
        options.setdefault("retry_steps", QUICK)
        return Bus(self.url, service=service, database=database, consumers=consumers, **options)

    async def close(self) -> None:
        for database in self.opened:
            await database.close()


@asynccontextmanager
async def station_at(url: str, databases: Databases) -> AsyncIterator[Station]:
    station = Station(url, databases)
    try:
        yield station
    finally:
        await station.close()


async def entries(database: Database) -> list[UUID]:
    async with database.connection() as connection:
        return [row["event_id"] for row in await connection.fetch("SELECT event_id FROM ledger ORDER BY event_id")]


async def deliver(url: str, *envelopes: Envelope) -> None:
    """Publishes straight to the transport, past any outbox: twice, shuffled, as a test needs it."""
    transport = transport_for(url)
    try:
        receipts = await transport.publish(envelopes)
        assert all(receipt.verdict is Verdict.CONFIRMED for receipt in receipts), receipts
    finally:
        await transport.close()


async def dead(url: str, service: str) -> list[DeadLetter]:
    transport = transport_for(url)
    try:
        await transport.open()
        return await transport.dead.listed(service, 1000)
    finally:
        await transport.close()


def envelope(message: Message, merchant: UUID | None = MERCHANT, *, type_name: str | None = None) -> Envelope:
    """The message as it would come out of an outbox."""
    return Envelope(
        id=uuid7(),
        type=type_name or type_of(message),
        source="kontor/test",
        subject="test",
        time=datetime.now(UTC),
        merchant_id=merchant,
        traceparent=None,
        body=message.SerializeToString(),
    )

"""A small edge with two views on a real PostgreSQL, as the roles it has in production."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from kontor.documents.v1 import documents_pb2
from kontor.payments.v1 import payments_pb2
from kontor_edge import Shape, View, Views
from kontor_edge.models import EDGE
from kontor_events.registry import type_of
from kontor_service.ids import uuid7
from kontor_service.provision import ServiceDatabase, provision
from kontor_service.schema import create_all, in_database

MERCHANT, CUSTOMER = str(uuid7()), str(uuid7())

SHAPE = Shape(
    edge="gateway",
    views=(
        View(
            "document",
            documents_pb2.DocumentSnapshot,
            {"customer_id": "uuid", "tokens": "text[]", "data": "json"},
            lambda d: {
                "customer_id": d.customer_id,
                "tokens": d.number.lower().split("-"),
                "data": {"number": d.number},
            },
            lambda d: (f"document:{d.id}",),
        ),
        View(
            "receivable",
            payments_pb2.ReceivableSnapshot,
            {"open_minor": "bigint"},
            lambda r: {"open_minor": r.open_minor},
        ),
    ),
    indexes="CREATE INDEX document_customer ON document (customer_id)",
    functions="""
        CREATE OR REPLACE FUNCTION numbers(asked uuid) RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC SELECT data ->> 'number' FROM document WHERE customer_id = asked AND NOT deleted ORDER BY id; END;
        CREATE OR REPLACE FUNCTION _hidden() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
        BEGIN ATOMIC SELECT count(*) FROM document; END
    """,
    page_role="kontor_gateway",
)


@dataclass
class Fact:
    type: str
    body: bytes


class Facts:
    """What owners say in these tests, all of one merchant and one customer."""

    merchant, customer, shape = MERCHANT, CUSTOMER, SHAPE
    # As this build's pages ask for them.
    numbers = f"SELECT {SHAPE.functions_schema}.numbers($1::uuid)"

    def of(self, message: Any) -> Fact:
        return Fact(type_of(message), message.SerializeToString())

    def document(self, document_id: str, version: int, number: str = "RE-1", **more: Any) -> documents_pb2.Document:
        return documents_pb2.Document(
            id=document_id, merchant_id=MERCHANT, epoch=1, version=version, number=number, customer_id=CUSTOMER, **more
        )

    def shared(self, document_id: str, version: int, number: str = "RE-1") -> Fact:
        return self.of(documents_pb2.DocumentShared(document=self.document(document_id, version, number)))


@pytest.fixture
def facts() -> Facts:
    return Facts()


@pytest.fixture
async def database(postgres: str) -> ServiceDatabase:
    database = await provision(postgres, "gateway", password="test", database=f"views_{uuid4().hex}")
    await in_database(database.owner, create_all, EDGE)
    return database


@pytest.fixture
async def views(database: ServiceDatabase) -> AsyncIterator[Views]:
    assert database.copy is not None
    pool = await asyncpg.create_pool(database.copy, min_size=1, max_size=4)
    views = Views(pool, SHAPE)
    assert await views.open()
    yield views
    await views.announcer.close()
    await asyncio.wait_for(pool.close(), 10)


@pytest.fixture
async def page(database: ServiceDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.runtime)
    yield connection
    await connection.close()

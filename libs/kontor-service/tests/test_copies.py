"""Copies of other owners' aggregates: what is newer is stored, in any order, as often as it comes."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Field

from kontor.identity.v1 import identity_pb2 as pb
from kontor_bus import Envelope
from kontor_service.copies import Copied, copy_consumer
from kontor_service.database import Database
from kontor_service.ids import uuid7
from kontor_service.models import Tenant, table_base

ID = UUID("01890000-0000-7000-8000-000000000001")
MERCHANT = UUID("01890000-0000-7000-8000-000000000002")

Base = table_base("copies")


class Customer(Tenant, Base, table=True):
    id: UUID = Field(primary_key=True)
    epoch: int
    version: int
    deleted: bool
    number: str
    mail: str
    state: bytes


def customer(version: int, number: str = "K-1", **values: object) -> pb.Customer:
    return pb.Customer(
        id=str(ID), merchant_id=str(MERCHANT), epoch=1, version=version, number=number, email="A@x.de", **values
    )


def fact(state: pb.Customer) -> Envelope:
    return Envelope(
        id=uuid7(), type="identity.customer.changed.v1", source="identity", subject=state.id, time=datetime.now(UTC),
        merchant_id=MERCHANT, traceparent=None, body=pb.CustomerChanged(customer=state).SerializeToString(),
    )  # fmt: skip


@pytest.fixture
async def database(databases):
    db = Database(await databases.empty())
    await db.open()
    async with db.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield db
    await db.close()


@pytest.fixture
def heard():
    return []


@pytest.fixture
def copied(heard):
    async def on_newer(_, row):
        heard.append(row.version)

    return Copied(Customer, pb.Customer, lambda state: {"mail": state.email.lower()}, on_newer=on_newer)


async def rows(database):
    async with database.transaction(MERCHANT) as session:
        return (await session.execute(text("SELECT version, deleted, number, mail, state FROM customer"))).all()


async def test_columns_come_from_fields_of_the_same_name(database, copied):
    await copy_consumer("test", database, copied).apply([fact(customer(3))])
    [row] = await rows(database)
    assert (row.version, row.deleted, row.number, row.mail) == (3, False, "K-1", "a@x.de")
    assert pb.Customer.FromString(row.state) == customer(3)


async def test_what_is_older_changes_nothing_and_is_not_told(database, copied, heard):
    consumer = copy_consumer("test", database, copied)
    await consumer.apply([fact(customer(3)), fact(customer(2, "K-2"))])
    await consumer.apply([fact(customer(3, "K-3")), fact(customer(1, "K-1"))])
    assert heard == [3]
    assert [(row.version, row.number) for row in await rows(database)] == [(3, "K-1")]


async def test_a_tombstone_keeps_the_version_and_nothing_that_was_said(database, copied):
    await copy_consumer("test", database, copied).apply([fact(customer(3)), fact(customer(4, deleted=True))])
    [row] = await rows(database)
    assert (row.version, row.deleted, row.number, row.mail) == (4, True, "", "")
    assert pb.Customer.FromString(row.state).email == ""


def test_every_fact_of_the_aggregate_is_bound(copied):
    assert copy_consumer("test", None, copied).bindings == ["identity.customer.#"]

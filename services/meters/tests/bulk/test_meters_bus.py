"""Readings and 15-minute values over the bus, from a connected system on a real broker."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest_asyncio

from kontor_bus.ingest import IngestConsumer
from kontor_meters.batches.incoming import accept
from kontor_service.ingest import handler_of
from kontor_testing.ingest import ConnectedSystem, connected_system
from kontor_testing.rabbitmq import RabbitMQ
from kontor_testing.waiting import eventually

DAY = {"meter": "Z1", "obis": "1-0:1.8.0", "start": "2026-03-02T00:00:00+01:00", "values": ["0.25"] * 96}


@pytest_asyncio.fixture(loop_scope="session")
async def system(rabbitmq: RabbitMQ, world: Any) -> AsyncIterator[ConnectedSystem]:
    slug, vhost = f"shop-{secrets.token_hex(4)}", rabbitmq.vhost()
    await world.sql("UPDATE merchant SET slug = $1 RETURNING id", slug)
    made = connected_system(rabbitmq, vhost, slug)
    async with IngestConsumer(rabbitmq.url(vhost), "readings", handler_of(world.app, accept)):
        yield made


async def test_values_from_the_bus_are_stored_once(world: Any, system: ConnectedSystem) -> None:
    register = await world.meter("Z1")
    for _ in range(3):
        await system.send("readings", orjson.dumps({"intervals": [DAY]}))
    last = DAY | {"start": "2026-03-03T00:00:00+01:00"}
    await system.send("readings", orjson.dumps({"intervals": [last]}))

    async def both() -> bool:
        return len(await world.days(register)) == 2

    await eventually(both)
    assert await world.days(register) == {"2026-03-02": (24_000_000, 96), "2026-03-03": (24_000_000, 96)}
    assert [row["source"] for row in await world.sql("SELECT source FROM batch")] == ["bus", "bus"]


async def test_what_is_refused_comes_back_named_and_the_rest_is_stored(world: Any, system: ConnectedSystem) -> None:
    register = await world.meter("Z1")
    wrong = DAY | {"start": "2026-03-03T00:07:00+01:00"}
    await system.send("readings", orjson.dumps({"intervals": [DAY, wrong]}))
    reason = await system.refusal()
    assert "intervals[1].start: off_grid" in reason
    assert "96 of 192 refused" in reason
    assert await world.days(register) == {"2026-03-02": (24_000_000, 96)}


async def test_a_body_that_cannot_be_read_comes_back(system: ConnectedSystem) -> None:
    await system.send("readings", b"{")
    assert "json_broken" in await system.refusal()


async def test_csv_comes_over_the_bus_too(world: Any, system: ConnectedSystem) -> None:
    register = await world.meter("Z1", interval=False)
    await system.send("readings", "Zähler;Stand;Datum\nZ1;100,5;31.01.2026\n".encode("cp1252"), "text/csv")

    assert await eventually(lambda: world.readings(register)) == [("100.5", "valid")]

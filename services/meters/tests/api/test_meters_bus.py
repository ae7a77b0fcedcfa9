"""On the bus: identity's events in, meters' events out, and what other systems hand in."""

import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from kontor.identity.v1 import identity_pb2 as identity
from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus import Bus, Copy, Envelope
from kontor_bus.ingest import IngestConsumer
from kontor_meters.meters.incoming import accept
from kontor_service.database import Database
from kontor_service.ids import uuid7
from kontor_service.ingest import handler_of
from kontor_testing.bus import deliver, envelope
from kontor_testing.ingest import ConnectedSystem, connected_system
from kontor_testing.rabbitmq import RabbitMQ
from kontor_testing.waiting import eventually


@pytest_asyncio.fixture(loop_scope="session")
async def system(rabbitmq: RabbitMQ, world: Any) -> AsyncIterator[ConnectedSystem]:
    slug, vhost = f"shop-{secrets.token_hex(4)}", rabbitmq.vhost()
    await world.register(slug=slug)
    made = connected_system(rabbitmq, vhost, slug)
    async with IngestConsumer(rabbitmq.url(vhost), "meters", handler_of(world.app, accept)):
        yield made


def body(world: Any, **fields: Any) -> bytes:
    return json.dumps(world.wanted(world.customer, external_id=f"erp-{secrets.token_hex(4)}", **fields)).encode()


async def test_a_meter_from_the_bus_is_kept_once(world: Any, system: ConnectedSystem) -> None:
    message = body(world, number="B-1")
    for _ in range(3):
        await system.send("meters", message)
    await system.send("meters", body(world, number="B-2"))

    async def there() -> bool:
        return {row["number"] for row in await world.sql("SELECT number FROM meter")} == {"B-1", "B-2"}

    await eventually(there)
    assert len(await world.told(pb.MeterAdded)) == 2


async def test_a_meter_with_a_wrong_field_comes_back_with_its_name(world: Any, system: ConnectedSystem) -> None:
    await system.send("meters", body(world, market_location_id="12345678901"))
    assert "market_location_id" in await system.refusal()


async def test_what_is_no_json_comes_back(system: ConnectedSystem) -> None:
    await system.send("meters", b"number;kind")
    assert "json_broken" in await system.refusal()


async def test_a_reading_is_told_on_the_bus_in_the_order_of_its_meters_versions(
    world: Any, databases: Any, installation: Any
) -> None:
    heard: list[Envelope] = []

    async def listen(batch: list[Envelope]) -> None:
        heard.extend(batch)

    database = Database(await databases.empty())
    await database.open()
    listener = Copy("gateway.meters", ["meters.#"], listen)
    async with Bus(installation.bus_url, service="gateway", database=database, consumers=[listener]):
        customer, number = uuid7(), f"K-{secrets.token_hex(4)}"
        meter = await world.add(customer_id=None, customer_number=number)
        state = identity.Customer(id=str(customer), merchant_id=str(world.merchant), epoch=1, version=1, number=number)
        await deliver(installation.bus_url, envelope(identity.CustomerCreated(customer=state), world.merchant))

        async def matched() -> bool:
            return bool(await world.sql("SELECT 1 FROM meter WHERE customer_id = $1", customer))

        await eventually(matched)
        await world.enter(meter, "10", headers=world.person(customer))

        def last() -> Any:
            mine = [e.state() for e in heard if e.merchant_id == world.merchant]
            return [s for s in mine if isinstance(s, pb.Meter) and s.registers[0].last_value == "10.0"]

        [state] = await eventually(last)
    await database.close()
    assert (state.version, state.customer_id) == (3, str(customer))


async def test_json_without_end_comes_back(system: ConnectedSystem) -> None:
    await system.send("meters", b"[" * 100_000)
    assert "json_broken" in await system.refusal()

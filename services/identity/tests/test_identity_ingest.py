"""Customers over the bus, from a connected system on a real broker."""

import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aio_pika
import pytest

from kontor_bus.ingest.users import IngestUser, add_user
from kontor_testing.postgres import Databases
from kontor_testing.rabbitmq import RabbitMQ
from kontor_testing.waiting import eventually


@dataclass
class System:
    """A merchant's ERP."""

    url: str
    user: IngestUser
    shop: Any

    async def send(self, body: bytes) -> None:
        async with await aio_pika.connect(self.url) as connection:
            exchange = await (await connection.channel()).get_exchange("ingest", ensure=False)
            message = aio_pika.Message(body, user_id=self.user.name, content_type="application/json")
            await exchange.publish(message, f"customers.{self.user.name}", mandatory=True)

    async def refusal(self) -> str:
        async def look() -> Any:
            async with await aio_pika.connect(self.url) as connection:
                queue = await (await connection.channel()).get_queue(self.user.refused, ensure=False)
                return await queue.get(no_ack=True, fail=False)

        found = await eventually(look)
        return str(found.headers)


@pytest.fixture
async def system(rabbitmq: RabbitMQ, databases: Databases, open_stage: Any, tmp_path: Path) -> AsyncIterator[System]:
    vhost, slug = rabbitmq.vhost(), f"shop-{secrets.token_hex(4)}"
    user = add_user(rabbitmq.management_url, slug, vhost=vhost)
    async with open_stage(databases, tmp_path, ingest_bus_url=rabbitmq.url(vhost)) as stage:
        yield System(rabbitmq.url(vhost, user.name, user.password), user, await stage.shop(slug))


async def test_a_customer_from_the_bus_is_there_once_however_often_it_is_sent(system: System) -> None:
    body = json.dumps({"number": "K/40001", "name": "Vom Bus", "address": {"city": "Köln"}}).encode()
    for _ in range(3):
        await system.send(body)
    stage = system.shop.stage
    await eventually(lambda: stage.events("identity.customer.created.v1"))

    same = await system.shop.call("PUT", "/v1/customers/by-number/K/40001", json={"name": "Vom Bus"})
    assert (same.json()["created"], same.json()["version"]) == (False, 1)
    assert stage.state_in(same.json())["state"].address.city == "Köln"


async def test_a_bad_customer_comes_back_with_its_fields_named(system: System) -> None:
    await system.send(b'{"number": "1", "name": "x", "email": "?", "vat_id": "DE1"}')

    refusal = await system.refusal()
    assert "email" in refusal
    assert "vat_id" in refusal


async def test_a_number_that_another_customer_had_comes_back_with_who_that_is(system: System) -> None:
    made = await system.shop.customer("10001", name="Kundin Alt")
    await system.shop.call("PATCH", f"/v1/customers/{made['id']}", json={"number": "10002"})
    await system.send(b'{"number": "10001", "name": "Neu"}')

    refusal = await system.refusal()
    assert "10001" in refusal
    assert "Kundin Alt" in refusal

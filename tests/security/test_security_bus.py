"""Whatever other systems hand in over the bus is done, or comes back to them with a reason; it holds up nothing of others."""

import asyncio
from collections.abc import Iterator
from typing import Any

import aio_pika
import pytest

from kontor_bus.bus import RETRY_STEPS
from kontor_bus.ingest.topology import KINDS, IngestTopology
from kontor_events.schemas import ingest_schema
from kontor_testing.ingest import ConnectedSystem, connected_system
from kontor_testing.rabbitmq import RabbitMQ

from .conftest import Ingest, furnish, invoice
from .guards import INCOMING
from .test_security_gateway import DOORS
from .texts import TEXTS, Places, encoded
from .world import PASSWORD, Shop, World, until

BASES: dict[str, Any] = {
    "documents": invoice("BUS-1", "B-1"),
    "customers": {"number": "BUS-1", "name": "Busch"},
    "payments": INCOMING,
    "meters": DOORS["POST /api/ingest/v1/meters"].body,
    "readings": DOORS["POST /api/ingest/v1/readings"].body,
}
_DETOURS = IngestTopology(RETRY_STEPS).detours


@pytest.fixture(scope="module")
def system(world: World, ingest: Ingest) -> ConnectedSystem:
    furnish(world, Shop("bustexte", "tom@bustexte.example", PASSWORD))
    return connected_system(ingest.broker, ingest.vhost, "bustexte")


def bodies(kind: str) -> Iterator[bytes]:
    """Each text in some places of the input, by turns; NUL in each."""
    schema = ingest_schema(kind)
    for number, (name, text) in enumerate(TEXTS.items()):
        for turn, (_place, body) in enumerate(Places(schema).bodies(schema, BASES[kind], text)):
            if turn % len(TEXTS) == number or name == "nul":
                yield encoded(body)


async def send(system: ConnectedSystem, kind: str) -> None:
    async with await aio_pika.connect(system.url) as connection:
        exchange = await (await connection.channel()).get_exchange("ingest", ensure=False)
        for number, body in enumerate([*bodies(kind), b"the last"]):
            message = aio_pika.Message(
                body, user_id=system.user.name, content_type="application/json", message_id=f"{kind}-{number}"
            )
            await exchange.publish(message, f"{kind}.{system.user.name}", mandatory=True)


async def came_back(system: ConnectedSystem, found: list[tuple[bytes, str, str]]) -> list[tuple[bytes, str, str]]:
    """Body, kind and reason of all that was refused until now."""
    async with await aio_pika.connect(system.url) as connection:
        queue = await (await connection.channel()).get_queue(system.user.refused, ensure=False)
        while message := await queue.get(no_ack=True, fail=False):
            found.append((message.body, str(message.headers["kontor-queue"]), str(message.headers["kontor-error"])))
    return found


async def waiting(broker: RabbitMQ, vhost: str) -> dict[str, int]:
    """The number of messages in the work, retry and dead queues together."""
    async with await aio_pika.connect(broker.url(vhost)) as connection:
        channel = await connection.channel()
        queues = [
            await channel.declare_queue(name, passive=True) for name in (*KINDS, *_DETOURS.retries, _DETOURS.dead)
        ]
        return {queue.name: count for queue in queues if (count := queue.declaration_result.message_count)}


def test_any_text_over_the_bus_is_done_or_comes_back(world: World, system: ConnectedSystem, ingest: Ingest) -> None:
    for kind in KINDS:
        asyncio.run(send(system, kind))
    refused: list[tuple[bytes, str, str]] = []

    def all_came_to_their_end() -> bool:
        asyncio.run(came_back(system, refused))
        ended = {kind for body, kind, _reason in refused if body == b"the last"}
        return ended == set(KINDS) and asyncio.run(waiting(ingest.broker, ingest.vhost)) == {}

    try:
        until(all_came_to_their_end, within=300)
    except AssertionError:
        pytest.fail(f"{asyncio.run(waiting(ingest.broker, ingest.vhost))} {refused[-3:]}")
    assert all(reason for _body, _kind, reason in refused)

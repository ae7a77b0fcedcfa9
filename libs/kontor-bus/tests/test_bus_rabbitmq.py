"""What only RabbitMQ does."""

import aio_pika
import pytest

from kontor_bus import record
from kontor_bus.rabbitmq.codec import to_properties
from kontor_bus.rabbitmq.connection import Connection, TopologyMismatch
from kontor_bus.rabbitmq.publisher import Outgoing, Publisher
from kontor_bus.rabbitmq.topology import EVENTS, ServiceTopology, declare_events
from kontor_bus.transport import QueueSpec, Verdict
from kontor_service.database import Database
from kontor_testing.bus import MERCHANT, QUICK, dead, entries, envelope, ledger_effects, shared, station_at
from kontor_testing.postgres import Databases
from kontor_testing.rabbitmq import RabbitMQ
from kontor_testing.waiting import eventually


@pytest.fixture
def url(rabbitmq: RabbitMQ) -> str:
    return rabbitmq.url(rabbitmq.vhost())


def outgoing(*, exchange: str = EVENTS, key: str = "documents.document.shared.v1", size: int = 10) -> Outgoing:
    return Outgoing(b"x" * size, to_properties(envelope(shared())), exchange, key)


async def test_one_message_that_the_broker_cannot_stand_does_not_take_the_others_with_it(url: str) -> None:
    connection = Connection(url, "test", declare_events)
    try:
        # The broker closes the channel over a body above its limit.
        messages = [outgoing() for _ in range(20)]
        messages[7] = outgoing(size=2 * 1024 * 1024)
        receipts = await Publisher(connection).publish(messages)
    finally:
        await connection.close()
    assert [place for place, receipt in enumerate(receipts) if receipt.verdict is not Verdict.CONFIRMED] == [7]
    assert receipts[7].verdict is Verdict.REFUSED


async def test_an_unroutable_message_is_refused(url: str) -> None:
    connection = Connection(url, "test", declare_events)
    try:
        [receipt] = await Publisher(connection).publish([outgoing(exchange="", key="nobody")])
    finally:
        await connection.close()
    assert receipt.verdict is Verdict.REFUSED
    assert "unroutable" in receipt.reason


async def test_a_queue_with_other_arguments_stops_the_start_and_is_named(url: str) -> None:
    async with await aio_pika.connect(url) as connection:
        await (await connection.channel()).declare_queue("ledger.entries", durable=True)
    topology = ServiceTopology("ledger", (QueueSpec("ledger.entries", ("#",)),), QUICK)
    mismatched = Connection(url, "test", topology.declare)
    with pytest.raises(TopologyMismatch, match=r"ledger\.entries"):
        await mismatched.channel()
    await mismatched.close()


async def test_a_message_that_is_no_event_is_dead_as_it_came(url: str, databases: Databases) -> None:
    async with station_at(url, databases) as station:
        database: Database = await station.database()
        async with station.bus(database, ledger_effects()) as bus:
            async with await aio_pika.connect(url) as connection:
                channel = await connection.channel()
                await channel.default_exchange.publish(
                    aio_pika.Message(b"hello", message_id="not-a-uuid"), "ledger.entries"
                )
            [letter] = await eventually(lambda: dead(url, "ledger"))
            await bus.idle()
    assert letter.id == "not-a-uuid"
    assert letter.error.startswith("no event")


async def test_a_consumer_whose_queue_is_deleted_declares_it_again(url: str, databases: Databases) -> None:
    async with station_at(url, databases) as station:
        database = await station.database()
        async with station.bus(database, ledger_effects()) as bus:
            async with await aio_pika.connect(url) as connection:
                channel = await connection.channel()
                await channel.queue_delete("ledger.entries")
                await eventually(lambda: _consumed(connection), within=30)
            async with database.transaction(MERCHANT) as session:
                event_id = record(session, shared())
            await bus.idle()
        assert await entries(database) == [event_id]


async def _consumed(connection: aio_pika.abc.AbstractConnection) -> bool:
    channel = await connection.channel()
    try:
        queue = await channel.declare_queue("ledger.entries", passive=True)
    except aio_pika.exceptions.ChannelNotFoundEntity:
        return False
    return bool(queue.declaration_result.consumer_count)

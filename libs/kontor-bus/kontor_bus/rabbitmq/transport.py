"""RabbitMQ as the transport: one connection to publish, one to consume, a channel per role."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from aiormq.abc import DeliveredMessage

from kontor_bus.envelope import Envelope
from kontor_bus.rabbitmq import codec
from kontor_bus.rabbitmq.connection import Connection, translated
from kontor_bus.rabbitmq.dead import RabbitDeadLetters
from kontor_bus.rabbitmq.inbound import Inbound, closed, inbound
from kontor_bus.rabbitmq.publisher import Outgoing, Publisher
from kontor_bus.rabbitmq.topology import EVENTS, ServiceTopology
from kontor_bus.transport import BATCH, Delivery, Receipt, Settle, Work

log = structlog.get_logger()

# Two batches: the next one is here when this one is settled.
PREFETCH = 2 * BATCH


class RabbitTransport:
    def __init__(self, url: str, topology: ServiceTopology) -> None:
        self._topology = topology
        self._arriving: set[Inbound] = set()
        # Apart, because a broker in need blocks the connections that publish.
        self._publishing = Connection(url, f"kontor {topology.service} publishing", topology.declare)
        self._consuming = Connection(url, f"kontor {topology.service} consuming", topology.declare)
        # Events and what consumers put off go by channels of their own: neither waits for the other.
        self._events = Publisher(self._publishing)
        self._moves = Publisher(self._publishing)
        self.dead = RabbitDeadLetters(self._consuming, self._moves)

    async def open(self) -> None:
        await (await self._publishing.channel()).close()

    async def close(self) -> None:
        await self._consuming.close()
        await self._publishing.close()

    async def publish(self, envelopes: Sequence[Envelope]) -> Sequence[Receipt]:
        return await self._events.publish([Outgoing(e.body, codec.to_properties(e), EVENTS, e.type) for e in envelopes])

    async def consume(self, queue: str, work: Work) -> None:
        async with inbound(self._consuming, queue, PREFETCH) as arriving:
            self._arriving.add(arriving)
            try:
                while True:
                    async with arriving.taken(BATCH) as messages:
                        await self._batch(queue, messages, work)
                        await arriving.settle(messages)
            finally:
                self._arriving.discard(arriving)

    async def unsettled(self) -> int:
        """Without what other processes of the same service have in work."""
        names = [queue.name for queue in self._topology.queues]
        if names:
            names += self._topology.retries
        channel = await self._consuming.channel(confirms=False)
        try:
            waiting = 0
            for name in names:
                with translated():
                    queue = await channel.declare_queue(name, passive=True)
                waiting += queue.declaration_result.message_count or 0
        finally:
            await closed(channel)
        return waiting + sum(arriving.unsettled for arriving in self._arriving)

    async def _batch(self, queue: str, messages: Sequence[DeliveredMessage], work: Work) -> None:
        """Processes a batch. Failed messages are first published to their retry or dead queue; when the broker has confirmed
        that, the whole batch is acknowledged."""
        deliveries, moved = [], []
        for message in messages:
            try:
                deliveries.append(codec.to_delivery(message.header.properties, message.body))
            except codec.Unreadable as reason:
                log.error("message_unreadable", queue=queue, reason=str(reason))
                moved.append(self._unreadable(queue, message, str(reason)))
        async with work(deliveries):
            moved += [self._moved(queue, delivery) for delivery in deliveries if delivery.settle is not Settle.DONE]
            await self._moves.send(moved)

    def _unreadable(self, queue: str, message: DeliveredMessage, reason: str) -> Outgoing:
        """The message as it came, with the reason added, for the dead queue."""
        properties = message.header.properties
        properties.headers = {**(properties.headers or {}), **_obituary(queue, reason, 0)}
        return Outgoing(message.body, properties, "", self._topology.dead)

    def _moved(self, queue: str, delivery: Delivery) -> Outgoing:
        event, attempt = delivery.envelope, delivery.attempt + 1
        if delivery.settle is Settle.RETRY:
            properties = codec.to_properties(event, {codec.ATTEMPT: attempt})
            return Outgoing(event.body, properties, self._topology.retry(delivery.attempt), queue)
        properties = codec.to_properties(event, _obituary(queue, delivery.error, attempt))
        return Outgoing(event.body, properties, "", self._topology.dead)


def _obituary(queue: str, error: str, attempt: int) -> dict[str, Any]:
    return {
        codec.QUEUE: queue,
        codec.ERROR: error[:2000],
        codec.ATTEMPT: attempt,
        codec.DIED_AT: datetime.now(UTC).isoformat(),
    }

"""RabbitMQ as the transport: one connection to publish, one to consume, a channel per role."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from kontor_bus.envelope import Envelope
from kontor_bus.rabbitmq.codec import to_properties
from kontor_bus.rabbitmq.connection import Connection, translated
from kontor_bus.rabbitmq.inbound import Inbound, closed, inbound
from kontor_bus.rabbitmq.publisher import Outgoing, Publisher
from kontor_bus.rabbitmq.subscription import RabbitSubscription
from kontor_bus.rabbitmq.topology import EVENTS, ServiceTopology
from kontor_bus.transport import QueueSpec, Receipt


class RabbitTransport:
    def __init__(self, url: str) -> None:
        self._url = url
        self._topology = ServiceTopology("", (), ())
        self._arriving: set[Inbound] = set()

    async def open(self, service: str, queues: Sequence[QueueSpec], retry_steps: Sequence[float]) -> None:
        self._topology = ServiceTopology(service, tuple(queues), tuple(retry_steps))
        # Apart, because a broker in need blocks the connections that publish.
        self._publishing = Connection(self._url, f"kontor {service} publishing", self._topology.declare)
        self._consuming = Connection(self._url, f"kontor {service} consuming", self._topology.declare)
        # Events and what consumers put off go by channels of their own: neither waits for the other.
        self._events = Publisher(self._publishing)
        self._moves = Publisher(self._publishing)
        channel = await self._publishing.channel()
        await channel.close()

    async def close(self) -> None:
        if self._topology.service:
            await self._consuming.close()
            await self._publishing.close()

    async def publish(self, envelopes: Sequence[Envelope]) -> Sequence[Receipt]:
        return await self._events.publish([Outgoing(e.body, to_properties(e), EVENTS, e.type) for e in envelopes])

    @asynccontextmanager
    async def subscribe(self, queue: str, prefetch: int) -> AsyncIterator[RabbitSubscription]:
        async with inbound(self._consuming, queue, prefetch) as arriving:
            self._arriving.add(arriving)
            try:
                yield RabbitSubscription(arriving, self._topology, self._moves)
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

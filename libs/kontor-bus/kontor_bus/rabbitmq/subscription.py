"""A queue's deliveries as batches of events."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from aiormq.abc import DeliveredMessage

from kontor_bus.rabbitmq import codec
from kontor_bus.rabbitmq.inbound import Inbound
from kontor_bus.rabbitmq.publisher import Outgoing, Publisher
from kontor_bus.rabbitmq.topology import ServiceTopology
from kontor_bus.transport import Delivery, Outcome, Settle

log = structlog.get_logger()


class RabbitSubscription:
    def __init__(self, inbound: Inbound, topology: ServiceTopology, publisher: Publisher) -> None:
        self._inbound = inbound
        self._topology = topology
        self._publisher = publisher

    @asynccontextmanager
    async def next_batch(self, limit: int) -> AsyncIterator["RabbitBatch"]:
        async with self._inbound.taken(limit) as messages:
            batch = RabbitBatch(messages, self._inbound, self._topology, self._publisher)
            await batch.bury_unreadable()
            yield batch


class RabbitBatch:
    def __init__(
        self,
        messages: Sequence[DeliveredMessage],
        inbound: Inbound,
        topology: ServiceTopology,
        publisher: Publisher,
    ) -> None:
        self._messages = messages
        self._inbound = inbound
        self._queue = inbound.queue
        self._topology = topology
        self._publisher = publisher
        self._unreadable: list[tuple[DeliveredMessage, str]] = []
        self.deliveries: list[Delivery] = []
        for message in messages:
            properties = message.header.properties
            try:
                envelope = codec.to_envelope(properties, message.body)
            except codec.Unreadable as reason:
                self._unreadable.append((message, str(reason)))
            else:
                self.deliveries.append(Delivery(envelope, codec.attempt_of(properties)))

    async def bury_unreadable(self) -> None:
        """What is no event goes to the dead queue as it is, with the reason."""
        outgoing = []
        for message, reason in self._unreadable:
            properties = message.header.properties
            properties.headers = {**(properties.headers or {}), **_obituary(self._queue, reason, 0)}
            log.error("message_unreadable", queue=self._queue, reason=reason)
            outgoing.append(Outgoing(message.body, properties, "", self._topology.dead))
        await self._publisher.send(outgoing)

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """What failed is on its way to its next place, confirmed, before the whole batch is acknowledged."""
        moved = [
            self._moved(delivery, outcome)
            for delivery, outcome in zip(self.deliveries, outcomes, strict=True)
            if outcome.settle is not Settle.DONE
        ]
        await self._publisher.send(moved)
        await self._inbound.settle(self._messages)

    def _moved(self, delivery: Delivery, outcome: Outcome) -> Outgoing:
        attempt = delivery.attempt + 1
        if outcome.settle is Settle.RETRY:
            properties = codec.to_properties(delivery.envelope, {codec.ATTEMPT: attempt})
            return Outgoing(delivery.envelope.body, properties, self._topology.retry(delivery.attempt), self._queue)
        properties = codec.to_properties(delivery.envelope, _obituary(self._queue, outcome.error, attempt))
        return Outgoing(delivery.envelope.body, properties, "", self._topology.dead)


def _obituary(queue: str, error: str, attempt: int) -> dict[str, Any]:
    return {
        codec.QUEUE: queue,
        codec.ERROR: error[:2000],
        codec.ATTEMPT: attempt,
        codec.DIED_AT: datetime.now(UTC).isoformat(),
    }

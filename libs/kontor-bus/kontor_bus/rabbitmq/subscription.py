"""Taking deliveries from a queue in batches, and settling a batch with one acknowledgement."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import structlog
from aiormq.abc import AbstractChannel as Underlay
from aiormq.abc import DeliveredMessage

from kontor_bus.rabbitmq import codec
from kontor_bus.rabbitmq.connection import translated
from kontor_bus.rabbitmq.publisher import Outgoing, Publisher
from kontor_bus.rabbitmq.topology import ServiceTopology
from kontor_bus.transport import Delivery, Outcome, Settle, Unreachable

log = structlog.get_logger()


class RabbitSubscription:
    """Deliveries come in their order on a channel of their own, so the last tag of a batch settles all of it."""

    def __init__(self, channel: Underlay, queue: str, topology: ServiceTopology, publisher: Publisher) -> None:
        self._channel = channel
        self._queue = queue
        self._topology = topology
        self._publisher = publisher
        self._arrived: asyncio.Queue[DeliveredMessage | None] = asyncio.Queue()
        self.in_work = 0

    @property
    def unsettled(self) -> int:
        return self._arrived.qsize() + self.in_work

    async def start(self) -> None:
        self._channel.on_consumer_cancel_callbacks.add(self.lost)
        with translated():
            await self._channel.basic_consume(self._queue, self._arrive)

    def lost(self, *_: object) -> None:
        """The channel or the queue is gone: whoever waits here has to begin again."""
        self._arrived.put_nowait(None)

    @asynccontextmanager
    async def next_batch(self, limit: int) -> AsyncIterator["RabbitBatch"]:
        messages = [self._there(await self._arrived.get())]
        self.in_work = 1
        while len(messages) < limit and not self._arrived.empty():
            messages.append(self._there(self._arrived.get_nowait()))
        self.in_work = len(messages)
        batch = RabbitBatch(messages, self._queue, self._channel, self._topology, self._publisher)
        await batch.bury_unreadable()
        yield batch
        self.in_work = 0

    async def _arrive(self, message: DeliveredMessage) -> None:
        self._arrived.put_nowait(message)

    def _there(self, message: DeliveredMessage | None) -> DeliveredMessage:
        if message is None:
            raise Unreachable(f"the consumer of {self._queue} was closed")
        return message


class RabbitBatch:
    def __init__(
        self,
        messages: Sequence[DeliveredMessage],
        queue: str,
        channel: Underlay,
        topology: ServiceTopology,
        publisher: Publisher,
    ) -> None:
        self._queue = queue
        self._channel = channel
        self._topology = topology
        self._publisher = publisher
        self._last_tag = messages[-1].delivery_tag or 0
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
        with translated():
            await self._channel.basic_ack(self._last_tag, multiple=True, wait=False)

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

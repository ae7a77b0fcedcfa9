"""A worker of a consumer: takes batches from its queue, has them processed, settles them."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from kontor_bus.metrics import Metrics
from kontor_bus.processing import DatabaseDown
from kontor_bus.supervision import Backoff
from kontor_bus.transport import Delivery, Outcome, Settle, Subscription, Transport

log = structlog.get_logger()

# Events that share a transaction: few enough that its locks hold nobody up for long.
BATCH = 50
# Two batches: the next one is here when this one is settled.
PREFETCH = 2 * BATCH


class Processor(Protocol):
    async def process(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        """One outcome per delivery. Raises DatabaseDown where the same should be tried again."""


class Worker:
    def __init__(
        self, *, consumer: str, queue: str, processor: Processor, transport: Transport, retries: int, metrics: Metrics
    ) -> None:
        self.queue = queue
        self.busy = False
        self._consumer = consumer
        self._processor = processor
        self._transport = transport
        self._retries = retries
        self._metrics = metrics
        self._stopping = False

    async def run(self) -> None:
        """Until the connection is lost (raises Unreachable) or `stop` was called."""
        async with self._transport.subscribe(self.queue, PREFETCH) as subscription:
            while not self._stopping:
                await self._one_batch(subscription)

    def stop(self, task: asyncio.Task[None]) -> None:
        """Ends after the batch in work; a worker that only waits is cancelled."""
        self._stopping = True
        if not self.busy:
            task.cancel()

    async def _one_batch(self, subscription: Subscription) -> None:
        async with subscription.next_batch(BATCH) as batch:
            self.busy = True
            try:
                outcomes = await self._processed(batch.deliveries)
                outcomes = [
                    self._final(delivery, outcome) for delivery, outcome in zip(batch.deliveries, outcomes, strict=True)
                ]
                await batch.settle(outcomes)
                self._count(batch.deliveries, outcomes)
            finally:
                self.busy = False

    async def _processed(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        backoff = Backoff()
        while True:
            try:
                return await self._processor.process(deliveries)
            except DatabaseDown as down:
                log.warning("consumer_waits_for_database", consumer=self._consumer, error=str(down))
                await backoff.pause()

    def _final(self, delivery: Delivery, outcome: Outcome) -> Outcome:
        if outcome.settle is Settle.RETRY and delivery.attempt >= self._retries:
            return Outcome(Settle.DEAD, outcome.error)
        return outcome

    def _count(self, deliveries: Sequence[Delivery], outcomes: Sequence[Outcome]) -> None:
        for delivery, outcome in zip(deliveries, outcomes, strict=True):
            if outcome.settle is Settle.RETRY:
                self._metrics.retried.labels(self._consumer).inc()
            elif outcome.settle is Settle.DEAD:
                self._metrics.dead.labels(self._consumer).inc()
                log.error(
                    "event_dead",
                    consumer=self._consumer,
                    event_id=str(delivery.envelope.id),
                    event_type=delivery.envelope.type,
                    attempts=delivery.attempt + 1,
                    error=outcome.error,
                )

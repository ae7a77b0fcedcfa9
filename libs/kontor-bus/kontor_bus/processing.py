"""Workers: each takes batches from its consumer's queue, does them, and says what becomes of each event."""

import asyncio
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

import structlog
from google.protobuf.message import DecodeError, Message
from opentelemetry.trace import SpanKind, Tracer
from sqlalchemy import ARRAY, String, Uuid, bindparam, text

from kontor_bus.consumers import Copy, Effects, Poison
from kontor_bus.database import Database, answers
from kontor_bus.envelope import Envelope
from kontor_bus.metrics import Metrics
from kontor_bus.patterns import matches
from kontor_bus.supervision import Backoff
from kontor_bus.tracing import link_to, parent_of
from kontor_bus.transport import Delivery, Settle, Transport

log = structlog.get_logger()

# Sorted by the caller: two instances that were handed the same events take the rows in the same order.
_CLAIM = text(
    "INSERT INTO inbox (consumer, event_id) SELECT :consumer, unnest(:ids) ON CONFLICT DO NOTHING RETURNING event_id"
).bindparams(bindparam("consumer", type_=String), bindparam("ids", type_=ARRAY(Uuid)))

C = TypeVar("C", bound=Copy | Effects)
M = TypeVar("M", bound=Message | None)
Act = Callable[[Sequence[Delivery]], Awaitable[None]]


class Worker(ABC, Generic[C]):
    def __init__(
        self, consumer: C, database: Database, transport: Transport, retries: int, metrics: Metrics, tracer: Tracer
    ) -> None:
        self._consumer = consumer
        self._database = database
        self._transport = transport
        self._retries = retries
        self._metrics = metrics
        self._tracer = tracer
        self._in_work = asyncio.Lock()

    async def run(self) -> None:
        """Processes batches from the queue until the connection is lost (raises Unreachable)."""
        await self._transport.consume(self._consumer.queue.name, self._batch)

    async def rest(self) -> None:
        """Waits until the current batch is finished, and starts no other."""
        await self._in_work.acquire()

    @abstractmethod
    async def process(self, deliveries: Sequence[Delivery]) -> None:
        """Says in each delivery what becomes of it. What fails because the database is away is tried until it is back."""

    @asynccontextmanager
    async def _batch(self, deliveries: Sequence[Delivery]) -> AsyncIterator[None]:
        async with self._in_work:
            await self.process(deliveries)
            for delivery in deliveries:
                if delivery.settle is Settle.RETRY and delivery.attempt >= self._retries:
                    delivery.settle = Settle.DEAD
            yield
            self._count(deliveries)

    async def _together(self, group: Sequence[Delivery], act: Act) -> None:
        """Processes the group in one transaction; if that fails, event by event, so that only the faulty one fails."""
        backoff = Backoff()
        while True:
            try:
                return await act(group)
            except Exception as failure:
                if await answers(self._database):
                    return await self._one_by_one(group, act, failure)
                # Nothing is to blame on the events.
                log.warning("consumer_waits_for_database", consumer=self._consumer.name, error=str(failure))
            await backoff.pause()

    async def _one_by_one(self, group: Sequence[Delivery], act: Act, failure: Exception) -> None:
        if len(group) > 1:
            for one in group:
                await self._together([one], act)
            return
        [delivery] = group
        if isinstance(failure, Poison):
            delivery.settle, delivery.error = Settle.DEAD, str(failure)
            return
        delivery.settle, delivery.error = Settle.RETRY, f"{type(failure).__name__}: {failure}"
        event = delivery.envelope
        log.warning(
            "event_failed",
            consumer=self._consumer.name,
            event_id=str(event.id),
            event_type=event.type,
            exc_info=failure,
        )

    def _observe(self, envelopes: Sequence[Envelope]) -> None:
        now = datetime.now(UTC)
        lag = self._metrics.lag.labels(self._consumer.name)
        for envelope in envelopes:
            lag.observe(max(0.0, (now - envelope.time).total_seconds()))
        self._metrics.consumed.labels(self._consumer.name).inc(len(envelopes))

    def _count(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            if delivery.settle is Settle.RETRY:
                self._metrics.retried.labels(self._consumer.name).inc()
            elif delivery.settle is Settle.DEAD:
                self._metrics.dead.labels(self._consumer.name).inc()
                log.error(
                    "event_dead",
                    consumer=self._consumer.name,
                    event_id=str(delivery.envelope.id),
                    event_type=delivery.envelope.type,
                    attempts=delivery.attempt + 1,
                    error=delivery.error,
                )


class EffectsWorker(Worker[Effects]):
    """Several events in one transaction per merchant."""

    async def process(self, deliveries: Sequence[Delivery]) -> None:
        groups: dict[UUID | None, list[Delivery]] = defaultdict(list)
        for delivery in deliveries:
            groups[delivery.envelope.merchant_id].append(delivery)
        for merchant_id, group in groups.items():
            await self._together(group, partial(self._handle_in_transaction, merchant_id))

    async def _handle_in_transaction(self, merchant_id: UUID | None, group: Sequence[Delivery]) -> None:
        done: list[Envelope] = []
        async with self._database.transaction(merchant_id) as session:
            ids = sorted({delivery.envelope.id for delivery in group})
            # On the connection: this is nothing that the session's identity map should look at.
            connection = await session.connection()
            claimed = await connection.execute(_CLAIM, {"consumer": self._consumer.name, "ids": ids})
            fresh = set(claimed.scalars())
            for envelope in (delivery.envelope for delivery in group):
                if envelope.id in fresh:
                    fresh.remove(envelope.id)
                    await self._handle(session, envelope)
                    done.append(envelope)
        self._observe(done)
        self._metrics.duplicates.labels(self._consumer.name).inc(len(group) - len(done))

    async def _handle(self, session: Any, envelope: Envelope) -> None:
        handler = self._consumer.by_type.get(envelope.type)
        if handler is None:
            if not any(matches(pattern, envelope.type) for pattern in self._consumer.queue.patterns):
                # During a roll-out: left to the newer one.
                raise LookupError(f"{envelope.type} was bound to {self._consumer.name} by another version of it")
            raise Poison(f"unknown type {envelope.type}: {self._consumer.name} has no handler for it")
        message = _decoded(envelope, envelope.message)
        with self._tracer.start_as_current_span(
            f"{self._consumer.name} process", context=parent_of(envelope), kind=SpanKind.CONSUMER
        ) as span:
            span.set_attribute("messaging.message.id", str(envelope.id))
            span.set_attribute("kontor.event.type", envelope.type)
            await handler(session, message, envelope)


class CopyWorker(Worker[Copy]):
    """Hands the whole batch over."""

    async def process(self, deliveries: Sequence[Delivery]) -> None:
        await self._together(deliveries, self._apply)

    async def _apply(self, deliveries: Sequence[Delivery]) -> None:
        envelopes = [d.envelope for d in deliveries if _decoded(d.envelope, d.envelope.state) is not None]
        if not envelopes:
            return
        with self._tracer.start_as_current_span(
            f"{self._consumer.name} apply",
            kind=SpanKind.CONSUMER,
            links=[link for envelope in envelopes for link in link_to(envelope)],
        ) as span:
            span.set_attribute("messaging.batch.message_count", len(envelopes))
            await self._consumer.apply(envelopes)
        self._observe(envelopes)


def _decoded(envelope: Envelope, read: Callable[[], M]) -> M:
    try:
        return read()
    except DecodeError as broken:
        raise Poison(f"body is no {envelope.type}: {broken}") from broken

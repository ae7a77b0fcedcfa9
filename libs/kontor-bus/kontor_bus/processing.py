"""From a batch of deliveries to one outcome for each."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Generic, TypeVar
from uuid import UUID

import structlog
from google.protobuf.message import DecodeError, Message
from opentelemetry.trace import SpanKind, Tracer
from sqlalchemy import ARRAY, String, Uuid, bindparam, text

from kontor_bus.consumers import Copy, Effects, Handler, Poison
from kontor_bus.database import Database, answers
from kontor_bus.envelope import Envelope
from kontor_bus.metrics import Metrics
from kontor_bus.patterns import matches
from kontor_bus.tracing import link_to, parent_of
from kontor_bus.transport import DONE, Delivery, Outcome, Settle

log = structlog.get_logger()

# Sorted by the caller: two instances that were handed the same events take the rows in the same order.
_CLAIM = text(
    "INSERT INTO inbox (consumer, event_id) SELECT :consumer, unnest(:ids) ON CONFLICT DO NOTHING RETURNING event_id"
).bindparams(bindparam("consumer", type_=String), bindparam("ids", type_=ARRAY(Uuid)))


class DatabaseDown(Exception):
    """The service's database does not answer: nothing is to blame on the events, try the same again."""


class _NotMine(Exception):
    """During a roll-out the newer version has bound what this one does not know: leave it to that one."""


@dataclass(frozen=True)
class _Known:
    index: int
    envelope: Envelope


@dataclass(frozen=True)
class _Work(_Known):
    message: Message
    handler: Handler


C = TypeVar("C", bound=Copy | Effects)
K = TypeVar("K", bound=_Known)


class _Processor(Generic[C]):
    def __init__(self, consumer: C, database: Database, metrics: Metrics, tracer: Tracer) -> None:
        self._consumer = consumer
        self._database = database
        self._metrics = metrics
        self._tracer = tracer

    async def _together(self, group: list[K], act: Callable[[list[K]], Awaitable[None]]) -> dict[int, Outcome]:
        """Does the group at once; event by event where that fails, so that a bad one fails alone. Raises DatabaseDown."""
        try:
            await act(group)
        except Exception as failure:
            if not await answers(self._database):
                raise DatabaseDown(str(failure)) from failure
            if len(group) == 1:
                return {group[0].index: outcome_of(failure, self._consumer.name, group[0].envelope)}
            outcomes: dict[int, Outcome] = {}
            for one in group:
                outcomes |= await self._together([one], act)
            return outcomes
        return {one.index: DONE for one in group}


class EffectsProcessor(_Processor[Effects]):
    """Several events in one transaction per merchant."""

    async def process(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        outcomes = [DONE] * len(deliveries)
        groups: dict[UUID | None, list[_Work]] = defaultdict(list)
        for index, delivery in enumerate(deliveries):
            try:
                work = self._decoded(index, delivery.envelope)
            except _NotMine as stranger:
                outcomes[index] = Outcome(Settle.RETRY, str(stranger))
            except Poison as unreadable:
                outcomes[index] = Outcome(Settle.DEAD, str(unreadable))
            else:
                groups[delivery.envelope.merchant_id].append(work)
        for merchant_id, group in groups.items():
            for index, outcome in (await self._together(group, partial(self._transaction, merchant_id))).items():
                outcomes[index] = outcome
        return outcomes

    def _decoded(self, index: int, envelope: Envelope) -> _Work:
        handler = self._consumer.by_type.get(envelope.type)
        if handler is None:
            if not any(matches(pattern, envelope.type) for pattern in self._consumer.queue.patterns):
                raise _NotMine(f"{envelope.type} was bound to {self._consumer.name} by another version of it")
            raise Poison(f"unknown type {envelope.type}: {self._consumer.name} has no handler for it")
        try:
            return _Work(index, envelope, envelope.message(), handler)
        except DecodeError as broken:
            raise Poison(f"body is no {envelope.type}: {broken}") from broken

    async def _transaction(self, merchant_id: UUID | None, group: list[_Work]) -> None:
        done: list[Envelope] = []
        async with self._database.transaction(merchant_id) as session:
            ids = sorted({work.envelope.id for work in group})
            # On the connection: this is nothing that the session's identity map should look at.
            connection = await session.connection()
            claimed = await connection.execute(_CLAIM, {"consumer": self._consumer.name, "ids": ids})
            fresh = set(claimed.scalars())
            for work in group:
                if work.envelope.id in fresh:
                    fresh.remove(work.envelope.id)
                    await self._handle(session, work)
                    done.append(work.envelope)
        observe(self._metrics, self._consumer.name, done)
        self._metrics.duplicates.labels(self._consumer.name).inc(len(group) - len(done))

    async def _handle(self, session: Any, work: _Work) -> None:
        with self._tracer.start_as_current_span(
            f"{self._consumer.name} process", context=parent_of(work.envelope), kind=SpanKind.CONSUMER
        ) as span:
            span.set_attribute("messaging.message.id", str(work.envelope.id))
            span.set_attribute("kontor.event.type", work.envelope.type)
            await work.handler(session, work.message, work.envelope)


class CopyProcessor(_Processor[Copy]):
    """Hands the whole batch over."""

    async def process(self, deliveries: Sequence[Delivery]) -> list[Outcome]:
        outcomes = [DONE] * len(deliveries)
        known: list[_Known] = []
        for index, delivery in enumerate(deliveries):
            try:
                if delivery.envelope.state() is not None:
                    known.append(_Known(index, delivery.envelope))
            except DecodeError as broken:
                outcomes[index] = Outcome(Settle.DEAD, f"body is no {delivery.envelope.type}: {broken}")
        if known:
            for index, outcome in (await self._together(known, self._apply)).items():
                outcomes[index] = outcome
        return outcomes

    async def _apply(self, known: list[_Known]) -> None:
        envelopes = [one.envelope for one in known]
        with self._tracer.start_as_current_span(
            f"{self._consumer.name} apply",
            kind=SpanKind.CONSUMER,
            links=[link for envelope in envelopes for link in link_to(envelope)],
        ) as span:
            span.set_attribute("messaging.batch.message_count", len(envelopes))
            await self._consumer.apply(envelopes)
        observe(self._metrics, self._consumer.name, envelopes)


def outcome_of(failure: Exception, consumer: str, envelope: Envelope) -> Outcome:
    """Poison is dead at once, anything else may pass."""
    error = f"{type(failure).__name__}: {failure}"
    if isinstance(failure, Poison):
        return Outcome(Settle.DEAD, str(failure))
    log.warning(
        "event_failed", consumer=consumer, event_id=str(envelope.id), event_type=envelope.type, exc_info=failure
    )
    return Outcome(Settle.RETRY, error)


def observe(metrics: Metrics, consumer: str, envelopes: Sequence[Envelope]) -> None:
    now = datetime.now(UTC)
    lag = metrics.lag.labels(consumer)
    for envelope in envelopes:
        lag.observe(max(0.0, (now - envelope.time).total_seconds()))
    metrics.consumed.labels(consumer).inc(len(envelopes))

"""A service's connection to the bus: its relay, its consumers, its topology."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Self

import structlog
from opentelemetry.trace import Tracer, TracerProvider
from prometheus_client import CollectorRegistry

from kontor_bus.consumers import Consumer, Copy
from kontor_bus.database import Database
from kontor_bus.expiry import expire_daily
from kontor_bus.metrics import Metrics
from kontor_bus.postgres.dead import PostgresDeadLetters
from kontor_bus.postgres.transport import PostgresTransport
from kontor_bus.processing import CopyProcessor, EffectsProcessor
from kontor_bus.rabbitmq.dead import RabbitDeadLetters
from kontor_bus.rabbitmq.transport import RabbitTransport
from kontor_bus.relay import Relay
from kontor_bus.supervision import keep_running
from kontor_bus.tracing import tracer
from kontor_bus.transport import DeadLetters, Transport, Unreachable
from kontor_bus.worker import Processor, Worker

log = structlog.get_logger()

RETRY_STEPS: tuple[float, ...] = (1, 10, 60, 600)
"""Seconds before the next attempt; after the last one the event is dead."""

# One batch is in the database while the other is in this process: a third more than one after the other. More
# would take the connections away from requests.
EFFECTS_AT_ONCE = 2

_GRACE_SECONDS = 10.0
_FIRST_CONTACT_SECONDS = 10.0


def transport_for(url: str) -> Transport:
    """By the URL's scheme: `amqp(s)://` is RabbitMQ, `postgresql://` a database. Connects to nothing yet."""
    return RabbitTransport(url) if _is_rabbitmq(url) else PostgresTransport(url)


def dead_letters_for(url: str) -> DeadLetters:
    """The dead queues of the bus at this URL."""
    return RabbitDeadLetters(url) if _is_rabbitmq(url) else PostgresDeadLetters(url)


def _is_rabbitmq(url: str) -> bool:
    scheme = url.split("://", 1)[0]
    if scheme not in ("amqp", "amqps", "postgresql", "postgres"):
        raise ValueError(f"bus_url: {scheme}:// is neither amqp(s):// nor postgresql://")
    return scheme.startswith("amqp")


class Bus:
    """`async with Bus(url, service="payments", database=db, consumers=[…])`.

    Entering declares the topology and starts the relay and the consumers; a transport that is down is
    waited for in the background, so a service starts and records without it. Leaving lets work in hand finish.
    A database without an outbox gets no relay: an edge only consumes.
    """

    def __init__(
        self,
        url: str,
        *,
        service: str,
        database: Database,
        consumers: Sequence[Consumer] = (),
        registry: CollectorRegistry | None = None,
        tracer_provider: TracerProvider | None = None,
        retry_steps: Sequence[float] = RETRY_STEPS,
    ) -> None:
        names = [consumer.name for consumer in consumers]
        if len(set(names)) < len(names):
            raise ValueError(f"two consumers of {service} have the same name: {sorted(names)}")
        self.service = service
        self.metrics = Metrics(registry)
        self._database = database
        self._transport = transport_for(url)
        self._queues = [consumer.queue for consumer in consumers]
        self._retry_steps = tuple(retry_steps)
        self._declared = asyncio.Event()
        self._tasks: dict[asyncio.Task[None], Worker | None] = {}
        spans = tracer(tracer_provider)
        self._relay = Relay(database=database, transport=self._transport, metrics=self.metrics, tracer=spans)
        self._workers = [worker for consumer in consumers for worker in self._workers_of(consumer, spans)]

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(_FIRST_CONTACT_SECONDS):
                await self._declare()
        except (Unreachable, TimeoutError) as missing:
            log.warning("bus_not_there_yet", service=self.service, error=str(missing))
            self._start("declare", self._declare)
        except BaseException:
            await self._transport.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task, worker in self._tasks.items():
            if worker is None:
                task.cancel()
            else:
                worker.stop(task)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_GRACE_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._transport.close()

    @property
    def connected(self) -> bool:
        """Whether the topology has been declared since the start."""
        return self._declared.is_set()

    async def idle(self, timeout: float = 30.0) -> None:
        """Returns when everything recorded is published and everything for this service is settled. For tests."""
        await idle(self, timeout=timeout)

    async def unfinished(self) -> int:
        """Events not yet published, plus deliveries of this service that wait, are in work, or are to be retried."""
        try:
            return await self._relay.pending() + await self._transport.unsettled()
        except Unreachable:
            return 1

    async def _declare(self) -> None:
        await self._transport.open(self.service, self._queues, self._retry_steps)
        self._declared.set()
        self._start("relay", self._relay.run)
        self._start("expiry", lambda: expire_daily(self._database))
        for worker in self._workers:
            self._start(worker.queue, worker.run, worker)

    def _start(self, name: str, work: Callable[[], Awaitable[None]], worker: Worker | None = None) -> None:
        label = f"bus {self.service} {name}"
        self._tasks[asyncio.create_task(keep_running(label, work), name=label)] = worker

    def _workers_of(self, consumer: Consumer, spans: Tracer) -> list[Worker]:
        processor: Processor
        if isinstance(consumer, Copy):
            count, processor = 1, CopyProcessor(consumer, self._database, self.metrics, spans)
        else:
            count, processor = EFFECTS_AT_ONCE, EffectsProcessor(consumer, self._database, self.metrics, spans)
        return [
            Worker(
                consumer=consumer.name,
                queue=consumer.queue.name,
                processor=processor,
                transport=self._transport,
                retries=len(self._retry_steps),
                metrics=self.metrics,
            )
            for _ in range(count)
        ]


async def idle(*buses: Bus, timeout: float = 30.0) -> None:
    """Returns when these buses are all at rest together: what one of them does may give another one work."""
    async with asyncio.timeout(timeout):
        quiet = 0
        while quiet < 3:
            counts = [await bus.unfinished() for bus in buses]
            quiet = quiet + 1 if not any(counts) else 0
            await asyncio.sleep(0.02)

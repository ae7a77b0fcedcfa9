"""A service's connection to the bus: its relay, its consumers, its topology."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Self

import structlog
from opentelemetry.trace import TracerProvider
from prometheus_client import CollectorRegistry

from kontor_bus.consumers import Consumer, Copy
from kontor_bus.database import Database
from kontor_bus.expiry import expire
from kontor_bus.metrics import Metrics
from kontor_bus.postgres.transport import PostgresTransport
from kontor_bus.processing import CopyWorker, EffectsWorker, Worker
from kontor_bus.rabbitmq.topology import ServiceTopology
from kontor_bus.rabbitmq.transport import RabbitTransport
from kontor_bus.relay import Relay
from kontor_bus.supervision import Background
from kontor_bus.tracing import tracer
from kontor_bus.transport import QueueSpec, Transport, Unreachable

log = structlog.get_logger()

RETRY_STEPS: tuple[float, ...] = (1, 10, 60, 600)
"""Seconds before the next attempt; after the last one the event is dead."""

# One batch is in the database while the other is in this process: a third more than one after the other. More
# would take the connections away from requests.
EFFECTS_AT_ONCE = 2

_GRACE_SECONDS = 10.0
_FIRST_CONTACT_SECONDS = 10.0
_A_DAY = 24 * 3600.0


def transport_for(
    url: str, service: str = "kontor", queues: Sequence[QueueSpec] = (), retry_steps: Sequence[float] = ()
) -> Transport:
    """By the URL's scheme: `amqp(s)://` is RabbitMQ, `postgresql://` a database. Connects to nothing yet."""
    scheme = url.split("://", 1)[0]
    if scheme in ("amqp", "amqps"):
        return RabbitTransport(url, ServiceTopology(service, tuple(queues), tuple(retry_steps)))
    if scheme in ("postgresql", "postgres"):
        return PostgresTransport(url, service, queues, retry_steps)
    raise ValueError(f"bus_url: {scheme}:// is neither amqp(s):// nor postgresql://")


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
        self._transport = transport_for(url, service, [consumer.queue for consumer in consumers], retry_steps)
        self._declared = asyncio.Event()
        self._background = Background()
        spans = tracer(tracer_provider)
        self._relay = Relay(database=database, transport=self._transport, metrics=self.metrics, tracer=spans)
        kit = (database, self._transport, len(retry_steps), self.metrics, spans)
        self._workers: dict[str, Worker[Any]] = {}
        for consumer in consumers:
            if isinstance(consumer, Copy):
                self._workers[consumer.name] = CopyWorker(consumer, *kit)
            else:
                for number in range(EFFECTS_AT_ONCE):
                    self._workers[f"{consumer.name} {number}"] = EffectsWorker(consumer, *kit)

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

    async def __aexit__(self, *_: object) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(_GRACE_SECONDS):
                await asyncio.gather(*(worker.rest() for worker in self._workers.values()))
        await self._background.stop()
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
        await self._transport.open()
        self._declared.set()
        self._start("relay", self._relay.run)
        self._background.every(_A_DAY, f"bus {self.service} expiry", lambda: expire(self._database))
        for name, worker in self._workers.items():
            self._start(name, worker.run)

    def _start(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        self._background.start(f"bus {self.service} {name}", work)


async def idle(*buses: Bus, timeout: float = 30.0) -> None:
    """Returns when these buses are all at rest together: what one of them does may give another one work."""
    async with asyncio.timeout(timeout):
        quiet = 0
        while quiet < 3:
            counts = [await bus.unfinished() for bus in buses]
            quiet = quiet + 1 if not any(counts) else 0
            await asyncio.sleep(0.02)

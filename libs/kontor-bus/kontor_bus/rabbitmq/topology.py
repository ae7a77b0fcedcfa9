"""Exchanges and queues, declared from code with every argument that differs between RabbitMQ's versions."""

from collections.abc import Sequence
from dataclasses import dataclass

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel, AbstractQueue
from pamqp.common import FieldTable

from kontor_bus.transport import UNROUTED, QueueSpec

EVENTS = "kontor.events"

DELIVERY_LIMIT = 20
UNROUTED_LIMIT = 10_000
FORTNIGHT_MS = 14 * 24 * 3600 * 1000
# Looking at a dead queue hands its messages out and back again; that must never use them up. RabbitMQ 4 has a
# default of 20, 3.10 knows no word for "none".
_UNLIMITED = 1_000_000_000

Arguments = FieldTable


@dataclass(frozen=True, slots=True)
class ServiceTopology:
    """What one service has on the broker."""

    service: str
    queues: tuple[QueueSpec, ...]
    retry_steps: tuple[float, ...]

    @property
    def dead(self) -> str:
        return dead_queue(self.service)

    def retry(self, attempt: int) -> str:
        """Exchange and queue in which an event waits after this many failures before."""
        return f"{self.service}.retry.{_milliseconds(self.retry_steps[attempt])}"

    @property
    def retries(self) -> Sequence[str]:
        return sorted({self.retry(attempt) for attempt in range(len(self.retry_steps))})

    async def declare(self, channel: AbstractChannel) -> None:
        await declare_events(channel)
        if not self.queues:
            return
        await self.declare_detours(channel)
        for queue in self.queues:
            declared = await channel.declare_queue(queue.name, durable=True, arguments=consumer_arguments(self.dead))
            for pattern in queue.patterns:
                await declared.bind(EVENTS, routing_key=pattern)

    async def declare_detours(self, channel: AbstractChannel) -> None:
        """Where what failed goes: back after a while, or to the dead."""
        await declare_bounded(channel, self.dead)
        for seconds in self.retry_steps:
            await self._declare_retry(channel, _milliseconds(seconds))

    async def _declare_retry(self, channel: AbstractChannel, milliseconds: int) -> None:
        # One time for the whole queue: with a time per message a long wait at the head holds up the short ones
        # behind. The routing key is the consumer's queue and leads back to it through the default exchange.
        name = f"{self.service}.retry.{milliseconds}"
        exchange = await channel.declare_exchange(name, ExchangeType.FANOUT, durable=True)
        arguments: Arguments = {**quorum(), **dead_lettered(""), "x-message-ttl": milliseconds}
        queue = await channel.declare_queue(name, durable=True, arguments=arguments)
        await queue.bind(exchange)


async def declare_events(channel: AbstractChannel) -> None:
    """The exchange of all events. What nobody has bound is kept in `kontor.unrouted`, the oldest dropped first."""
    unrouted = await channel.declare_exchange(UNROUTED, ExchangeType.FANOUT, durable=True)
    queue = await declare_bounded(channel, UNROUTED, UNROUTED_LIMIT)
    await queue.bind(unrouted)
    await channel.declare_exchange(EVENTS, ExchangeType.TOPIC, durable=True, arguments={"alternate-exchange": UNROUTED})


def consumer_arguments(dead: str) -> Arguments:
    return {**quorum(), **dead_lettered("", dead), "x-delivery-limit": DELIVERY_LIMIT}


def quorum() -> Arguments:
    return {"x-queue-type": "quorum"}


def dead_lettered(exchange: str, routing_key: str | None = None) -> Arguments:
    """At least once: the default loses what cannot be passed on; it is only valid together with reject-publish."""
    arguments: Arguments = {
        "x-dead-letter-exchange": exchange,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
    if routing_key is not None:
        arguments["x-dead-letter-routing-key"] = routing_key
    return arguments


def dead_queue(service: str) -> str:
    return service if service == UNROUTED else f"{service}.dead"


async def declare_bounded(channel: AbstractChannel, name: str, length: int | None = None) -> AbstractQueue:
    """A queue for people to look into: kept for 14 days, the oldest dropped first beyond the length."""
    return await channel.declare_queue(name, durable=True, arguments=bounded_arguments(length))


def bounded_arguments(length: int | None = None) -> Arguments:
    arguments: Arguments = {**quorum(), "x-delivery-limit": _UNLIMITED, "x-message-ttl": FORTNIGHT_MS}
    if length is not None:
        arguments |= {"x-max-length": length, "x-overflow": "drop-head"}
    return arguments


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)

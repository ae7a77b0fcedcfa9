"""The vhost `ingest`: one exchange for all senders, a queue for each kind of input, a queue of refusals per sender.

A sender publishes to the exchange `ingest` with the routing key `<kind>.<merchant>`; which merchant it is, is
taken from its user alone.
"""

import re
from dataclasses import dataclass

from aio_pika import ExchangeType
from aio_pika.abc import AbstractChannel

from kontor_bus.rabbitmq.topology import Arguments, ServiceTopology, consumer_arguments, declare_bounded
from kontor_events.registry import contexts, rules_of

VHOST = "ingest"
EXCHANGE = "ingest"
# What owners let others hand in, as their contracts say.
KINDS = tuple(sorted(kind for context in contexts() for kind in rules_of(context).ingest))
# Refusals of messages that have no sender, and of senders whose queue is gone.
REFUSED = "refused"

MAX_BYTES = 1024 * 1024
MAX_LENGTH = 10_000
REFUSED_LENGTH = 1_000

_USER = re.compile(r"^(?P<merchant>[a-z0-9-]+)(\.[a-z0-9-]+)?$")


@dataclass(frozen=True, slots=True)
class IngestTopology:
    """`max_length` bounds each queue: beyond it the sender's publish is rejected, and the sender keeps its message."""

    retry_steps: tuple[float, ...]
    max_length: int = MAX_LENGTH

    @property
    def detours(self) -> ServiceTopology:
        return ServiceTopology(VHOST, (), self.retry_steps)

    async def declare(self, channel: AbstractChannel) -> None:
        await channel.declare_exchange(EXCHANGE, ExchangeType.TOPIC, durable=True)
        await declare_bounded(channel, REFUSED, REFUSED_LENGTH)
        await self.detours.declare_detours(channel)
        for kind in KINDS:
            arguments: Arguments = {**consumer_arguments(self.detours.dead), "x-max-length": self.max_length}
            queue = await channel.declare_queue(kind, durable=True, arguments=arguments)
            await queue.bind(EXCHANGE, routing_key=f"{kind}.*")


def merchant_of(user: str) -> str | None:
    """The merchant's slug in a user's name, `<slug>` or `<slug>.<system>`; None where it is no sender's name."""
    found = _USER.match(user)
    return found["merchant"] if found else None


def refused_queue(user: str) -> str:
    return f"{REFUSED}.{user}"

"""What a transport does for the relay and the consumers: RabbitMQ and PostgreSQL do the same."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from kontor_bus.envelope import Envelope

UNROUTED = "kontor.unrouted"
"""Where events go that nobody has bound: bounded, for looking, and for replaying after a late first start."""


class Unreachable(ConnectionError):
    """The transport cannot be reached, or the connection to it was lost on the way."""


class Verdict(Enum):
    CONFIRMED = "confirmed"
    # The transport has answered that it does not take this message.
    REFUSED = "refused"
    # The connection was lost before the answer: it may or may not have arrived, and is to be sent again.
    UNSENT = "unsent"
    # The connection is there and the answer is not: the queue it goes to may be in trouble, others may be well.
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Receipt:
    verdict: Verdict
    reason: str = ""


CONFIRMED = Receipt(Verdict.CONFIRMED)


@dataclass(frozen=True, slots=True)
class QueueSpec:
    """One consumer's queue and the routing patterns it is bound with (`*` one word, `#` any number)."""

    name: str
    patterns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event handed to a consumer. `attempt` counts the failures before this one."""

    envelope: Envelope
    attempt: int = 0


class Settle(Enum):
    DONE = "done"
    RETRY = "retry"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Outcome:
    settle: Settle
    error: str = ""


DONE = Outcome(Settle.DONE)


class Batch(Protocol):
    """Deliveries that belong to this consumer until they are settled or the block is left."""

    @property
    def deliveries(self) -> Sequence[Delivery]: ...

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """One outcome per delivery, in their order. Durable when it returns."""


class Subscription(Protocol):
    def next_batch(self, limit: int) -> AbstractAsyncContextManager[Batch]:
        """Waits for at least one delivery. Raises Unreachable when the connection is lost."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event that a consumer could not do, with the reason."""

    # The event's.
    id: str
    queue: str
    type: str
    error: str
    attempt: int
    died_at: datetime


class Transport(Protocol):
    async def open(self, service: str, queues: Sequence[QueueSpec], retry_steps: Sequence[float]) -> None:
        """Declares the topology. Raises Unreachable."""

    async def close(self) -> None: ...

    async def publish(self, envelopes: Sequence[Envelope]) -> Sequence[Receipt]:
        """One receipt per envelope. Raises Unreachable where nothing could be sent."""

    def subscribe(self, queue: str, prefetch: int) -> AbstractAsyncContextManager[Subscription]: ...

    async def unsettled(self) -> int:
        """Deliveries of this service's queues that wait, are in work here, or wait for their next attempt."""


class DeadLetters(Protocol):
    """The dead queues, for people: `kontor dead`. `service` may be `kontor.unrouted`."""

    async def listed(self, service: str, limit: int) -> list[DeadLetter]: ...

    async def replay(self, service: str, ids: set[str] | None) -> int:
        """Back into the queue they died in, as new; all where `ids` is None. Answers how many."""

    async def drop(self, service: str, ids: set[str] | None) -> int: ...

    async def close(self) -> None: ...

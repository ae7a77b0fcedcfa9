"""What a transport does for the relay and the consumers: RabbitMQ and PostgreSQL do the same."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from kontor_bus.envelope import Envelope

# Events that share a transaction: few enough that its locks hold nobody up for long.
BATCH = 50

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


class Settle(Enum):
    DONE = "done"
    RETRY = "retry"
    DEAD = "dead"


@dataclass(slots=True)
class Delivery:
    """One event handed to a consumer, and what becomes of it. `attempt` counts the failures before this one."""

    envelope: Envelope
    attempt: int = 0
    settle: Settle = Settle.DONE
    error: str = ""


Work = Callable[[Sequence[Delivery]], AbstractAsyncContextManager[None]]
"""On entry it processes the deliveries and sets each one's `settle`; inside the block the transport settles them."""


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


class DeadLetters(Protocol):
    """The dead queues, for people: `kontor dead`. `service` may be `kontor.unrouted`."""

    async def listed(self, service: str, limit: int) -> list[DeadLetter]: ...

    async def replay(self, service: str, ids: set[str] | None) -> int:
        """Puts the events back into the queue they died in, as new; all of them if `ids` is None. Returns how many."""

    async def drop(self, service: str, ids: set[str] | None) -> int: ...


class Transport(Protocol):
    """The bus of one service: its queues, and the waiting times before further attempts."""

    async def open(self) -> None:
        """Declares the topology. Raises Unreachable."""

    async def close(self) -> None: ...

    async def publish(self, envelopes: Sequence[Envelope]) -> Sequence[Receipt]:
        """One receipt per envelope. Raises Unreachable where nothing could be sent."""

    async def consume(self, queue: str, work: Work) -> None:
        """Hands over batches, at least one event each, until the connection is lost (raises Unreachable)."""

    async def unsettled(self) -> int:
        """Deliveries of this service's queues that wait, are in work here, or wait for their next attempt."""

    @property
    def dead(self) -> DeadLetters: ...

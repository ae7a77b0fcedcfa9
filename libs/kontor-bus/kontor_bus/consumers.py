"""The two kinds of consumers: copies follow state, effects do something once."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from google.protobuf.message import Message
from sqlalchemy.ext.asyncio import AsyncSession

from kontor_bus.envelope import Envelope
from kontor_bus.transport import QueueSpec
from kontor_events.registry import type_of

Apply = Callable[[list[Envelope]], Awaitable[None]]
Handler = Callable[[AsyncSession, Any, Envelope], Awaitable[None]]
Lane = Literal["interactive", "bulk"]


class Poison(Exception):
    """Raised by a handler: this event can never be done. It goes to the dead queue at once."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Keeps a copy of other owners' state: `apply` gets batches of every fact of the bound aggregates.

    It must take an event again, late or out of order (compare epoch and version). Aggregates that the contract
    does not know are passed over; facts it does not know are not, because their state is in field 1 as ever:
    read it with `envelope.state()`.
    """

    name: str
    bindings: Sequence[str]
    apply: Apply

    @property
    def queue(self) -> QueueSpec:
        return QueueSpec(self.name, tuple(self.bindings))


@dataclass(frozen=True)
class Effects:
    """Does something once for each single fact: `handlers` maps the event's message to its handler.

    A handler runs inside `database.transaction(envelope.merchant_id)` together with the row in the inbox; the
    event is acknowledged after the commit. An exception leads to retries and then to the dead queue.
    `bindings` replaces the bindings by exact type; what then arrives without a handler is dead at once.
    Work that comes in thousands belongs in the bulk lane, a queue of its own, so that it delays no single receipt.
    """

    name: str
    handlers: Mapping[type[Message], Handler]
    lane: Lane = "interactive"
    bindings: Sequence[str] | None = None
    by_type: Mapping[str, Handler] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_type", {type_of(message): handler for message, handler in self.handlers.items()})

    @property
    def queue(self) -> QueueSpec:
        # The inbox goes by the consumer's name: one that changes its lane does nothing twice.
        name = self.name if self.lane == "interactive" else f"{self.name}.bulk"
        return QueueSpec(name, tuple(self.bindings or sorted(self.by_type)))


Consumer = Copy | Effects

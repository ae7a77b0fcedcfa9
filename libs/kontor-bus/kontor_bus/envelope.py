"""What travels: an event's body and the CloudEvents attributes around it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from google.protobuf.message import Message

from kontor_events import registry

MAX_BODY_BYTES = 64 * 1024


class EventTooLarge(ValueError):
    """An event is at most 64 KiB; larger content is carried by its hash."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One event. `time` is an aware UTC instant; `traceparent` is W3C trace context of what caused it."""

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    merchant_id: UUID | None
    traceparent: str | None
    body: bytes

    def message(self) -> Message:
        """The event as its message. Raises UnknownEventType, or DecodeError for a broken body."""
        message = registry.class_of(self.type)()
        message.ParseFromString(self.body)
        return message

    def state(self) -> Message | None:
        """Field 1, the aggregate's state after the fact, also of a fact that this version does not know.

        None where the contract has no such aggregate.
        """
        wrapper = _state_wrapper(aggregate_of(self.type))
        if wrapper is None:
            return None
        message = wrapper()
        message.ParseFromString(self.body)
        return state_of(message)


def aggregate_of(type_name: str) -> str:
    """`documents.document` for `documents.document.shared.v1`."""
    return ".".join(type_name.split(".", 2)[:2])


def state_of(message: Message) -> Message:
    """Field 1 of an event. Raises ValueError for a message that carries no state there."""
    field = message.DESCRIPTOR.fields_by_number.get(1)
    if field is None or field.message_type is None:
        raise ValueError(f"{message.DESCRIPTOR.full_name} carries no aggregate state as field 1")
    state: Message = getattr(message, field.name)
    return state


@cache
def _state_wrapper(aggregate: str) -> type[Message] | None:
    # A message with field 1 alone skips whatever else an unknown fact carries in the other fields.
    candidates = [found for name, found in registry.types().items() if aggregate_of(name) == aggregate]
    return min(candidates, key=lambda found: len(found.DESCRIPTOR.fields), default=None)

"""What the services' own events.py need to say a row in the contract's terms."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

State = TypeVar("State", bound=Message)


def state_of(kind: type[State], row: object, /, **given: Any) -> State:
    """The contract's message for a row: each field is taken from `given`, else from the row's attribute of that name.

    Ids and dates become text, decimals plain text (1200.50 → 1200.5), instants timestamps, JSON objects messages; None
    is an absent field. Rows that are never deleted need no `deleted`. Raises AttributeError for any other field that has
    no value: none is forgotten.
    """
    values = {name: given[name] if name in given else getattr(row, name) for name in _fields(kind.DESCRIPTOR)}
    if getattr(row, "deleted", False):
        values["deleted"] = True
    return kind(**{name: _as_sent(value) for name, value in values.items()})


def plain(value: Decimal) -> str:
    """Without exponent and without zeros at the end: 1200.50 → 1200.5"""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def instant(value: datetime | None) -> Timestamp | None:
    """As a message's field; absent where there is none."""
    if value is None:
        return None
    stamp = Timestamp()
    stamp.FromDatetime(value)
    return stamp


@cache
def _fields(kind: Descriptor) -> tuple[str, ...]:
    return tuple(field.name for field in kind.fields if field.name != "deleted")


def _as_sent(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case datetime():
            return instant(value)
        case date():
            return value.isoformat()
        case Decimal():
            return plain(value)
        case [UUID(), *_]:
            return [str(item) for item in value]
    return value

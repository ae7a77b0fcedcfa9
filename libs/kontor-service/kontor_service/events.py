"""What the services' own events.py need to say a row in the contract's terms."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

State = TypeVar("State", bound=Message)


def state_of(kind: type[State], row: Any, **fields: Any) -> State:
    """The message with the row's columns of the same names, and `fields` where the two differ.

    Ids and dates become text, decimals plain text (1200.50 → 1200.5), instants timestamps; None is an absent field.
    """
    named = {
        name: _value(getattr(row, name))
        for name in kind.DESCRIPTOR.fields_by_name
        if hasattr(row, name) and name not in fields
    }
    return kind(**named, **fields)


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return plain(value) if isinstance(value, Decimal) else value


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

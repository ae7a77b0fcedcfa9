"""How states of aggregates become columns of the copy."""

from collections.abc import Collection
from typing import Any

import orjson
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.timestamp_pb2 import Timestamp

from kontor_edge.sorting import time_key
from kontor_events.codes import Code

# Sort keys compare byte by byte, whatever the database's collation.
KEY = 'text COLLATE "C"'
# Columns of their own.
FIXED = ("merchant_id", "epoch", "deleted")


def money(minor: int, currency: str) -> dict[str, Any]:
    """An amount as the portal's API says it."""
    return {"minor_units": minor, "currency": currency}


def instant(value: Timestamp) -> str | None:
    """ISO 8601 in UTC; None for none."""
    return value.ToJsonString() if value.seconds else None


def key(value: Timestamp) -> str:
    """ISO 8601 in UTC with microseconds, which also sorts by time; empty for none."""
    return time_key(value.ToDatetime()) if value.seconds else ""


def text(value: dict[str, Any]) -> str:
    """JSON for a text column: kept as it is, and handed out without being parsed again."""
    return orjson.dumps(value).decode()


def bits(codes: Collection[str], of: type[Code]) -> int:
    """A set of codes of an enum as a number with a bit for each, in the enum's order: SQL compares it faster than an array."""
    return sum(1 << place for place, code in enumerate(of) if code in codes)


def whole(state: Any) -> dict[str, Any]:
    """The state as JSON, with every field, without what are columns of their own. Instants are ISO 8601; None for none."""
    found: dict[str, Any] = MessageToDict(
        state, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    for name in FIXED:
        found.pop(name, None)
    return _completed(state, found)


def _is_map(field: FieldDescriptor) -> bool:
    """Of plain values: protobuf's JSON says it as it is."""
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def _completed(state: Any, found: dict[str, Any]) -> dict[str, Any]:
    """What protobuf's JSON leaves out or says in its own way: absent messages and optional values, and 64-bit
    numbers as text."""
    for field in state.DESCRIPTOR.fields:
        if field.name in FIXED or _is_map(field):
            continue
        if field.message_type is not None:
            if field.is_repeated:
                parts = zip(getattr(state, field.name), found[field.name], strict=True)
                found[field.name] = [_completed(part, value) for part, value in parts]
            elif isinstance(found.setdefault(field.name, None), dict):
                _completed(getattr(state, field.name), found[field.name])
        elif field.name not in found:
            found[field.name] = None
        elif field.cpp_type in (field.CPPTYPE_INT64, field.CPPTYPE_UINT64):
            value = found[field.name]
            found[field.name] = [int(one) for one in value] if field.is_repeated else int(value)
    return found

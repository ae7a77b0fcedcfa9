"""How states become columns."""

from typing import Any

import orjson
from google.protobuf.json_format import MessageToDict
from google.protobuf.timestamp_pb2 import Timestamp
from kontor_views.sorting import time_key

# Sort keys compare byte by byte, whatever the database's collation.
KEY = 'text COLLATE "C"'
_FIXED = ("merchant_id", "epoch", "deleted")


def instant(value: Timestamp) -> str | None:
    """ISO 8601 in UTC with microseconds, which also sorts by time; None for none."""
    return time_key(value.ToDatetime()) if value.seconds else None


def key(value: Timestamp) -> str:
    return instant(value) or ""


def text(value: dict[str, Any]) -> str:
    """JSON for a text column: handed out as it is."""
    return orjson.dumps(value).decode()


def whole(state: Any) -> dict[str, Any]:
    """The state as JSON, with every field, without what are columns of their own. Instants are ISO 8601."""
    found: dict[str, Any] = MessageToDict(
        state, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    for name in _FIXED:
        found.pop(name, None)
    # 64-bit numbers are strings in protobuf's JSON.
    return {name: int(value) if _is_number(state, name) else value for name, value in found.items()}


def _is_number(state: Any, name: str) -> bool:
    field = state.DESCRIPTOR.fields_by_name[name]
    return field.cpp_type in (field.CPPTYPE_INT64, field.CPPTYPE_UINT64) and not field.is_repeated

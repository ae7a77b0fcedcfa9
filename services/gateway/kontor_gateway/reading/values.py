"""States of aggregates as the copy keeps them."""

from typing import Any

import orjson
from google.protobuf.timestamp_pb2 import Timestamp


def money(minor: int, currency: str) -> dict[str, Any]:
    """An amount as the API says it."""
    return {"minor_units": minor, "currency": currency}


def instant(value: Timestamp) -> str | None:
    return value.ToJsonString() if value.seconds else None


def text(value: dict[str, Any]) -> str:
    """JSON for a text column: kept as it is, and handed out without being read again."""
    return orjson.dumps(value).decode()

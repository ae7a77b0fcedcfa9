"""Envelope ↔ AMQP: id and type in properties, the other CloudEvents attributes in headers under their names."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from pamqp.commands import Basic

from kontor_bus.envelope import Envelope
from kontor_bus.transport import Delivery

ATTEMPT = "kontor-attempt"
ERROR = "kontor-error"
QUEUE = "kontor-queue"
DIED_AT = "kontor-died-at"

_PERSISTENT = 2


class Unreadable(ValueError):
    """A message on the bus that is no event of ours."""


def to_properties(envelope: Envelope, extra: Mapping[str, str | int] | None = None) -> Basic.Properties:
    headers: dict[str, Any] = {
        "source": envelope.source,
        "subject": envelope.subject,
        "time": envelope.time.isoformat(),
        **(extra or {}),
    }
    if envelope.merchant_id is not None:
        headers["merchant"] = str(envelope.merchant_id)
    if envelope.traceparent is not None:
        headers["traceparent"] = envelope.traceparent
    return Basic.Properties(
        headers=headers,
        message_id=str(envelope.id),
        message_type=envelope.type,
        content_type="application/protobuf",
        delivery_mode=_PERSISTENT,
    )


def to_delivery(properties: Any, body: bytes) -> Delivery:
    """From a message's AMQP properties. Raises Unreadable."""
    headers: Mapping[str, Any] = properties.headers or {}
    try:
        merchant = headers.get("merchant")
        envelope = Envelope(
            id=UUID(properties.message_id or ""),
            type=properties.message_type or "",
            source=str(headers["source"]),
            subject=str(headers["subject"]),
            time=datetime.fromisoformat(str(headers["time"])),
            merchant_id=UUID(str(merchant)) if merchant else None,
            traceparent=headers.get("traceparent"),
            body=bytes(body),
        )
    except (KeyError, ValueError) as wrong:
        raise Unreadable(f"no event: {type(wrong).__name__} {wrong}") from wrong
    return Delivery(envelope, attempt_of(properties))


def attempt_of(properties: Any) -> int:
    attempt = (properties.headers or {}).get(ATTEMPT, 0)
    return attempt if isinstance(attempt, int) else 0

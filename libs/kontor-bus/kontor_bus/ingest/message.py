"""A message from another system, and what must hold before anybody looks into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiormq.abc import DeliveredMessage

from kontor_bus.ingest.topology import MAX_BYTES, merchant_of
from kontor_bus.rabbitmq.codec import attempt_of
from kontor_bus.rabbitmq.lenient import UNREADABLE

# Only believed on messages that Kontor itself has put off, which its own user-id shows.
SENDER = "kontor-sender"
_BYPASS = ("CC", "BCC")
# They travel in one frame, together with what Kontor adds.
MAX_HEADERS = 32 * 1024


class Refused(Exception):
    """The message goes back to its sender with this reason, which is for people to read."""


@dataclass(frozen=True, slots=True)
class IngestMessage:
    """`merchant` is the slug that the broker vouches for; `user` the sending system's; `headers` are the sender's."""

    merchant: str
    user: str
    kind: str
    body: bytes
    content_type: str
    message_id: str
    headers: Mapping[str, Any]
    attempt: int = 0

    @property
    def sender(self) -> str:
        """Who did it, as histories name a connected system."""
        return f"system:{self.user}"


def admitted(message: DeliveredMessage, kind: str, own_user: str) -> IngestMessage:
    """Raises Refused. The routing key is compared as well, because that shows copies made by BCC."""
    properties = message.header.properties
    headers = dict(properties.headers or {})
    put_off = properties.user_id == own_user
    user = str(headers.get(SENDER, "")) if put_off else (properties.user_id or "")
    if not user:
        raise Refused("user-id is missing: set the property user-id to the name of your user")
    merchant = merchant_of(user)
    if merchant is None:
        raise Refused(f"user-id {user} is not the user of a connected system")
    if unreadable := str(headers.get(UNREADABLE, "")):
        raise Refused(f"{unreadable} cannot be read: texts are UTF-8, times are seconds since 1970")
    if len(str(headers)) > MAX_HEADERS:
        raise Refused(f"the headers are too large; at most {MAX_HEADERS} bytes are allowed")
    if any(name.upper() in _BYPASS for name in headers):
        raise Refused("the headers CC and BCC are not allowed")
    if not put_off and message.routing_key != f"{kind}.{merchant}":
        raise Refused(f"routing key {message.routing_key} does not belong here; use {kind}.{merchant}")
    if len(message.body) > MAX_BYTES:
        raise Refused(f"body has {len(message.body)} bytes; at most {MAX_BYTES} are allowed")
    return IngestMessage(
        merchant=merchant,
        user=user,
        kind=kind,
        body=bytes(message.body),
        content_type=properties.content_type or "",
        message_id=properties.message_id or "",
        headers={name: value for name, value in headers.items() if not name.startswith("kontor-")},
        attempt=attempt_of(properties) if put_off else 0,
    )

"""Envelope, outbox, relay, inbox, consumers; RabbitMQ and PostgreSQL transports."""

from kontor_bus.bus import RETRY_STEPS, Bus, idle
from kontor_bus.consumers import Copy, Effects, Poison
from kontor_bus.envelope import MAX_BODY_BYTES, Envelope, EventTooLarge
from kontor_bus.outbox import record

__all__ = [
    "MAX_BODY_BYTES",
    "RETRY_STEPS",
    "Bus",
    "Copy",
    "Effects",
    "Envelope",
    "EventTooLarge",
    "Poison",
    "idle",
    "record",
]

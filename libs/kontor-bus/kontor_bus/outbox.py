"""Recording events: a row of the outbox in the same transaction as the change it tells of.

The relay is woken in this process after the commit instead of by NOTIFY: NOTIFY takes a lock of the whole
PostgreSQL instance at commit and would serialise every writer, while each process that records events of a
service also runs a relay of it. What a process without a relay records (a command line, a crashed process)
is found by the relays' polling.
"""

from __future__ import annotations

import asyncio
import weakref
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, registry
from uuid_utils.compat import uuid7

from kontor_bus.envelope import MAX_BODY_BYTES, EventTooLarge, state_of
from kontor_bus.schema import OUTBOX
from kontor_bus.tracing import current_traceparent
from kontor_events.registry import type_of


class OutboxRow:
    """The part of an outbox row that the writer sets; the rest belongs to the relay."""

    def __init__(self, **values: object) -> None:
        for name, value in values.items():
            setattr(self, name, value)


_WRITTEN = ["id", "type", "subject", "merchant_id", "payload", "headers", "occurred_at"]
registry().map_imperatively(OutboxRow, OUTBOX, include_properties=_WRITTEN)

_PENDING = "kontor_bus.recorded"
_LISTENING = "kontor_bus.listening"

# What wakes the relays of this process, by the name of the database they work for.
_wakeups: dict[str, weakref.WeakSet[asyncio.Event]] = {}


def record(session: AsyncSession, message: Message, *, occurred_at: datetime | None = None) -> UUID:
    """Adds the event to the outbox in the session's transaction and answers its id.

    The message is taken as it is now: call it after the aggregate has its new version. Type, subject and merchant come
    from the message. Raises EventTooLarge above 64 KiB, UnknownEventType for a message that is no event.
    """
    type_name = type_of(message)
    payload = message.SerializeToString(deterministic=True)
    if len(payload) > MAX_BODY_BYTES:
        raise EventTooLarge(f"{type_name}: {len(payload)} bytes, at most {MAX_BODY_BYTES} are allowed")
    state: Any = state_of(message)
    subject = getattr(state, "id", "")
    if not subject:
        raise ValueError(f"{type_name}: the state in field 1 has no id")
    traceparent = current_traceparent()
    row = OutboxRow(
        id=uuid7(),
        type=type_name,
        subject=subject,
        merchant_id=UUID(state.merchant_id) if state.merchant_id else None,
        payload=payload,
        headers={"traceparent": traceparent} if traceparent else {},
        occurred_at=occurred_at or datetime.now(UTC),
    )
    session.add(row)
    _wake_after_commit(session.sync_session)
    event_id: UUID = row.id  # type: ignore[attr-defined]
    return event_id


def watch(database_name: str, wanted: asyncio.Event) -> None:
    """Sets `wanted` after every commit in this process that recorded events in this database."""
    _wakeups.setdefault(database_name, weakref.WeakSet()).add(wanted)


def _wake_after_commit(session: Session) -> None:
    session.info[_PENDING] = True
    if not session.info.get(_LISTENING):
        session.info[_LISTENING] = True
        event.listen(session, "after_commit", _committed)


def _committed(session: Session) -> None:
    if session.info.pop(_PENDING, False):
        url = session.get_bind().engine.url
        for wanted in _wakeups.get(url.database or "", ()):
            wanted.set()

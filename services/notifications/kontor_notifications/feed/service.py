"""The events feed (I4): what other systems read to learn what happened."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kontor_bus import Envelope
from kontor_events.registry import feed_types, internal_fields, type_of
from kontor_service.errors import Invalid
from kontor_service.i18n import N_

# The row of the head stays locked until the commit: the next position can only be given after this one is visible.
# A sequence would let a reader that has seen 7 miss a 6 that commits late.
_APPEND = text(
    """
    WITH head AS (
        INSERT INTO feed_head AS h (merchant_id, position) VALUES (:merchant, 1)
        ON CONFLICT (merchant_id) DO UPDATE SET position = h.position + 1
        RETURNING position
    )
    INSERT INTO feed_event (merchant_id, position, id, type, time, subject, data)
    SELECT :merchant, position, :id, :type, :time, :subject, CAST(:data AS jsonb) FROM head
    """
)
# Head and events are of one moment: what is at the head or before it is there to be read.
_READ = text(
    """
    SELECT head.position AS head, found.* FROM (SELECT max(position) AS position FROM feed_head) head LEFT JOIN LATERAL (
        SELECT position, id, type, time, subject, data FROM feed_event
        WHERE position > :after AND (CAST(:types AS text[]) = '{}' OR EXISTS (
            SELECT FROM unnest(CAST(:types AS text[])) AS wanted WHERE starts_with(type || '.', wanted || '.')))
        ORDER BY position LIMIT :most) found ON true
    """
)


async def append(session: AsyncSession, event: Message, envelope: Envelope) -> None:
    """Gives the event the merchant's next position."""
    await session.execute(
        _APPEND,
        {
            "merchant": envelope.merchant_id,
            "id": envelope.id,
            "type": envelope.type,
            "time": envelope.time,
            "subject": envelope.subject,
            "data": json.dumps(as_json(event)),
        },
    )


def as_json(event: Message) -> dict[str, Any]:
    """protobuf's JSON mapping with the contract's own field names; 64-bit integers are strings there."""
    found = MessageToDict(event, preserving_proto_field_name=True, always_print_fields_with_no_presence=True)
    for field, state in event.ListFields():
        for name in internal_fields(state) if isinstance(state, Message) else ():
            found[field.name].pop(name, None)
    return found


async def read(
    session: AsyncSession, after: int, most: int, types: Sequence[str] = ()
) -> tuple[list[dict[str, Any]], int]:
    """Events behind a position, in order, and the position to go on from. A type may be the beginning of one:
    `payments.receivable` is all its facts. Raises Invalid for one that no event has."""
    for wanted in types:
        if not any(f"{known}.".startswith(f"{wanted}.") for known in _known_types()):
            raise Invalid(N_("One of %(known)s is expected."), field="type", known=", ".join(_known_types()))
    rows = (await session.execute(_READ, {"after": after, "most": most, "types": list(types)})).all()
    events = [
        {
            "position": row.position,
            "id": str(row.id),
            "type": row.type,
            "time": row.time.isoformat(),
            "subject": row.subject,
            "data": row.data,
        }
        for row in rows
        if row.position is not None
    ]
    # What was passed over need not be looked at again.
    return events, events[-1]["position"] if len(events) == most else max(after, rows[0].head or 0)


@cache
def _known_types() -> list[str]:
    return sorted(type_of(message) for message in feed_types())

"""Items that wait for their meter: kept once, and stored when it has come."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.batches.formats.items import IntervalItem, Item, ReadingItem
from kontor_service.commands import fingerprint
from kontor_service.ids import uuid7

_PARK = text("""
INSERT INTO parked_item (id, merchant_id, batch_id, line, kind, meter, digest, item)
SELECT id, :merchant, :batch, line, kind, meter, digest, item FROM unnest(CAST(:ids AS uuid[]), CAST(:lines AS bigint[]),
    CAST(:kinds AS text[]), CAST(:meters AS text[]), CAST(:digests AS text[]), CAST(:items AS jsonb[]))
    AS p (id, line, kind, meter, digest, item) ON CONFLICT (merchant_id, digest) DO NOTHING RETURNING digest
""")
# From one name to the next, however many items wait for each.
_ARRIVED = text("""
WITH RECURSIVE names AS (
    (SELECT meter FROM parked_item ORDER BY meter LIMIT 1)
    UNION ALL
    SELECT (SELECT p.meter FROM parked_item p WHERE p.meter > n.meter ORDER BY p.meter LIMIT 1)
    FROM names n WHERE n.meter IS NOT NULL
), come AS MATERIALIZED (
    SELECT n.meter FROM names n WHERE EXISTS (SELECT FROM meter m WHERE m.number = n.meter AND NOT m.deleted)
        OR EXISTS (SELECT FROM meter m WHERE m.external_id = n.meter AND m.external_id <> '' AND NOT m.deleted)
)
SELECT p.id, p.batch_id, p.line, p.kind, p.item FROM parked_item p WHERE p.meter IN (SELECT meter FROM come)
ORDER BY p.id LIMIT :most FOR UPDATE OF p SKIP LOCKED
""")
_EXPIRED = text("""
SELECT p.id, p.batch_id, p.line, p.kind, p.item FROM parked_item p WHERE p.parked_at < :before
ORDER BY p.id LIMIT :most FOR UPDATE OF p SKIP LOCKED
""")


async def park(session: AsyncSession, merchant_id: UUID, batch_id: UUID, items: Sequence[Item]) -> list[Item]:
    """Keeps what does not wait already; answers what was new."""
    if not items:
        return []
    # Twice in one body is once.
    by_digest = {_digest(item): item for item in items}
    values = {
        "ids": [uuid7() for _ in by_digest],
        "lines": [item.line for item in by_digest.values()],
        "kinds": ["interval" if isinstance(item, IntervalItem) else "reading" for item in by_digest.values()],
        "meters": [item.meter for item in by_digest.values()],
        "digests": list(by_digest),
        "items": [orjson.dumps(list(item)).decode() for item in by_digest.values()],
    }
    kept = await (await session.connection()).execute(_PARK, {"merchant": merchant_id, "batch": batch_id, **values})
    return [by_digest[digest] for digest in kept.scalars()]


async def arrived(session: AsyncSession, most: int) -> list[tuple[UUID, UUID, Item]]:
    """(parked item, its batch, the item) of those whose meter is known now, locked for this transaction."""
    rows = await (await session.connection()).execute(_ARRIVED, {"most": most})
    return [(row.id, row.batch_id, _item(row)) for row in rows]


async def expired(session: AsyncSession, before: datetime, most: int) -> list[tuple[UUID, UUID, Item]]:
    """Those that have waited since before then."""
    rows = await (await session.connection()).execute(_EXPIRED, {"before": before, "most": most})
    return [(row.id, row.batch_id, _item(row)) for row in rows]


async def unpark(session: AsyncSession, ids: Sequence[UUID]) -> None:
    await (await session.connection()).execute(
        text("DELETE FROM parked_item WHERE id = ANY (:ids)"), {"ids": list(ids)}
    )


def _digest(item: Item) -> str:
    return fingerprint(type(item).__name__, list(item[1:]))


def _item(row: Any) -> Item:
    values = row.item if isinstance(row.item, list) else orjson.loads(row.item)
    return IntervalItem(*values) if row.kind == "interval" else ReadingItem(*values)

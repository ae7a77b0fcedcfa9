"""The job that stores what waited for a meter once it is there, and gives up on what has waited too long."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, text
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import LineCode
from kontor_meters.batches.dependencies import Dependencies
from kontor_meters.batches.formats.items import Body, IntervalItem, Item, LineProblem, ReadingItem
from kontor_meters.batches.models import Batch, ParkedItem
from kontor_meters.batches.pipeline import lines
from kontor_meters.batches.pipeline.prepare import count
from kontor_meters.batches.pipeline.store import Result, store_body
from kontor_service.database import is_temporary

log = structlog.get_logger()

_AT_ONCE = 500
_LONGEST = timedelta(days=90)
End = Callable[[Dependencies, AsyncSession, Batch, list[Item]], Awaitable[Result]]

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
SELECT p.id, p.batch_id, p.kind, p.item FROM parked_item p WHERE p.meter IN (SELECT meter FROM come)
ORDER BY p.id LIMIT :most FOR UPDATE OF p SKIP LOCKED
""")
_EXPIRED = text("""
SELECT p.id, p.batch_id, p.kind, p.item FROM parked_item p WHERE p.parked_at < :before
ORDER BY p.id LIMIT :most FOR UPDATE OF p SKIP LOCKED
""")


async def store_arrived(deps: Dependencies) -> None:
    """Items whose meter has come, of every merchant."""
    for merchant_id in await deps.db.merchants("merchants_with_parked_items"):
        more = True
        while more:
            try:
                more = await _some(deps, merchant_id, _stored, _AT_ONCE)
            except Exception as error:
                if is_temporary(error):
                    raise
                # One of them cannot be stored: it is found alone, and does not hold up the others for ever.
                log.exception("parked_failed", merchant_id=str(merchant_id))
                more = await _one_by_one(deps, merchant_id)


async def give_up_parked(deps: Dependencies) -> None:
    """What has waited for three months is refused."""
    for merchant_id in await deps.db.merchants("merchants_with_parked_items"):
        more = True
        while more:
            more = await _some(deps, merchant_id, _given_up(LineCode.EXPIRED), _AT_ONCE, expired=True)


async def _one_by_one(deps: Dependencies, merchant_id: UUID) -> bool:
    for _ in range(_AT_ONCE):
        try:
            more = await _some(deps, merchant_id, _stored, 1)
        except Exception as error:
            if is_temporary(error):
                raise
            log.exception("parked_item_failed", merchant_id=str(merchant_id))
            more = await _some(deps, merchant_id, _given_up(LineCode.BODY), 1)
        if not more:
            return False
    return True


async def _some(deps: Dependencies, merchant_id: UUID, end: End, most: int, *, expired: bool = False) -> bool:
    """The oldest of them, in one transaction; whether there may be more."""
    async with deps.db.transaction(merchant_id) as session:
        which, values = (_EXPIRED, {"before": deps.clock.now() - _LONGEST}) if expired else (_ARRIVED, {})
        waiting = (await session.execute(which, {"most": most, **values})).all()
        for batch_id in sorted({row.batch_id for row in waiting}):
            batch = await session.get_one(Batch, batch_id, with_for_update=True)
            items = [_item(row) for row in waiting if row.batch_id == batch_id]
            await lines.forget_parked(session, batch, items)
            batch.parked -= sum(map(count, items))
            # The batch counts them anew: what waited is stored now, or refused.
            await (await end(deps, session, batch, items)).record_in(session, batch)
            batch.touch()
            await lines.tell(session, batch, deps.clock.now())
        await session.execute(delete(ParkedItem).where(col(ParkedItem.id).in_([row.id for row in waiting])))
    return len(waiting) == most


def _item(row: Any) -> Item:
    return IntervalItem(*row.item) if row.kind == "interval" else ReadingItem(*row.item)


async def _stored(deps: Dependencies, session: AsyncSession, batch: Batch, items: list[Item]) -> Result:
    body = Body.of(items, of_file=batch.source == "csv")
    # What came since about the same instants knows better than what waited.
    return await store_body(deps, session, batch, body, correct=False)


def _given_up(code: str) -> End:
    async def end(_: Dependencies, __: AsyncSession, ___: Batch, items: Sequence[Item]) -> Result:
        problems = [LineProblem(i.line, code, "meter", values={"meter": i.meter}, count=count(i)) for i in items]
        return Result(Counter(refused=sum(problem.count for problem in problems)), problems)

    return end

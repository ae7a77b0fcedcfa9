"""The job that stores what waited for a meter once it is there, and gives up on what has waited too long."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import LineCode
from kontor_meters.batches import events
from kontor_meters.batches.dependencies import Dependencies
from kontor_meters.batches.formats.items import Body, Item, LineProblem
from kontor_meters.batches.models import Batch
from kontor_meters.batches.pipeline import lines, parked
from kontor_meters.batches.pipeline.prepare import count
from kontor_meters.batches.pipeline.store import Result, store_body
from kontor_meters.copies import zone_of

log = structlog.get_logger()

_AT_ONCE = 500
_LONGEST = timedelta(days=90)
End = Callable[[Dependencies, AsyncSession, Batch, list[Item]], Awaitable[None]]


async def store_arrived(deps: Dependencies) -> None:
    """Items whose meter has come, of every merchant."""
    for merchant_id in await deps.db.merchants("merchants_with_parked_items"):
        more = True
        while more:
            try:
                more = await _some(deps, merchant_id, _stored, _AT_ONCE)
            except (DBAPIError, OSError):
                raise
            except Exception:
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
        except (DBAPIError, OSError):
            raise
        except Exception:
            log.exception("parked_item_failed", merchant_id=str(merchant_id))
            more = await _some(deps, merchant_id, _given_up(LineCode.BODY), 1)
        if not more:
            return False
    return True


async def _some(deps: Dependencies, merchant_id: UUID, end: End, most: int, *, expired: bool = False) -> bool:
    """The oldest of them, in one transaction; whether there may be more."""
    async with deps.db.transaction(merchant_id) as session:
        if expired:
            waiting = await parked.expired(session, deps.clock.now() - _LONGEST, most)
        else:
            waiting = await parked.arrived(session, most)
        for batch_id in sorted({batch_id for _, batch_id, _ in waiting}):
            batch = await session.get(Batch, batch_id, with_for_update=True)
            assert batch is not None
            items = [item for _, of, item in waiting if of == batch_id]
            await lines.forget_parked(session, batch.id, items)
            batch.parked -= sum(map(count, items))
            await end(deps, session, batch, items)
            batch.touch()
            await events.tell(session, batch, deps.clock.now())
        await parked.unpark(session, [parked_id for parked_id, _, _ in waiting])
    return len(waiting) == most


async def _stored(deps: Dependencies, session: AsyncSession, batch: Batch, items: list[Item]) -> None:
    """The batch counts them anew: what waited is stored now, or refused."""
    body = Body.of(items, of_file=batch.source == "csv")
    # What came since about the same instants knows better than what waited.
    zone = await zone_of(session, batch.merchant_id)
    await (await store_body(deps, session, batch, body, zone, correct=False)).record_in(session, batch)


def _given_up(code: str) -> End:
    async def end(_: Dependencies, session: AsyncSession, batch: Batch, items: Sequence[Item]) -> None:
        told = [
            LineProblem(item.line, code, "meter", values={"meter": item.meter}, count=count(item)) for item in items
        ]
        await Result(Counter(refused=sum(problem.count for problem in told)), told).record_in(session, batch)

    return end

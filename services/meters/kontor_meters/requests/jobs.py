"""What requests do when their days come: remind, estimate, close."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from kontor_meters.copies import zone_of
from kontor_meters.models import ReadingRequest
from kontor_meters.requests import queries
from kontor_meters.requests.estimate_missing import estimate_missing
from kontor_meters.requests.service import close, remind_missing
from kontor_meters.times import day_of, start_of
from kontor_service.clock import Clock
from kontor_service.database import Database

log = structlog.get_logger()


async def follow_the_calendar(db: Database, clock: Clock) -> None:
    for merchant_id in await db.merchants("merchants_with_open_requests"):
        await _of_merchant(db, clock, merchant_id)


async def _of_merchant(db: Database, clock: Clock, merchant_id: UUID) -> None:
    now = clock.now()
    async with db.transaction(merchant_id) as session:
        zone = await zone_of(session, merchant_id)
        requests = await queries.open_requests(session)
    for request in requests:
        try:
            await _one(db, clock, request, zone, now)
        except Exception:
            # It is looked at again with the next work; those of others must not wait for it.
            log.exception("reading_request_failed", request=str(request.id))


async def _one(db: Database, clock: Clock, request: ReadingRequest, zone: ZoneInfo, now: datetime) -> None:
    today = day_of(now, zone)
    if request.remind_on is not None and request.remind_on <= today and request.reminded_at is None:
        midnight = start_of(request.remind_on, zone)
        await remind_missing(db, request.merchant_id, request.id, since=midnight, now=now)
        await _reminded(db, request, now)
    if request.due_on < today and request.estimate:
        await estimate_missing(db, request, now)
        await close(db, clock, request.merchant_id, request.id)


async def _reminded(db: Database, request: ReadingRequest, now: datetime) -> None:
    async with db.transaction(request.merchant_id) as session:
        (await queries.locked(session, request.id)).reminded_at = now

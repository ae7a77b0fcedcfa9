"""What requests do when their days come: remind; after the due date estimate what is missing, and close."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import FindingCode, ReadingState
from kontor_meters.copies import zone_of
from kontor_meters.models import InvitedMeter, Meter, ReadingInvitation, ReadingRequest, Register
from kontor_meters.readings.plausibility import Finding, Point
from kontor_meters.readings.unit_of_work import ReadingUnitOfWork, open_unit_of_work
from kontor_meters.requests.estimates import Estimate, curve_of, estimate
from kontor_meters.requests.invitations import lock, write_all
from kontor_meters.requests.service import close, remind_missing, waiting_for
from kontor_meters.times import day_of, noon_of, start_of
from kontor_service.clock import Clock
from kontor_service.database import Database

log = structlog.get_logger()

# So many invitations are estimated in one transaction.
_BATCH = 50


async def follow_the_calendar(db: Database, clock: Clock) -> None:
    for merchant_id in await db.merchants("merchants_with_open_requests"):
        async with db.transaction(merchant_id) as session:
            zone = await zone_of(session, merchant_id)
            query = select(ReadingRequest).where(ReadingRequest.state == "open").order_by(col(ReadingRequest.id))
            requests = (await session.exec(query)).all()
        for request in requests:
            try:
                await _one(db, request, zone, clock.now())
            except Exception:
                # It is looked at again with the next work; those of others must not wait for it.
                log.exception("reading_request_failed", request=str(request.id))


async def _one(db: Database, request: ReadingRequest, zone: ZoneInfo, now: datetime) -> None:
    today = day_of(now, zone)
    if request.remind_on is not None and request.remind_on <= today and request.reminded_at is None:
        midnight = start_of(request.remind_on, zone)
        await remind_missing(db, request.merchant_id, request.id, since=midnight, now=now)
        async with db.transaction(request.merchant_id) as session:
            (await session.get_one(ReadingRequest, request.id, with_for_update=True)).reminded_at = now
    if request.due_on < today and request.estimate:
        await estimate_missing(db, request, now)
        await close(db, request.merchant_id, request.id, now)


async def estimate_missing(db: Database, request: ReadingRequest, now: datetime) -> None:
    """For everybody who is missing, a few customers per transaction. A meter that was never read twice is left out."""
    more = True
    while more:
        async with db.transaction(request.merchant_id) as session:
            waiting = await waiting_for(session, request.id, _BATCH)
            await _estimate(session, request, waiting, now)
            more = len(waiting) == _BATCH


async def _estimate(session: AsyncSession, request: ReadingRequest, waiting: Sequence[UUID], now: datetime) -> None:
    asked = (
        select(InvitedMeter.meter_id, ReadingInvitation.customer_id)
        .join(ReadingInvitation, col(ReadingInvitation.id) == InvitedMeter.invitation_id)
        .where(col(InvitedMeter.invitation_id).in_(waiting), InvitedMeter.state == "invited")
    )
    missing = dict((await session.exec(asked)).all())
    work = await open_unit_of_work(session, request.merchant_id, now, set(missing))
    done = set()
    for meter_id, meter in sorted(work.meters.items()):
        # Somebody else may live there by now.
        if meter.customer_id == missing[meter_id] and await _estimate_meter(work, meter, request):
            done.add(meter_id)
    await work.close()
    invitations = await lock(session, waiting)
    for invitation in invitations:
        for part, _ in invitation.parts:
            if part.state == "invited":
                part.state = "estimated" if part.meter_id in done else "left_out"
    await write_all(invitations, now)


async def _estimate_meter(work: ReadingUnitOfWork, meter: Meter, request: ReadingRequest) -> bool:
    """Estimates the meter's missing readings: of all its registers, or of none if one cannot be estimated."""
    at = noon_of(request.due_on, work.zone)
    if meter.in_use_to is not None and meter.in_use_to <= request.due_on:
        return False
    registers = [register for register in work.registers_of(meter.id) if not register.interval]
    found = [(register, _of_register(work, register, at)) for register in registers]
    readings = [
        work.new_reading(
            register, guess.value, at, [Finding(FindingCode.ESTIMATED, "note", {"method": guess.method})],
            reason=request.reason, source="estimate", state=ReadingState.VALID, channel="estimate",
        )
        for register, guess in found if guess is not None
    ]  # fmt: skip
    if len(readings) < len(registers):
        return False
    for reading in readings:
        await work.enter(reading)
    return True


def _of_register(work: ReadingUnitOfWork, register: Register, at: datetime) -> Estimate | None:
    face = work.face(register)
    points = [Point(known.taken_at, known.value) for known in work.history.of(register.id)]
    before = [point for point in points if point.taken_at < at]
    if not before or len(before) < len(points):
        # Without a reading there is nothing to start from; with a later one nothing to guess.
        return None
    return estimate(face, before[-1], curve_of(face, work.history.series(register.series_id)), at)

"""After the due date: what is missing is estimated, and marked as such."""

from datetime import datetime
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.models import Meter, Reading, ReadingRequest, Register
from kontor_meters.readings.plausibility import Point
from kontor_meters.readings.round import Round, face_of, open_round
from kontor_meters.requests import queries
from kontor_meters.requests.campaign import campaigns_of, close
from kontor_meters.requests.estimates import Estimate, curve_of, estimate
from kontor_meters.requests.service import WAITING
from kontor_meters.times import noon_of
from kontor_service.database import Database
from kontor_service.ids import uuid7

_BATCH = 50


async def estimate_missing(db: Database, request: ReadingRequest, now: datetime) -> None:
    """For everybody who is missing, a few customers per transaction. A meter that was never read twice is left out."""
    more = True
    while more:
        async with db.transaction(request.merchant_id) as session:
            waiting = await queries.invitations_of(session, request.id, WAITING, _BATCH)
            await _estimate(session, request, waiting, now)
            more = len(waiting) == _BATCH


async def _estimate(session: AsyncSession, request: ReadingRequest, invitation_ids: list[UUID], now: datetime) -> None:
    missing = await queries.missing_meters(session, invitation_ids)
    round = await open_round(session, request.merchant_id, now, set(missing))
    done = set()
    for meter_id, meter in sorted(round.meters.items()):
        # Somebody else may live there by now.
        if meter.customer_id == missing[meter_id] and await _estimate_meter(round, meter, request):
            done.add(meter_id)
    await round.close()
    campaigns = await campaigns_of(session, invitation_ids)
    for campaign in campaigns:
        for part, _ in campaign.parts:
            if part.state == "invited":
                part.state = "estimated" if part.meter_id in done else "left_out"
    await close(campaigns, now)


async def _estimate_meter(round: Round, meter: Meter, request: ReadingRequest) -> bool:
    """All its registers or none."""
    at = noon_of(request.due_on, round.zone)
    if meter.in_use_to is not None and meter.in_use_to <= request.due_on:
        return False
    registers = [register for register in round.registers_of(meter.id) if not register.interval]
    found = [(register, _of_register(round, register, at)) for register in registers]
    readings = [_reading(round, register, guess, request, at) for register, guess in found if guess is not None]
    if len(readings) < len(registers):
        return False
    for reading in readings:
        await round.enter(reading)
    return True


def _of_register(round: Round, register: Register, at: datetime) -> Estimate | None:
    face = face_of(register, round.meter_of(register))
    points = [Point(known.taken_at, known.value) for known in round.history.of(register.id)]
    before = [point for point in points if point.taken_at < at]
    if not before or len(before) < len(points):
        # Without a reading there is nothing to start from; with a later one nothing to guess.
        return None
    return estimate(face, before[-1], curve_of(face, round.history.series(register.series_id)), at)


def _reading(
    round: Round, register: Register, guess: Estimate | None, request: ReadingRequest, at: datetime
) -> Reading:
    meter = round.meter_of(register)
    assert guess is not None
    return Reading(
        id=uuid7(),
        merchant_id=meter.merchant_id,
        meter_id=meter.id,
        register_id=register.id,
        series_id=register.series_id,
        customer_id=meter.customer_id,
        value=guess.value,
        taken_at=at,
        reason=request.reason,
        source="estimate",
        state="valid",
        findings=[{"code": "estimated", "severity": "note", "values": {"method": guess.method}}],
        channel="estimate",
        entered_at=round.now,
    )

"""Staff decide about readings: accept, reject, correct."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters import events
from kontor_meters.errors import ReadingDecided, ReadingInvalid
from kontor_meters.models import Reading
from kontor_meters.readings import queries
from kontor_meters.readings.judging import judge
from kontor_meters.readings.round import Round, open_round
from kontor_service.clock import Clock
from kontor_service.database import Database
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal

_OPEN = frozenset({"to_be_checked", "implausible"})


async def accept(db: Database, clock: Clock, principal: Principal, reading_id: UUID, note: str) -> dict[str, Any]:
    """It counts from now on. Raises ReadingNotFound, ReadingDecided; accepting twice changes nothing."""
    async with db.transaction(principal.merchant) as session:
        round, reading = await _held(session, clock, principal, reading_id)
        if reading.state == "valid":
            return await _answer(round, [reading])
        if reading.state not in _OPEN:
            raise ReadingDecided(f"The reading is {reading.state}")
        _decide(reading, principal, note)
        return await _answer(round, [reading, *await round.accept(reading)])


async def reject(db: Database, clock: Clock, principal: Principal, reading_id: UUID, note: str) -> dict[str, Any]:
    """It does not count, or no longer. Raises ReadingNotFound, ReadingDecided, ReadingInvalid (of an exchange)."""
    async with db.transaction(principal.merchant) as session:
        round, reading = await _held(session, clock, principal, reading_id)
        if reading.state == "rejected":
            return await _answer(round, [reading])
        if reading.state == "replaced":
            raise ReadingDecided("Another value took its place already")
        if reading.reason == "exchange":
            raise ReadingInvalid("A reading of an exchange can be corrected, not rejected", code="exchange_reading")
        _decide(reading, principal, note)
        round.drop(reading, reason=note)
        return await _answer(round, [reading])


async def correct(
    db: Database, clock: Clock, principal: Principal, reading_id: UUID, typed: str, note: str
) -> dict[str, Any]:
    """Another value of the same time takes its place. Raises ReadingNotFound, ReadingDecided, ReadingInvalid."""
    async with db.transaction(principal.merchant) as session:
        round, reading = await _held(session, clock, principal, reading_id)
        if reading.state == "replaced":
            raise ReadingDecided("Another value took its place already")
        fresh = _corrected(round, reading, typed)
        fresh.entered_by = principal.name or principal.subject
        _decide(fresh, principal, note)
        await round.replace(reading, fresh.id)
        await round.enter(fresh, decided=True)
        return await _answer(round, [fresh, reading])


def _corrected(round: Round, reading: Reading, typed: str) -> Reading:
    register = round.registers[reading.register_id]
    judged = judge(round, register, typed, reading.taken_at, reading.reason)
    ambiguous = any(found.code == "ambiguous" for found in judged.findings)
    if judged.value is None or ambiguous:
        code = "ambiguous" if ambiguous else "not_a_number"
        raise ReadingInvalid("The value is no number that can mean one thing only", code=code, field="value")
    if judged.value == reading.value and reading.state == "valid":
        raise ReadingInvalid("This is the value that is there", code="unchanged", field="value")
    return Reading(
        id=uuid7(),
        merchant_id=reading.merchant_id,
        meter_id=reading.meter_id,
        register_id=reading.register_id,
        series_id=reading.series_id,
        customer_id=reading.customer_id,
        value=judged.value,
        taken_at=reading.taken_at,
        reason=reading.reason,
        source="staff",
        state="valid",
        findings=[asdict(found) for found in judged.findings if found.code != "duplicate"],
        channel="staff",
        entered_at=round.now,
        photo_sha256=reading.photo_sha256,
    )


async def _held(session: AsyncSession, clock: Clock, principal: Principal, reading_id: UUID) -> tuple[Round, Reading]:
    found = await queries.by_id(session, reading_id)
    place = (found.register_id, found.taken_at)
    round = await open_round(session, principal.merchant, clock.now(), [found.meter_id], [place])
    return round, await queries.by_id(session, reading_id)


def _decide(reading: Reading, principal: Principal, note: str) -> None:
    reading.decided_by = principal.name or principal.subject
    reading.note = note or reading.note


async def _answer(round: Round, readings: list[Reading]) -> dict[str, Any]:
    changed = await round.close()
    results = [events.reading_result(reading, round.meters[reading.meter_id].number) for reading in readings]
    return {"results": [*results, *(events.meter_result(meter, round.registers_of(meter.id)) for meter in changed)]}

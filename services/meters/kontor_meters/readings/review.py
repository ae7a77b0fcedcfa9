"""Staff decide about readings: accept, reject, correct."""

from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import FindingCode, ReadingState
from kontor_meters import events
from kontor_meters.errors import ReadingDecided, ReadingInvalid
from kontor_meters.models import Reading
from kontor_meters.readings import queries
from kontor_meters.readings.assessment import assess
from kontor_meters.readings.unit_of_work import ReadingUnitOfWork, open_unit_of_work
from kontor_service.clock import Clock
from kontor_service.database import Database
from kontor_service.i18n import N_
from kontor_service.tokens import Principal

_OPEN = frozenset({ReadingState.TO_BE_CHECKED, ReadingState.IMPLAUSIBLE})


async def accept(db: Database, clock: Clock, principal: Principal, reading_id: UUID, note: str) -> dict[str, Any]:
    """It counts from now on. Raises ReadingNotFound, ReadingDecided; accepting twice changes nothing."""
    async with db.transaction(principal.merchant) as session:
        work, reading = await _held(session, clock, principal, reading_id)
        if reading.state == ReadingState.VALID:
            return await _answer(work, [reading])
        if reading.state not in _OPEN:
            raise ReadingDecided(N_("Somebody has decided on this reading already."))
        _decide(reading, principal, note)
        return await _answer(work, [reading, *await work.accept(reading)])


async def reject(db: Database, clock: Clock, principal: Principal, reading_id: UUID, note: str) -> dict[str, Any]:
    """It does not count, or no longer. Raises ReadingNotFound, ReadingDecided, ReadingInvalid (of an exchange)."""
    async with db.transaction(principal.merchant) as session:
        work, reading = await _held(session, clock, principal, reading_id)
        if reading.state == ReadingState.REJECTED:
            return await _answer(work, [reading])
        if reading.state == ReadingState.REPLACED:
            raise ReadingDecided(N_("Somebody has decided on this reading already."))
        if reading.reason == "exchange":
            raise ReadingInvalid(
                N_("A reading of an exchange can be corrected, not rejected."), code="exchange_reading"
            )
        _decide(reading, principal, note)
        work.drop(reading, reason=note)
        return await _answer(work, [reading])


async def correct(
    db: Database, clock: Clock, principal: Principal, reading_id: UUID, typed: str, note: str
) -> dict[str, Any]:
    """Another value of the same time takes its place. Raises ReadingNotFound, ReadingDecided, ReadingInvalid."""
    async with db.transaction(principal.merchant) as session:
        work, reading = await _held(session, clock, principal, reading_id)
        if reading.state == ReadingState.REPLACED:
            raise ReadingDecided(N_("Somebody has decided on this reading already."))
        fresh = _corrected(work, reading, typed)
        fresh.entered_by = principal.name or principal.subject
        _decide(fresh, principal, note)
        await work.replace(reading, fresh.id)
        await work.enter(fresh, decided=True)
        return await _answer(work, [fresh, reading])


def _corrected(work: ReadingUnitOfWork, reading: Reading, typed: str) -> Reading:
    register = work.registers[reading.register_id]
    assessed = assess(work, register, typed, reading.taken_at, reading.reason)
    ambiguous = any(found.code == FindingCode.AMBIGUOUS for found in assessed.findings)
    if assessed.value is None or ambiguous:
        code = "ambiguous" if ambiguous else "not_a_number"
        raise ReadingInvalid(
            N_("It is not clear whether the point separates thousands or decimals."), code=code, field="value"
        )
    if assessed.value == reading.value and reading.state == ReadingState.VALID:
        raise ReadingInvalid(N_("This is the value that is there already."), code="unchanged", field="value")
    return work.new_reading(
        register, assessed.value, reading.taken_at, [found for found in assessed.findings if found.code != FindingCode.DUPLICATE],
        customer_id=reading.customer_id, reason=reading.reason, source="staff", state=ReadingState.VALID, channel="staff",
        photo_sha256=reading.photo_sha256,
    )  # fmt: skip


async def _held(
    session: AsyncSession, clock: Clock, principal: Principal, reading_id: UUID
) -> tuple[ReadingUnitOfWork, Reading]:
    found = await queries.by_id(session, reading_id)
    place = (found.register_id, found.taken_at)
    work = await open_unit_of_work(session, principal.merchant, clock.now(), [found.meter_id], [place])
    return work, await queries.by_id(session, reading_id)


def _decide(reading: Reading, principal: Principal, note: str) -> None:
    reading.decided_by = principal.name or principal.subject
    reading.note = note or reading.note


async def _answer(work: ReadingUnitOfWork, readings: list[Reading]) -> dict[str, Any]:
    changed = await work.close()
    results = [events.reading_result(reading, work.meters[reading.meter_id].number) for reading in readings]
    return {"results": [*results, *(events.meter_result(meter, work.registers_of(meter.id)) for meter in changed)]}

"""Staff decide about readings: accept, reject, correct."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request

from kontor.meters.v1.meters_pb2_codes import FindingCode, ReadingState
from kontor_meters import events
from kontor_meters.errors import ReadingDecided, ReadingInvalid
from kontor_meters.models import Reading
from kontor_meters.readings import history
from kontor_meters.readings.assessment import assess
from kontor_meters.readings.inputs import Correction, Decision
from kontor_meters.readings.unit_of_work import ReadingUnitOfWork, open_unit_of_work
from kontor_meters.wake import wakes_jobs
from kontor_service.i18n import N_
from kontor_service.tokens import Principal, require

router = APIRouter(prefix="/v1/readings", tags=["readings"], dependencies=[Depends(wakes_jobs, scope="function")])
Editor = Annotated[Principal, Depends(require("meters:edit"))]
_OPEN = frozenset({ReadingState.TO_BE_CHECKED, ReadingState.IMPLAUSIBLE})


@router.post("/{reading_id}/accept")
async def accept(
    request: Request, reading_id: UUID, principal: Editor, wanted: Decision | None = None
) -> dict[str, Any]:
    """Makes the reading valid. Accepting twice changes nothing."""
    async with _held(request, principal, reading_id) as (work, reading):
        if reading.state == ReadingState.VALID:
            return await _answer(work, [reading])
        if reading.state not in _OPEN:
            raise ReadingDecided
        _decide(reading, principal, wanted)
        return await _answer(work, [reading, *await work.accept(reading)])


@router.post("/{reading_id}/reject")
async def reject(
    request: Request, reading_id: UUID, principal: Editor, wanted: Decision | None = None
) -> dict[str, Any]:
    """Makes the reading rejected, also one that was valid. A reading of a meter exchange can only be corrected."""
    async with _held(request, principal, reading_id) as (work, reading):
        if reading.state == ReadingState.REJECTED:
            return await _answer(work, [reading])
        if reading.state == ReadingState.REPLACED:
            raise ReadingDecided
        if reading.reason == "exchange":
            raise ReadingInvalid(
                N_("A reading of an exchange can be corrected, not rejected."), code="exchange_reading"
            )
        _decide(reading, principal, wanted)
        work.drop(reading, reason=wanted.note if wanted else "")
        return await _answer(work, [reading])


@router.post("/{reading_id}/correct")
async def correct(request: Request, reading_id: UUID, wanted: Correction, principal: Editor) -> dict[str, Any]:
    """Another value of the same time takes its place: the new reading first, then the one it took the place of."""
    async with _held(request, principal, reading_id) as (work, reading):
        if reading.state == ReadingState.REPLACED:
            raise ReadingDecided
        fresh = _corrected(work, reading, wanted.value)
        fresh.entered_by = principal.name or principal.subject
        _decide(fresh, principal, wanted)
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


@asynccontextmanager
async def _held(
    request: Request, principal: Principal, reading_id: UUID
) -> AsyncIterator[tuple[ReadingUnitOfWork, Reading]]:
    """The reading with its meter locked, in one transaction. Raises ReadingNotFound."""
    state = request.app.state
    async with state.db.transaction(principal.merchant) as session:
        found = await history.by_id(session, reading_id)
        place = (found.register_id, found.taken_at)
        work = await open_unit_of_work(session, principal.merchant, state.clock.now(), [found.meter_id], [place])
        yield work, await history.by_id(session, reading_id)


def _decide(reading: Reading, principal: Principal, decision: Decision | None) -> None:
    reading.decided_by = principal.name or principal.subject
    reading.note = decision.note if decision and decision.note else reading.note


async def _answer(work: ReadingUnitOfWork, readings: list[Reading]) -> dict[str, Any]:
    changed = await work.close()
    results = [events.reading_result(reading, work.meters[reading.meter_id].number) for reading in readings]
    return {"results": [*results, *(events.meter_result(meter, work.registers_of(meter.id)) for meter in changed)]}

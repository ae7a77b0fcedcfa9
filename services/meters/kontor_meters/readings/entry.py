"""People enter readings: customers, whoever holds a link, staff."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import FindingCode, ReadingState
from kontor_meters import events
from kontor_meters.copies import zone_of
from kontor_meters.meters import queries as meters
from kontor_meters.models import Reading, Register
from kontor_meters.readings import queries
from kontor_meters.readings.access import by_link, reachable
from kontor_meters.readings.assessment import Assessment, assess, for_links, instant_of
from kontor_meters.readings.inputs import ReadingInput
from kontor_meters.readings.plausibility import Finding
from kontor_meters.readings.unit_of_work import ReadingUnitOfWork, open_unit_of_work
from kontor_meters.requests.progress import open_reasons
from kontor_meters.times import day_of
from kontor_service.clock import Clock
from kontor_service.commands import once
from kontor_service.database import Database
from kontor_service.tokens import Principal


async def enter(
    db: Database, clock: Clock, principal: Principal, wanted: list[ReadingInput], key: str | None
) -> dict[str, Any]:
    """Each reading by itself: what is wrong with one does not keep out the others. Raises KeyReused."""
    asked = [principal.subject, [one.model_dump(mode="json") for one in wanted]]
    return await once(
        db, principal.merchant, "readings", key, asked, lambda session: _enter(session, clock, principal, wanted)
    )


async def _enter(
    session: AsyncSession, clock: Clock, principal: Principal, wanted: list[ReadingInput]
) -> dict[str, Any]:
    owners = await meters.meters_of_registers(session, {one.register_id for one in wanted})
    allowed = await reachable(session, principal, set(owners.values()))
    now, zone = clock.now(), await zone_of(session, principal.merchant)
    places = {(one.register_id, instant_of(one, zone, now)) for one in wanted}
    work = await open_unit_of_work(session, principal.merchant, now, allowed, places)
    recorder = _Recorder(
        work,
        principal,
        await queries.photos_among(session, {one.photo_sha256 for one in wanted} - {""}),
        await open_reasons(session, allowed),
        await queries.to_be_checked(session, work.registers),
    )
    results = [await recorder.accept(one) for one in wanted]
    changed = await work.close()
    if by_link(principal):
        return {"results": [result.answer for result in results]}
    # Versions are their last once the work is closed.
    states = [
        events.reading_result(reading, work.meters[reading.meter_id].number) if reading else {}
        for _, reading in results
    ]
    return {
        "results": [result.answer | state for result, state in zip(results, states, strict=True)],
        "meters": [events.meter_result(meter, work.registers_of(meter.id)) for meter in changed],
    }


class _Result(NamedTuple):
    answer: dict[str, Any]
    reading: Reading | None = None


def _result(register_id: UUID, outcome: str, findings: Sequence[Finding], reading: Reading | None = None) -> _Result:
    told = [asdict(found) for found in findings]
    return _Result({"register_id": str(register_id), "outcome": outcome, "findings": told}, reading)


@dataclass(frozen=True)
class _Case:
    """One reading that somebody wants to enter, and what is thought of it."""

    wanted: ReadingInput
    register: Register
    instant: datetime
    reason: str
    assessed: Assessment

    @property
    def value(self) -> Decimal:
        assert self.assessed.value is not None
        return self.assessed.value


@dataclass
class _Recorder:
    """Checks and stores one reading after the other for a principal."""

    work: ReadingUnitOfWork
    principal: Principal
    photos: set[str]
    reasons: dict[UUID, str]
    # Those of these registers that staff have not decided on yet.
    doubted: list[Reading]

    @property
    def by_staff(self) -> bool:
        return not self.principal.for_customers

    async def accept(self, wanted: ReadingInput) -> _Result:
        register = self.work.registers.get(wanted.register_id)
        if register is None:
            return self._refused(wanted, FindingCode.UNKNOWN_REGISTER)
        if wanted.photo_sha256 and wanted.photo_sha256 not in self.photos:
            return self._refused(wanted, FindingCode.UNKNOWN_PHOTO)
        case = self._case(wanted, register)
        if case.assessed.blocked:
            return self._answer(case, "refused")
        if case.assessed.told_already:
            return self._answer(case, "stored", await self._known(case))
        if case.assessed.doubtful and not wanted.insist:
            return self._answer(case, "asks_back")
        reading = self._insisted_already(case) or await self._store(case)
        return self._answer(case, "stored" if reading.state == ReadingState.VALID else "questioned", reading)

    def _case(self, wanted: ReadingInput, register: Register) -> _Case:
        reason = wanted.reason or self.reasons.get(register.meter_id, "regular")
        instant = instant_of(wanted, self.work.zone, self.work.now)
        instant = self.work.free_instant(register.id, instant, reason)
        return _Case(wanted, register, instant, reason, assess(self.work, register, wanted.value, instant, reason))

    async def _known(self, case: _Case) -> Reading:
        """The same value on the same day is the same reading: two clicks, or somebody who was not sure."""
        known = self.work.same_value(case.register.id, case.value, case.instant, case.reason)
        return await queries.by_id(self.work.session, known.id)

    def _insisted_already(self, case: _Case) -> Reading | None:
        """From another tab, or before staff looked at it."""
        if not case.assessed.doubtful or self.by_staff:
            return None
        zone = self.work.zone
        whose = self.work.meter_of(case.register).customer_id
        wanted = (case.register.id, whose, case.value, case.reason, day_of(case.instant, zone))
        told = ((r, (r.register_id, r.customer_id, r.value, r.reason, day_of(r.taken_at, zone))) for r in self.doubted)
        return next((reading for reading, same in told if same == wanted), None)

    async def _store(self, case: _Case) -> Reading:
        reading = self._reading(case)
        # Staff who insist are those who would be asked.
        decided = case.assessed.doubtful and self.by_staff
        reading.decided_by = reading.entered_by if decided else ""
        await self.work.enter(reading, decided=decided)
        if reading.state == ReadingState.TO_BE_CHECKED:
            self.doubted.append(reading)
        return reading

    def _reading(self, case: _Case) -> Reading:
        doubtful = case.assessed.doubtful
        return self.work.new_reading(
            case.register, case.value, case.instant, case.assessed.findings,
            reason=case.reason, source="staff" if self.by_staff else "customer",
            state=ReadingState.TO_BE_CHECKED if doubtful and not self.by_staff else ReadingState.VALID, insisted=doubtful,
            channel="staff" if self.by_staff else "link" if by_link(self.principal) else "account",
            entered_by=self.principal.name or self.principal.subject,
            photo_sha256=case.wanted.photo_sha256, note=case.wanted.note,
        )  # fmt: skip

    def _refused(self, wanted: ReadingInput, code: FindingCode) -> _Result:
        return _result(wanted.register_id, "refused", [Finding(code, "blocker")])

    def _answer(self, case: _Case, outcome: str, reading: Reading | None = None) -> _Result:
        findings = case.assessed.findings
        return _result(case.register.id, outcome, for_links(findings) if by_link(self.principal) else findings, reading)

"""People enter readings: customers, whoever holds a link, staff."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters import events
from kontor_meters.copies import time_zone
from kontor_meters.meters import queries as meters
from kontor_meters.models import Reading, Register
from kontor_meters.readings import queries
from kontor_meters.readings.access import by_link, reachable
from kontor_meters.readings.assessment import Assessment, assess, for_links, instant_of
from kontor_meters.readings.inputs import ReadingWanted
from kontor_meters.readings.plausibility import Finding
from kontor_meters.readings.unit_of_work import ReadingUnitOfWork, open_unit_of_work
from kontor_meters.requests.progress import open_reasons
from kontor_meters.times import day_of
from kontor_service.clock import Clock
from kontor_service.commands import once
from kontor_service.database import Database
from kontor_service.tokens import Principal


async def enter(
    db: Database, clock: Clock, principal: Principal, wanted: list[ReadingWanted], key: str | None
) -> dict[str, Any]:
    """Each reading by itself: what is wrong with one does not keep out the others. Raises KeyReused."""
    asked = [principal.subject, [one.model_dump(mode="json") for one in wanted]]
    return await once(
        db, principal.merchant, "readings", key, asked, lambda session: _enter(session, clock, principal, wanted)
    )


async def _enter(
    session: AsyncSession, clock: Clock, principal: Principal, wanted: list[ReadingWanted]
) -> dict[str, Any]:
    owners = await meters.meters_of_registers(session, {one.register_id for one in wanted})
    allowed = await reachable(session, principal, set(owners.values()))
    now, zone = clock.now(), ZoneInfo(await time_zone(session, principal.merchant))
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
        return {"results": [result.plain() for result in results]}
    return {
        "results": [result.told(work) for result in results],
        "meters": [events.meter_result(meter, work.registers_of(meter.id)) for meter in changed],
    }


class _Result:
    def __init__(self, register_id: UUID, outcome: str, findings: list[Finding], reading: Reading | None) -> None:
        self.register_id = register_id
        self.outcome = outcome
        self.findings = findings
        self.reading = reading

    def plain(self) -> dict[str, Any]:
        findings = [asdict(found) for found in self.findings]
        return {"register_id": str(self.register_id), "outcome": self.outcome, "findings": findings}

    def told(self, work: ReadingUnitOfWork) -> dict[str, Any]:
        """With the state for the edge's copy; made after the work was closed, when versions are their last."""
        answer = self.plain()
        if self.reading is not None:
            answer |= events.reading_result(self.reading, work.meters[self.reading.meter_id].number)
        return answer


@dataclass(frozen=True)
class _Case:
    """One reading that somebody wants to enter, and what is thought of it."""

    wanted: ReadingWanted
    register: Register
    instant: datetime
    reason: str
    assessed: Assessment

    @property
    def value(self) -> Decimal:
        assert self.assessed.value is not None
        return self.assessed.value


class _Recorder:
    """Checks and stores one reading after the other for a principal."""

    def __init__(self, work: ReadingUnitOfWork, principal: Principal, photos: set[str], reasons: dict[UUID, str],
                 doubted: list[Reading]) -> None:  # fmt: skip
        self._work = work
        self._principal = principal
        self._photos = photos
        self._reasons = reasons
        self._doubted = doubted
        self._by_staff = not principal.for_customers
        self._by_link = by_link(principal)

    async def accept(self, wanted: ReadingWanted) -> _Result:
        register = self._work.registers.get(wanted.register_id)
        if register is None:
            return self._refused(wanted, "unknown_register")
        if wanted.photo_sha256 and wanted.photo_sha256 not in self._photos:
            return self._refused(wanted, "unknown_photo")
        case = self._case(wanted, register)
        if case.assessed.blocked:
            return self._result(case, "refused")
        if case.assessed.told_already:
            return self._result(case, "stored", await self._known(case))
        if case.assessed.doubtful and not wanted.insist:
            return self._result(case, "asks_back")
        reading = self._insisted_already(case) or await self._store(case)
        return self._result(case, "stored" if reading.state == "valid" else "questioned", reading)

    def _case(self, wanted: ReadingWanted, register: Register) -> _Case:
        reason = wanted.reason or self._reasons.get(register.meter_id, "regular")
        instant = instant_of(wanted, self._work.zone, self._work.now)
        instant = self._work.free_instant(register.id, instant, reason)
        return _Case(wanted, register, instant, reason, assess(self._work, register, wanted.value, instant, reason))

    async def _known(self, case: _Case) -> Reading:
        """The same value on the same day is the same reading: two clicks, or somebody who was not sure."""
        known = self._work.same_value(case.register.id, case.value, case.instant, case.reason)
        return await queries.by_id(self._work.session, known.id)

    def _insisted_already(self, case: _Case) -> Reading | None:
        """From another tab, or before staff looked at it."""
        if not case.assessed.doubtful or self._by_staff:
            return None
        zone = self._work.zone
        whose = self._work.meter_of(case.register).customer_id
        wanted = (case.register.id, whose, case.value, case.reason, day_of(case.instant, zone))
        told = ((r, (r.register_id, r.customer_id, r.value, r.reason, day_of(r.taken_at, zone))) for r in self._doubted)
        return next((reading for reading, same in told if same == wanted), None)

    async def _store(self, case: _Case) -> Reading:
        reading = self._reading(case)
        # Staff who insist are those who would be asked.
        decided = case.assessed.doubtful and self._by_staff
        reading.decided_by = reading.entered_by if decided else ""
        await self._work.enter(reading, decided=decided)
        if reading.state == "to_be_checked":
            self._doubted.append(reading)
        return reading

    def _reading(self, case: _Case) -> Reading:
        doubtful = case.assessed.doubtful
        return self._work.new_reading(
            case.register, case.value, case.instant, case.assessed.findings,
            reason=case.reason, source="staff" if self._by_staff else "customer",
            state="to_be_checked" if doubtful and not self._by_staff else "valid", insisted=doubtful,
            channel="staff" if self._by_staff else "link" if self._by_link else "account",
            entered_by=self._principal.name or self._principal.subject,
            photo_sha256=case.wanted.photo_sha256, note=case.wanted.note,
        )  # fmt: skip

    def _refused(self, wanted: ReadingWanted, code: str) -> _Result:
        return _Result(wanted.register_id, "refused", [Finding(code, "blocker")], None)

    def _result(self, case: _Case, outcome: str, reading: Reading | None = None) -> _Result:
        findings = for_links(case.assessed.findings) if self._by_link else case.assessed.findings
        return _Result(case.register.id, outcome, findings, reading)

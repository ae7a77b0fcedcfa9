"""People enter readings: customers, whoever holds a link, staff."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters import events
from kontor_meters.copies.identity import time_zone
from kontor_meters.meters import queries as meters
from kontor_meters.models import Reading, Register
from kontor_meters.readings import queries
from kontor_meters.readings.access import by_link, reachable
from kontor_meters.readings.inputs import ReadingWanted
from kontor_meters.readings.judging import Judged, for_links, instant_of, judge
from kontor_meters.readings.plausibility import Finding
from kontor_meters.readings.round import Round, open_round
from kontor_meters.requests.following import open_reasons
from kontor_meters.times import day_of
from kontor_service.clock import Clock
from kontor_service.commands import fingerprint, recall, remember
from kontor_service.database import Database
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal


async def enter(
    db: Database, clock: Clock, principal: Principal, wanted: list[ReadingWanted], key: str | None
) -> dict[str, Any]:
    """Each reading by itself: what is wrong with one does not keep out the others. Raises KeyReused."""
    async with db.transaction(principal.merchant) as session:
        if key:
            asked = fingerprint(principal.subject, [one.model_dump(mode="json") for one in wanted])
            repeated = await recall(session, principal.merchant, "readings", key, asked)
            if repeated is not None:
                return repeated
        answer = await _enter(session, clock, principal, wanted)
        if key:
            await remember(session, principal.merchant, "readings", key, answer)
        return answer


async def _enter(
    session: AsyncSession, clock: Clock, principal: Principal, wanted: list[ReadingWanted]
) -> dict[str, Any]:
    owners = await meters.meters_of_registers(session, {one.register_id for one in wanted})
    allowed = await reachable(session, principal, set(owners.values()))
    now, zone = clock.now(), ZoneInfo(await time_zone(session, principal.merchant))
    places = {(one.register_id, instant_of(one, zone, now)) for one in wanted}
    round = await open_round(session, principal.merchant, now, allowed, places)
    desk = _Desk(
        round,
        principal,
        await queries.photos_among(session, {one.photo_sha256 for one in wanted} - {""}),
        await open_reasons(session, allowed),
        await queries.to_be_checked(session, round.registers),
    )
    results = [await desk.take(one) for one in wanted]
    changed = await round.close()
    if by_link(principal):
        return {"results": [result.plain() for result in results]}
    return {
        "results": [result.told(round) for result in results],
        "meters": [events.meter_result(meter, round.registers_of(meter.id)) for meter in changed],
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

    def told(self, round: Round) -> dict[str, Any]:
        """With the state for the edge's copy; made after the round was closed, when versions are their last."""
        answer = self.plain()
        if self.reading is not None:
            answer |= events.reading_result(self.reading, round.meters[self.reading.meter_id].number)
        return answer


@dataclass(frozen=True)
class _Case:
    """One reading that somebody wants to enter, and what is thought of it."""

    wanted: ReadingWanted
    register: Register
    instant: datetime
    reason: str
    judged: Judged

    @property
    def value(self) -> Decimal:
        assert self.judged.value is not None
        return self.judged.value


class _Desk:
    """Takes one reading after the other for a principal."""

    def __init__(self, round: Round, principal: Principal, photos: set[str], reasons: dict[UUID, str],
                 doubted: list[Reading]) -> None:  # fmt: skip
        self._round = round
        self._principal = principal
        self._photos = photos
        self._reasons = reasons
        self._doubted = doubted
        self._by_staff = not principal.for_customers
        self._by_link = by_link(principal)

    async def take(self, wanted: ReadingWanted) -> _Result:
        register = self._round.registers.get(wanted.register_id)
        if register is None:
            return self._refused(wanted, "unknown_register")
        if wanted.photo_sha256 and wanted.photo_sha256 not in self._photos:
            return self._refused(wanted, "unknown_photo")
        case = self._case(wanted, register)
        if case.judged.blocked:
            return self._result(case, "refused")
        if case.judged.told_already:
            return self._result(case, "stored", await self._known(case))
        if case.judged.doubtful and not wanted.insist:
            return self._result(case, "asks_back")
        reading = self._insisted_already(case) or await self._store(case)
        return self._result(case, "stored" if reading.state == "valid" else "questioned", reading)

    def _case(self, wanted: ReadingWanted, register: Register) -> _Case:
        reason = wanted.reason or self._reasons.get(register.meter_id, "regular")
        instant = instant_of(wanted, self._round.zone, self._round.now)
        instant = self._round.free_instant(register.id, instant, reason)
        return _Case(wanted, register, instant, reason, judge(self._round, register, wanted.value, instant, reason))

    async def _known(self, case: _Case) -> Reading:
        """The same value on the same day is the same reading: two clicks, or somebody who was not sure."""
        known = self._round.same_value(case.register.id, case.value, case.instant, case.reason)
        return await queries.by_id(self._round.session, known.id)

    def _insisted_already(self, case: _Case) -> Reading | None:
        """From another tab, or before staff looked at it."""
        if not case.judged.doubtful or self._by_staff:
            return None
        zone = self._round.zone
        whose = self._round.meter_of(case.register).customer_id
        wanted = (case.register.id, whose, case.value, case.reason, day_of(case.instant, zone))
        told = ((r, (r.register_id, r.customer_id, r.value, r.reason, day_of(r.taken_at, zone))) for r in self._doubted)
        return next((reading for reading, same in told if same == wanted), None)

    async def _store(self, case: _Case) -> Reading:
        reading = self._reading(case)
        # Staff who insist are those who would be asked.
        decided = case.judged.doubtful and self._by_staff
        reading.decided_by = reading.entered_by if decided else ""
        await self._round.enter(reading, decided=decided)
        if reading.state == "to_be_checked":
            self._doubted.append(reading)
        return reading

    def _reading(self, case: _Case) -> Reading:
        meter = self._round.meter_of(case.register)
        doubtful = case.judged.doubtful
        return Reading(
            id=uuid7(),
            merchant_id=meter.merchant_id,
            meter_id=meter.id,
            register_id=case.register.id,
            series_id=case.register.series_id,
            customer_id=meter.customer_id,
            value=case.value,
            taken_at=case.instant,
            reason=case.reason,
            source="staff" if self._by_staff else "customer",
            state="to_be_checked" if doubtful and not self._by_staff else "valid",
            findings=[asdict(found) for found in case.judged.findings],
            insisted=doubtful,
            channel="staff" if self._by_staff else "link" if self._by_link else "account",
            entered_by=self._principal.name or self._principal.subject,
            entered_at=self._round.now,
            photo_sha256=case.wanted.photo_sha256,
            note=case.wanted.note,
        )

    def _refused(self, wanted: ReadingWanted, code: str) -> _Result:
        return _Result(wanted.register_id, "refused", [Finding(code, "blocker")], None)

    def _result(self, case: _Case, outcome: str, reading: Reading | None = None) -> _Result:
        findings = for_links(case.judged.findings) if self._by_link else case.judged.findings
        return _Result(case.register.id, outcome, findings, reading)

"""People enter readings: customers, whoever holds a link, staff."""

from dataclasses import asdict
from datetime import datetime
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
        instant = instant_of(wanted, self._round.zone, self._round.now)
        judged = judge(self._round, register, wanted.value, instant)
        if judged.blocked:
            return self._result(wanted, "refused", judged)
        same = next((found for found in judged.findings if (found.code, found.severity) == ("duplicate", "note")), None)
        if same is not None:
            return await self._told_already(wanted, register, judged, instant)
        if judged.doubtful and not wanted.insist:
            return self._result(wanted, "asks_back", judged)
        insisted = self._insisted_already(register, judged, instant)
        if insisted is not None:
            return self._result(wanted, "questioned", judged, insisted)
        reading = self._reading(wanted, register, judged)
        reading.taken_at = instant
        # Staff who insist are those who would be asked.
        decided = judged.doubtful and self._by_staff
        reading.decided_by = reading.entered_by if decided else ""
        await self._round.enter(reading, decided=decided)
        if reading.state == "to_be_checked":
            self._doubted.append(reading)
        return self._result(wanted, "stored" if reading.state == "valid" else "questioned", judged, reading)

    async def _told_already(
        self, wanted: ReadingWanted, register: Register, judged: Judged, instant: datetime
    ) -> _Result:
        """The same value on the same day is the same reading: two clicks, or somebody who was not sure."""
        assert judged.value is not None
        known = self._round.same_value(register.id, judged.value, instant)
        reading = await queries.by_id(self._round.session, known.id)
        return self._result(wanted, "stored", judged, reading)

    def _insisted_already(self, register: Register, judged: Judged, instant: datetime) -> Reading | None:
        """From another tab, or before staff looked at it."""
        if not judged.doubtful or self._by_staff:
            return None
        day = day_of(instant, self._round.zone)
        same = (r for r in self._doubted if (r.register_id, r.value) == (register.id, judged.value))
        return next((reading for reading in same if day_of(reading.taken_at, self._round.zone) == day), None)

    def _reading(self, wanted: ReadingWanted, register: Register, judged: Judged) -> Reading:
        meter = self._round.meter_of(register)
        assert judged.value is not None
        return Reading(
            id=uuid7(),
            merchant_id=meter.merchant_id,
            meter_id=meter.id,
            register_id=register.id,
            series_id=register.series_id,
            customer_id=meter.customer_id,
            value=judged.value,
            taken_at=self._round.now,
            reason=wanted.reason or self._reasons.get(meter.id, "regular"),
            source="staff" if self._by_staff else "customer",
            state="to_be_checked" if judged.doubtful and not self._by_staff else "valid",
            findings=[asdict(found) for found in judged.findings],
            insisted=judged.doubtful,
            channel="staff" if self._by_staff else "link" if self._by_link else "account",
            entered_by=self._principal.name or self._principal.subject,
            entered_at=self._round.now,
            photo_sha256=wanted.photo_sha256,
            note=wanted.note,
        )

    def _refused(self, wanted: ReadingWanted, code: str) -> _Result:
        return self._result(wanted, "refused", Judged(None, [Finding(code, "blocker")]))

    def _result(self, wanted: ReadingWanted, outcome: str, judged: Judged, reading: Reading | None = None) -> _Result:
        findings = for_links(judged.findings) if self._by_link else judged.findings
        return _Result(wanted.register_id, outcome, findings, reading)

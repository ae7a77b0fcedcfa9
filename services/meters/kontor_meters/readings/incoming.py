"""Readings that other systems or files bring, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import FindingCode, ReadingState
from kontor_meters.meters import queries as meters
from kontor_meters.models import Reading, Register
from kontor_meters.readings import history
from kontor_meters.readings.plausibility import Finding
from kontor_meters.readings.unit_of_work import ReadingUnitOfWork, open_unit_of_work

Outcome = Literal["stored", "questioned", "corrected", "duplicate", "refused"]


@dataclass(frozen=True)
class IncomingReading:
    register_id: UUID
    value: Decimal
    taken_at: datetime
    reason: str = "regular"
    external_id: str = ""
    # Where it stands in the body or file.
    line: int = 0


@dataclass(frozen=True)
class IncomingResult:
    """`questioned`: stored as implausible, staff decide. `refused`: a blocker among the findings, nothing stored."""

    outcome: Outcome
    findings: Sequence[Finding] = ()
    reading: Reading | None = None


async def store_readings(
    session: AsyncSession,
    merchant_id: UUID,
    items: Sequence[IncomingReading],
    *,
    source: Literal["system", "staff"],
    channel: Literal["api", "csv", "bus"],
    by: str,
    now: datetime,
) -> list[IncomingResult]:
    """One for each item, in their order, in the session's transaction. `now` is the business clock's.

    The same reading again is a duplicate: by its external id, else by register and instant. With another value it is a
    correction, and the earlier one stays as history.
    """
    owners = await meters.meters_of_registers(session, {item.register_id for item in items})
    places = {(item.register_id, item.taken_at) for item in items}
    work = await open_unit_of_work(session, merchant_id, now, set(owners.values()), places)
    doubted = {(r.register_id, r.taken_at, r.value): r for r in await history.not_counting(session, places)}
    named = await history.by_external_ids(session, {item.external_id for item in items} - {""})
    intake = _Intake(work, named, doubted, source, channel, by)
    taken = [await intake.accept(item) for item in items]
    await work.close()
    return taken


@dataclass
class _Intake:
    work: ReadingUnitOfWork
    named: dict[str, Reading]
    # What was handed in before and does not count (yet): by register, instant and value.
    doubted: dict[tuple[UUID, datetime, Decimal], Reading]
    source: str
    channel: str
    by: str

    async def accept(self, item: IncomingReading) -> IncomingResult:
        register = self.work.registers.get(item.register_id)
        if register is None:
            return IncomingResult("refused", [Finding(FindingCode.UNKNOWN_REGISTER, "blocker")])
        earlier = await self._earlier(item)
        if earlier is not None and earlier.register_id != register.id:
            return IncomingResult("refused", [Finding(FindingCode.EXTERNAL_ID_REUSED, "blocker")])
        if earlier is not None and (earlier.value, earlier.taken_at) == (item.value, item.taken_at):
            return IncomingResult("duplicate", reading=earlier)
        findings = [
            f
            for f in self.work.check(register, item.value, item.taken_at, item.reason)
            if f.code != FindingCode.DUPLICATE
        ]
        if any(found.severity == "blocker" for found in findings):
            return IncomingResult("refused", findings)
        return await self._store(item, register, earlier, findings)

    async def _earlier(self, item: IncomingReading) -> Reading | None:
        if item.external_id in self.named:
            return self.named[item.external_id]
        doubted = self.doubted.get((item.register_id, item.taken_at, item.value))
        if doubted is not None:
            return doubted
        known = self.work.history.at(item.register_id, item.taken_at)
        return await history.by_id(self.work.session, known.id) if known else None

    async def _store(
        self, item: IncomingReading, register: Register, earlier: Reading | None, findings: list[Finding]
    ) -> IncomingResult:
        reading = self._reading(item, register, findings)
        if earlier is not None:
            await self.work.replace(earlier, reading.id)
        await self.work.enter(reading)
        if item.external_id:
            self.named[item.external_id] = reading
        if reading.state != ReadingState.VALID:
            self.doubted[reading.register_id, reading.taken_at, reading.value] = reading
        if earlier is not None:
            return IncomingResult("corrected", findings, reading)
        return IncomingResult("stored" if reading.state == ReadingState.VALID else "questioned", findings, reading)

    def _reading(self, item: IncomingReading, register: Register, findings: list[Finding]) -> Reading:
        doubtful = any(found.severity == "warning" for found in findings)
        return self.work.new_reading(
            register, item.value, item.taken_at, findings, reason=item.reason, source=self.source,
            state=ReadingState.IMPLAUSIBLE if doubtful else ReadingState.VALID, channel=self.channel, entered_by=self.by,
            external_id=item.external_id,
        )  # fmt: skip

"""A meter is taken down: with its end readings, and perhaps with another one in its place (G5)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor.meters.v1.meters_pb2_codes import ReadingState
from kontor_meters import events
from kontor_meters.consumption.changes import mark_meter
from kontor_meters.errors import EndReadingInvalid, MeterEnded, MeterInvalid, MeterNotFound, ReadingsLater
from kontor_meters.meters import service
from kontor_meters.meters.inputs import EndInput, EndReadingInput, ExchangeInput, NewMeterInput
from kontor_meters.meters.service import Editor
from kontor_meters.models import Meter, Reading, Register
from kontor_meters.readings.assessment import assess
from kontor_meters.readings.plausibility import Finding
from kontor_meters.readings.unit_of_work import ReadingUnitOfWork, after_the_last_of, open_unit_of_work
from kontor_meters.times import day_of
from kontor_meters.wake import wakes_jobs
from kontor_service.commands import Key, once
from kontor_service.i18n import N_
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal

router = APIRouter(
    prefix="/v1/meters/{meter_id}", tags=["meters"], dependencies=[Depends(wakes_jobs, scope="function")]
)


@router.post("/end")
async def end(request: Request, meter_id: UUID, wanted: EndInput, principal: Editor, key: Key = None) -> dict[str, Any]:
    """Ends the meter's use: from `in_use_to` on it takes no readings."""

    async def act(session: AsyncSession) -> dict[str, Any]:
        removal = await _Removal.of(session, request, principal, meter_id, wanted.in_use_to, "in_use_to")
        readings = await removal.read(wanted.readings, "final", insist=wanted.insist)
        removal.end()
        return await removal.answer(readings)

    asked = [str(meter_id), wanted.model_dump(mode="json")]
    return await once(request.app.state.db, principal.merchant, "end", key, asked, act)


@router.post("/exchange", status_code=201)
async def exchange(
    request: Request, meter_id: UUID, wanted: ExchangeInput, principal: Editor, key: Key = None
) -> dict[str, Any]:
    """Old and new, end and start readings in one transaction; series and point run on.

    Answers the new meter, with all that changed under `results`. What is odd about an end reading is 422 until `insist`.
    """

    async def act(session: AsyncSession) -> dict[str, Any]:
        removal = await _Removal.of(session, request, principal, meter_id, wanted.exchanged_on, "exchanged_on")
        removal.needs(wanted.readings)
        readings = await removal.read(wanted.readings, "exchange", insist=wanted.insist)
        return await removal.answer(readings + await removal.replace_by(wanted.meter))

    asked = [str(meter_id), wanted.model_dump(mode="json")]
    return await once(request.app.state.db, principal.merchant, "exchange", key, asked, act)


class _Removal:
    def __init__(self, work: ReadingUnitOfWork, principal: Principal, meter: Meter, day: date) -> None:
        self._work = work
        self._principal = principal
        self._meter = meter
        self._registers = work.registers_of(meter.id)
        self._day = day
        known = [known for register in self._registers for known in work.history.of(register.id)]
        # One instant for all registers, and for those of the next meter.
        self._instant = after_the_last_of(day, known, work.zone)

    @classmethod
    async def of(
        cls, session: AsyncSession, request: Request, principal: Principal, meter_id: UUID, day: date, field: str
    ) -> "_Removal":
        """`field` is where the day stands in the input."""
        work = await open_unit_of_work(session, principal.merchant, request.app.state.clock.now(), [meter_id])
        if meter_id not in work.meters:
            raise MeterNotFound
        meter = work.meters[meter_id]
        if meter.in_use_to is not None:
            raise MeterEnded(N_("The meter ended on %(day)s."), day=meter.in_use_to.isoformat())
        if day < meter.in_use_from:
            raise MeterInvalid(N_("The meter was not in use yet on this day."), code="before_use", field=field)
        if day > day_of(work.now, work.zone):
            raise MeterInvalid(N_("This day is in the future."), code="future", field=field)
        down = cls(work, principal, meter, day)
        if any(k.taken_at > down._instant for r in down._registers for k in work.history.of(r.id)):
            raise ReadingsLater(N_("There are readings beyond this day."), field=field)
        return down

    def needs(self, readings: list[EndReadingInput]) -> None:
        """Without an end reading of every register the consumption would not run through."""
        given = {one.register_id for one in readings}
        if any(register.id not in given and not register.interval for register in self._registers):
            raise EndReadingInvalid(N_("An end reading of every register is needed."), code="missing", field="readings")

    async def read(self, wanted: list[EndReadingInput], reason: str, *, insist: bool) -> list[Reading]:
        readings = []
        own = {register.id: register for register in self._registers}
        for index, one in enumerate(wanted):
            field = f"readings[{index}]"
            if one.register_id not in own:
                raise EndReadingInvalid(
                    N_("The meter has no such register."), code="unknown_register", field=f"{field}.register_id"
                )
            readings.append(self._reading(own[one.register_id], one.value, reason, f"{field}.value", insist=insist))
        for reading in readings:
            await self._work.enter(reading)
        return readings

    def end(self) -> None:
        self._meter.in_use_to = self._day
        self._work.changes(self._meter, pb.MeterChanged)

    async def replace_by(self, wanted: NewMeterInput) -> list[Reading]:
        """Answers the start readings."""
        new, registers = self._successor(wanted)
        service.check(new, registers)
        # The old number is free before the new meter comes, which may carry the same.
        self._meter.in_use_to, self._meter.successor_id = self._day, new.id
        self._work.changes(self._meter, pb.MeterExchanged)
        await self._work.session.flush()
        await service.save(self._work.session, new, registers)
        self._work.add(new, registers)
        readings = [
            self._reading(register, one.start_value, "exchange", f"meter.registers[{index}].start_value", insist=False)
            for index, (register, one) in enumerate(zip(registers, wanted.registers, strict=True))
            if not register.interval
        ]
        for reading in readings:
            await self._work.enter(reading)
        return readings

    def _successor(self, wanted: NewMeterInput) -> tuple[Meter, list[Register]]:
        carried = ("merchant_id", "kind", "market_location_id", "street", "post_code", "city", "country", "place_detail",
                   "label", "customer_id", "customer_number", "point_id")  # fmt: skip
        new = Meter(
            id=uuid7(), number=wanted.number, external_id=wanted.external_id, in_use_from=self._day,
            predecessor_id=self._meter.id, **{name: getattr(self._meter, name) for name in carried},
        )  # fmt: skip
        return new, [service.new_register(new, position, one) for position, one in enumerate(wanted.registers)]

    def _reading(self, register: Register, typed: str, reason: str, field: str, *, insist: bool) -> Reading:
        assessed = assess(self._work, register, typed, self._instant, reason)
        findings = [found for found in assessed.findings if found.code != "duplicate"]
        return self._work.new_reading(
            register, _sure(assessed.value, findings, field, insist=insist), self._instant, findings,
            reason=reason, source="staff", state=ReadingState.VALID, channel="staff",
            insisted=insist and any(found.severity == "warning" for found in findings),
            entered_by=self._principal.name or self._principal.subject,
        )  # fmt: skip

    async def answer(self, readings: list[Reading]) -> dict[str, Any]:
        """The meter that hangs there now, and under `results` everything that changed."""
        meters = await self._work.close()
        today = day_of(self._work.now, self._work.zone)
        for meter in meters:
            await mark_meter(self._work.session, meter, self._work.registers_of(meter.id), today)
        results = [events.meter_result(meter, self._work.registers_of(meter.id)) for meter in meters]
        results += [events.reading_result(r, self._work.meters[r.meter_id].number) for r in readings]
        now_there = str(self._meter.successor_id or self._meter.id)
        return next(one for one in results if one["id"] == now_there) | {"results": results}


def _sure(value: Decimal | None, findings: list[Finding], field: str, *, insist: bool) -> Decimal:
    """Staff read it on the spot: what is odd is asked back once."""
    against = [found for found in findings if found.severity == "blocker" or found.code == "ambiguous"]
    if not insist:
        against += [found for found in findings if found.severity == "warning"]
    if value is None or against:
        first = against[0]
        raise EndReadingInvalid(
            N_("The end reading cannot be right."), code=first.code, field=field, values=first.values, value=first.code
        )
    return value

"""A meter is taken down: with its end readings, and perhaps with another one in its place (G5)."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor_meters import events
from kontor_meters.errors import EndReadingInvalid, MeterEnded, MeterInvalid, MeterNotFound, ReadingsLater
from kontor_meters.meters import service
from kontor_meters.meters.inputs import EndReadingWanted, EndWanted, ExchangeWanted, NewMeterWanted
from kontor_meters.models import Meter, Reading, Register
from kontor_meters.readings.judging import judge
from kontor_meters.readings.plausibility import Finding
from kontor_meters.readings.round import Round, after_the_last_of, open_round
from kontor_meters.series import touch_all
from kontor_meters.times import day_of
from kontor_service.clock import Clock
from kontor_service.commands import fingerprint, recall, remember
from kontor_service.database import Database
from kontor_service.ids import uuid7
from kontor_service.tokens import Principal


async def end(
    db: Database, clock: Clock, principal: Principal, meter_id: UUID, wanted: EndWanted, key: str | None
) -> dict[str, Any]:
    """From `in_use_to` on nothing can be read there. Raises MeterNotFound, MeterEnded, EndReadingInvalid, ReadingsLater."""
    async with db.transaction(principal.merchant) as session:
        asked = fingerprint(str(meter_id), wanted.model_dump(mode="json"))
        if key and (repeated := await recall(session, principal.merchant, "end", key, asked)) is not None:
            return repeated
        down = await _TakingDown.of(session, clock, principal, meter_id, wanted.in_use_to, "in_use_to")
        readings = await down.read(wanted.readings, "final", insist=wanted.insist)
        down.end()
        answer = await down.answer(readings)
        if key:
            await remember(session, principal.merchant, "end", key, answer)
        return answer


async def exchange(
    db: Database, clock: Clock, principal: Principal, meter_id: UUID, wanted: ExchangeWanted, key: str | None
) -> dict[str, Any]:
    """Old and new, end and start readings in one transaction; series and point run on.

    Answers the new meter, with all that changed under `results`. Raises what `end` and adding a meter do.
    """
    async with db.transaction(principal.merchant) as session:
        asked = fingerprint(str(meter_id), wanted.model_dump(mode="json"))
        if key and (repeated := await recall(session, principal.merchant, "exchange", key, asked)) is not None:
            return repeated
        down = await _TakingDown.of(session, clock, principal, meter_id, wanted.exchanged_on, "exchanged_on")
        down.needs(wanted.readings)
        readings = await down.read(wanted.readings, "exchange", insist=wanted.insist)
        answer = await down.answer(readings + await down.replace_by(wanted.meter))
        if key:
            await remember(session, principal.merchant, "exchange", key, answer)
        return answer


class _TakingDown:
    def __init__(self, round: Round, principal: Principal, meter: Meter, day: date) -> None:
        self._round = round
        self._principal = principal
        self._meter = meter
        self._registers = round.registers_of(meter.id)
        self._day = day
        known = [known for register in self._registers for known in round.history.of(register.id)]
        # One instant for all registers, and for those of the next meter.
        self._instant = after_the_last_of(day, known, round.zone)

    @classmethod
    async def of(
        cls, session: AsyncSession, clock: Clock, principal: Principal, meter_id: UUID, day: date, field: str
    ) -> "_TakingDown":
        """`field` is where the day stands in the input."""
        round = await open_round(session, principal.merchant, clock.now(), [meter_id])
        if meter_id not in round.meters:
            raise MeterNotFound
        meter = round.meters[meter_id]
        if meter.in_use_to is not None:
            raise MeterEnded(f"It ended on {meter.in_use_to.isoformat()}")
        if day < meter.in_use_from:
            raise MeterInvalid("The meter was not in use yet", code="before_use", field=field)
        if day > day_of(round.now, round.zone):
            raise MeterInvalid("This day is yet to come", code="future", field=field)
        down = cls(round, principal, meter, day)
        if any(k.taken_at > down._instant for r in down._registers for k in round.history.of(r.id)):
            raise ReadingsLater("There are readings from after this day", field=field)
        return down

    def needs(self, readings: list[EndReadingWanted]) -> None:
        """Without an end reading of every register the consumption would not run through."""
        given = {one.register_id for one in readings}
        if any(register.id not in given and not register.interval for register in self._registers):
            raise EndReadingInvalid("An end reading of every register is needed", code="missing", field="readings")

    async def read(self, wanted: list[EndReadingWanted], reason: str, *, insist: bool) -> list[Reading]:
        readings = []
        own = {register.id: register for register in self._registers}
        for index, one in enumerate(wanted):
            field = f"readings[{index}]"
            if one.register_id not in own:
                raise EndReadingInvalid("Not of this meter", code="unknown_register", field=f"{field}.register_id")
            readings.append(self._reading(own[one.register_id], one.value, reason, f"{field}.value", insist=insist))
        for reading in readings:
            await self._round.enter(reading)
        return readings

    def end(self) -> None:
        self._meter.in_use_to = self._day
        self._round.changes(self._meter, pb.MeterChanged)

    async def replace_by(self, wanted: NewMeterWanted) -> list[Reading]:
        """Answers the start readings."""
        new, registers = self._successor(wanted)
        service.check(new, registers)
        # The old number is free before the new meter comes, which may carry the same.
        self._meter.in_use_to, self._meter.successor_id = self._day, new.id
        self._round.changes(self._meter, pb.MeterExchanged)
        await self._round.session.flush()
        await service.keep(self._round.session, new, registers)
        self._round.add(new, registers)
        readings = [
            self._reading(register, one.start_value, "exchange", f"meter.registers[{index}].start_value", insist=False)
            for index, (register, one) in enumerate(zip(registers, wanted.registers, strict=True))
            if not register.interval
        ]
        for reading in readings:
            await self._round.enter(reading)
        return readings

    def _successor(self, wanted: NewMeterWanted) -> tuple[Meter, list[Register]]:
        carried = ("merchant_id", "kind", "market_location_id", "street", "post_code", "city", "country", "place_detail",
                   "label", "customer_id", "customer_number", "point_id")  # fmt: skip
        new = Meter(
            id=uuid7(),
            number=wanted.number,
            external_id=wanted.external_id,
            in_use_from=self._day,
            predecessor_id=self._meter.id,
            **{name: getattr(self._meter, name) for name in carried},
        )
        return new, [service.new_register(new, position, one) for position, one in enumerate(wanted.registers)]

    def _reading(self, register: Register, typed: str, reason: str, field: str, *, insist: bool) -> Reading:
        meter = self._round.meter_of(register)
        judged = judge(self._round, register, typed, self._instant, reason)
        findings = [found for found in judged.findings if found.code != "duplicate"]
        by = self._principal.name or self._principal.subject
        return Reading(
            id=uuid7(),
            merchant_id=meter.merchant_id,
            meter_id=meter.id,
            register_id=register.id,
            series_id=register.series_id,
            customer_id=meter.customer_id,
            value=_sure(judged.value, findings, field, insist=insist),
            taken_at=self._instant,
            reason=reason,
            source="staff",
            state="valid",
            findings=[asdict(found) for found in findings],
            insisted=insist and any(found.severity == "warning" for found in findings),
            channel="staff",
            entered_by=by,
            entered_at=self._round.now,
        )

    async def answer(self, readings: list[Reading]) -> dict[str, Any]:
        """The meter that hangs there now, and under `results` everything that changed."""
        meters = await self._round.close()
        today = day_of(self._round.now, self._round.zone)
        for meter in meters:
            await touch_all(self._round.session, meter, self._round.registers_of(meter.id), today)
        told = [events.meter_result(meter, self._round.registers_of(meter.id)) for meter in meters]
        told += [events.reading_result(r, self._round.meters[r.meter_id].number) for r in readings]
        now_there = str(self._meter.successor_id or self._meter.id)
        return next(one for one in told if one["id"] == now_there) | {"results": told}


def _sure(value: Decimal | None, findings: list[Finding], field: str, *, insist: bool) -> Decimal:
    """Staff read it on the spot: what is odd is asked back once."""
    against = [found for found in findings if found.severity == "blocker" or found.code == "ambiguous"]
    if not insist:
        against += [found for found in findings if found.severity == "warning"]
    if value is None or against:
        first = against[0]
        raise EndReadingInvalid(f"This value is odd: {first.code}", code=first.code, field=field, values=first.values)
    return value

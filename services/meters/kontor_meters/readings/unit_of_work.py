"""What one transaction does to the readings of some meters, which it holds locked: the one place that writes them."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from google.protobuf.message import Message
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1 import meters_pb2 as pb
from kontor.meters.v1.meters_pb2_codes import ReadingState
from kontor_meters import events
from kontor_meters.consumption.changes import mark
from kontor_meters.copies import zone_of
from kontor_meters.meters import queries as meters
from kontor_meters.models import Customer, Meter, Reading, Register
from kontor_meters.readings import history as readings
from kontor_meters.readings.history import History, Known, Place
from kontor_meters.readings.plausibility import Face, Finding, Point, Surroundings, check
from kontor_meters.requests.invitations import follow
from kontor_meters.times import day_of, start_of
from kontor_service.database import driver_of
from kontor_service.ids import uuid7

_TURNING = frozenset({"move_in", "move_out", "final", "exchange"})


@dataclass
class ReadingUnitOfWork:
    """Opened by `open_unit_of_work`. `close()` writes last values, versions and events once."""

    session: AsyncSession
    merchant_id: UUID
    now: datetime
    zone: ZoneInfo
    meters: dict[UUID, Meter]
    registers: dict[UUID, Register]
    history: History
    # Customers who are consumers.
    households: Collection[UUID]
    # Registers whose latest reading may be another one now; and meters with any news.
    _moved: set[UUID] = field(default_factory=set)
    _entered: set[UUID] = field(default_factory=set)
    _touched: dict[UUID, tuple[date, date]] = field(default_factory=dict)
    _facts: dict[UUID, type[Message]] = field(default_factory=dict)
    _by_meter: dict[UUID, list[Register]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for register in self.registers.values():
            self._by_meter[register.meter_id].append(register)

    def meter_of(self, register: Register) -> Meter:
        return self.meters[register.meter_id]

    def new_reading(
        self, register: Register, value: Decimal, taken_at: datetime, findings: Sequence[Finding] = (), **more: Any
    ) -> Reading:
        """Of the meter's customer unless `more` names another; nothing is written before `enter`."""
        meter = self.meter_of(register)
        more = {"customer_id": meter.customer_id} | more
        return Reading(
            id=uuid7(), merchant_id=meter.merchant_id, meter_id=meter.id, register_id=register.id,
            series_id=register.series_id, value=value, taken_at=taken_at, entered_at=self.now,
            findings=[asdict(found) for found in findings], **more,
        )  # fmt: skip

    def changes(self, meter: Meter, fact: type[Message]) -> None:
        """Something else about the meter is new: `close` tells it as this fact."""
        self._facts[meter.id] = fact

    def add(self, meter: Meter, registers: Sequence[Register]) -> None:
        """A meter that was made in this transaction; `close` tells of it."""
        self.meters[meter.id] = meter
        self.registers |= {register.id: register for register in registers}
        self._by_meter[meter.id] = list(registers)
        self._facts[meter.id] = pb.MeterAdded

    def check(self, register: Register, value: Decimal, taken_at: datetime, reason: str) -> list[Finding]:
        return check(self.face(register), Point(taken_at, value), self._around(register, taken_at, reason))

    def face(self, register: Register) -> Face:
        meter = self.meter_of(register)
        household = meter.customer_id in self.households
        return Face(meter.kind, register.unit, register.digits_before, register.digits_after, household)

    def _around(self, register: Register, taken_at: datetime, reason: str) -> Surroundings:
        meter = self.meter_of(register)
        points = self.history.points(register.id)
        instants = [point.taken_at for point in points]
        left, right = bisect_left(instants, taken_at), bisect_right(instants, taken_at)
        same_day = [known for known in self._alike(register.id, taken_at, reason) if known.source != "estimate"]
        return Surroundings(
            now=self.now,
            in_use_from=start_of(meter.in_use_from, self.zone),
            in_use_to=start_of(meter.in_use_to, self.zone) if meter.in_use_to else None,
            before=points[left - 1] if left else None,
            after=points[right] if right < len(points) else None,
            same_day=Point(same_day[-1].taken_at, same_day[-1].value) if same_day else None,
            spans=self.history.spans(register.series_id),
            zone=self.zone,
        )

    def _alike(self, register_id: UUID, taken_at: datetime, reason: str) -> list[Known]:
        """Of the same day and customer and, as far as that makes a difference, for the same reason."""
        day = day_of(taken_at, self.zone)
        whose = self.meter_of(self.registers[register_id]).customer_id
        line = self.history.of(register_id)
        return [k for k in line if day_of(k.taken_at, self.zone) == day and is_same(k, reason, whose)]

    def same_value(self, register_id: UUID, value: Decimal, taken_at: datetime, reason: str) -> Known:
        """The reading of that day that plausibility found to be the same."""
        return next(k for k in reversed(self._alike(register_id, taken_at, reason)) if k.value == value)

    def free_instant(self, register_id: UUID, taken_at: datetime, reason: str) -> datetime:
        """A handover is read twice, by who leaves and by who comes: each has an instant of its own, in this order."""
        step = timedelta(seconds=-1 if reason == "move_out" else 1)
        whose = self.meter_of(self.registers[register_id]).customer_id
        while (other := self.history.at(register_id, taken_at)) is not None and not is_same(other, reason, whose):
            taken_at += step
        return taken_at

    async def enter(self, reading: Reading, *, decided: bool = False) -> None:
        """Keeps a new reading. A valid one takes the place of others, of more where staff have decided: see `_superseded`."""
        meter = self.meters[reading.meter_id]
        self._entered.add(meter.id)
        if reading.state == ReadingState.VALID:
            await self._supersede(reading, same_day=decided)
            self._count(reading)
        self.session.add(reading)
        fact = pb.ReadingTaken if reading.state == ReadingState.VALID else pb.ReadingQuestioned
        events.tell_reading(self.session, fact, reading, meter.number)

    async def accept(self, reading: Reading) -> list[Reading]:
        """The reading counts from now on; answers those whose place it takes."""
        replaced = await self._supersede(reading, same_day=True)
        reading.state = ReadingState.VALID
        self._count(reading)
        self._tell(pb.ReadingAccepted, reading)
        return replaced

    def drop(self, reading: Reading, *, reason: str) -> None:
        """Rejected: it no longer counts."""
        self._discount(reading)
        reading.state = ReadingState.REJECTED
        self._tell(pb.ReadingRejected, reading, reason=reason)

    async def replace(self, reading: Reading, by: UUID) -> None:
        """It stays as history."""
        self._discount(reading)
        reading.state, reading.replaced_by = ReadingState.REPLACED, by
        self._tell(pb.ReadingReplaced, reading)
        # Only one may be valid at an instant: the old one has to be out of the way before the new one comes.
        await self.session.flush()

    async def _supersede(self, reading: Reading, *, same_day: bool) -> list[Reading]:
        contradicted = self._superseded(reading, same_day=same_day)
        found = await readings.by_ids(self.session, contradicted) if contradicted else []
        for other in found:
            await self.replace(other, reading.id)
        return found

    def _superseded(self, reading: Reading, *, same_day: bool) -> list[UUID]:
        """The reading of the same instant; estimates that it proves wrong; decided by staff, people's others of that day."""
        day = day_of(reading.taken_at, self.zone)
        found = []
        for known in self.history.of(reading.register_id):
            later = known.taken_at > reading.taken_at
            wrong = known.value < reading.value if later else known.value > reading.value
            guessed = known.source == "estimate" and reading.source != "estimate"
            by_people = known.source in ("customer", "staff")
            repeated = same_day and by_people and is_same(known, reading.reason, reading.customer_id)
            if (
                known.taken_at == reading.taken_at
                or (guessed and (wrong or day_of(known.taken_at, self.zone) == day))
                or (repeated and day_of(known.taken_at, self.zone) == day)
            ):
                found.append(known.id)
        return [id for id in found if id != reading.id]

    def _count(self, reading: Reading) -> None:
        self._touch(reading)
        self.history.add(reading)

    def _discount(self, reading: Reading) -> None:
        self._touch(reading)
        if reading.state == ReadingState.VALID:
            self.history.forget(reading)

    def _touch(self, reading: Reading) -> None:
        """The days up to the readings beside it are found where they are summed."""
        self._entered.add(reading.meter_id)
        self._moved.add(reading.register_id)
        day = day_of(reading.taken_at, self.zone)
        first, last = self._touched.get(reading.series_id, (day, day))
        self._touched[reading.series_id] = (min(first, day), max(last, day))

    def _tell(self, fact: type[pb.ReadingAccepted | pb.ReadingRejected | pb.ReadingReplaced], row: Reading,
              **more: str) -> None:  # fmt: skip
        row.touch()
        events.tell_reading(self.session, fact, row, self.meters[row.meter_id].number, **more)

    async def close(self) -> list[Meter]:
        """Answers the meters that changed with it."""
        await self.session.flush()
        changed = {self.registers[id].meter_id for id in self._moved if self._keep_last(self.registers[id])}
        changed |= set(self._facts)
        for meter_id in sorted(changed):
            meter, fact = self.meters[meter_id], self._facts.get(meter_id, pb.MeterChanged)
            if fact is not pb.MeterAdded:
                meter.touch()
            events.tell_meter(self.session, fact, meter, self.registers_of(meter_id))
        touches = [(series_id, first, last) for series_id, (first, last) in sorted(self._touched.items())]
        await mark(await driver_of(self.session), self.merchant_id, touches)
        await self.session.flush()
        if self._entered:
            await follow(self.session, self._entered, self.zone, self.now)
        return [self.meters[meter_id] for meter_id in sorted(changed)]

    def registers_of(self, meter_id: UUID) -> list[Register]:
        return self._by_meter[meter_id]

    def _keep_last(self, register: Register) -> bool:
        line = self.history.of(register.id)
        last = (line[-1].value, line[-1].taken_at) if line else (None, None)
        if last == (register.last_value, register.last_taken_at):
            return False
        register.last_value, register.last_taken_at = last
        return True


async def open_unit_of_work(
    session: AsyncSession, merchant_id: UUID, now: datetime, meter_ids: Collection[UUID], places: Collection[Place] = ()
) -> ReadingUnitOfWork:
    """Locks the meters; those that are not there are left out. `now` is the business clock's.

    `places` are where readings will be written that may lie far back.
    """
    zone = await zone_of(session, merchant_id)
    held = await meters.locked(session, meter_ids)
    registers = {register.id: register for register in await meters.registers_of(session, held)}
    series = {register.series_id for register in registers.values()}
    history = History(await readings.known(session, series, [place for place in places if place[0] in registers]))
    customers = {meter.customer_id for meter in held.values()}
    query = select(Customer.id).where(col(Customer.id).in_(customers - {None}), Customer.kind == "consumer")
    households = set(await session.exec(query))
    return ReadingUnitOfWork(session, merchant_id, now, zone, held, registers, history, households)


def is_same(known: Known, reason: str, customer_id: UUID | None) -> bool:
    """Whether two readings of a day can be one: moving out and moving in are two, and neither is a regular one."""
    alike = known.reason == reason or _TURNING.isdisjoint((known.reason, reason))
    return alike and known.customer_id == customer_id


def after_the_last_of(day: date, known: Sequence[Known], zone: ZoneInfo) -> datetime:
    """Midnight at which the day begins, or just after the last reading of that day: when a meter is taken down."""
    taken = [k.taken_at for k in known if day_of(k.taken_at, zone) == day]
    return max(taken) + timedelta(seconds=1) if taken else start_of(day, zone)

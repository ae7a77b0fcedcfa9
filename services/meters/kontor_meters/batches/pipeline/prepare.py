"""From items to what can be stored: each finds its register and is checked. Pure; takes `now`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode, ReadingReason
from kontor_meters.batches.formats.items import Body, IntervalItem, Item, LineProblem, ReadingItem, count_known, instant
from kontor_meters.batches.pipeline.directory import Directory, Known
from kontor_meters.intervals.quantities import Quantities, worth
from kontor_meters.intervals.rules import Block, Run, checked, merged, start_problem
from kontor_meters.readings.assessment import candidates
from kontor_meters.readings.incoming import IncomingReading
from kontor_meters.times import at_merchant, day_of, noon_of


@dataclass(slots=True)
class Prepared:
    """`duplicates`: values that the body itself tells twice. `series` of every register with blocks."""

    of_file: bool = False
    total: int = 0
    blocks: list[Block] = field(default_factory=list)
    duplicates: int = 0
    series: dict[UUID, UUID] = field(default_factory=dict)
    readings: list[IncomingReading] = field(default_factory=list)
    parked: list[Item] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)

    def place(self, name: str, line: int, field: str) -> str:
        """The place of an error: the column in a file, otherwise the path in the body, such as readings[3].value."""
        return field.partition("[")[0] if self.of_file else f"{name}[{line}].{field}"

    @property
    def refused(self) -> int:
        return sum(problem.count for problem in self.problems if problem.outcome == "refused")

    @property
    def parked_values(self) -> int:
        return sum(count(item) for item in self.parked)


def count(item: Item) -> int:
    """So many items it counts as: of 15-minute values each is one."""
    return count_known(item.values) if isinstance(item, IntervalItem) else 1


def keys(body: Body) -> tuple[set[str], set[str]]:
    """Meters and register ids that a body names."""
    items: list[Item] = [*body.readings, *body.intervals]
    return {item.meter for item in items if item.meter}, {item.register for item in items if item.register}


def prepare(body: Body, directory: Directory, zone: ZoneInfo, now: datetime) -> Prepared:
    return _Preparation(body, directory, zone, now).result


class _Preparation:
    def __init__(self, body: Body, directory: Directory, zone: ZoneInfo, now: datetime) -> None:
        self._directory, self._zone, self._now = directory, zone, now
        # By the sender's unit and the register's.
        self._readers: dict[tuple[str, str], Quantities] = {}
        result = self.result = Prepared(body.of_file, problems=list(body.problems))
        for item in body.readings:
            self._reading(item)
        blocks = [block for run in body.intervals for block in self._interval(run)]
        result.blocks, result.duplicates = merged(blocks)
        values = sum(block.number for block in blocks)
        result.total = values + len(result.readings) + result.parked_values + result.refused

    def _reading(self, item: ReadingItem) -> None:
        at = moment(item.taken_at, self._zone, self._now)
        if at is None:
            skipped = instant(item.taken_at) is not None
            return self._refuse(item, LineCode.NO_SUCH_TIME if skipped else LineCode.NOT_AN_ISO_DATE, "taken_at")
        register = self._register(item, at)
        if register is None:
            return None
        values = candidates(item.value)
        if not values:
            negative = item.value.startswith("-") and candidates(item.value[1:])
            return self._refuse(item, LineCode.NEGATIVE if negative else FindingCode.NOT_A_NUMBER, "value")
        reason = item.reason or "regular"
        if ReadingReason.known(reason) is None:
            return self._refuse(item, LineCode.REASON, "reason")
        found = IncomingReading(register.id, values[0], at, reason, item.external_id, item.line)
        return self.result.readings.append(found)

    def _interval(self, item: IntervalItem) -> Sequence[Block]:
        start = instant(item.start)
        wrong = LineCode.NO_INSTANT if start is None else start_problem(start, item.step_minutes)
        if start is None or wrong:
            self._refuse(item, wrong, "step_minutes" if wrong == LineCode.STEP else "start")
            return ()
        register = self._register(item, start)
        if register is None:
            return ()
        reader = self._reader(item.unit, register.unit) if register.interval else None
        if reader is None:
            self._refuse(item, *((LineCode.UNIT, "unit") if register.interval else (LineCode.NOT_INTERVAL, "obis")))
            return ()
        run = Run(register.id, start, item.values, register.used_from, register.used_to)
        found = checked(run, reader, self._zone, self._now)
        for one in found.found:
            self._refuse(item, one.code, f"values[{one.first}]", one.count)
        self.result.series[register.id] = register.series_id
        return found.blocks

    def _reader(self, sent_in: str, unit: str) -> Quantities | None:
        """None where the sender's unit is not worth anything in the register's."""
        if (sent_in, unit) not in self._readers:
            factor = worth(sent_in, unit)
            if factor is None:
                return None
            self._readers[sent_in, unit] = Quantities(unit, factor)
        return self._readers[sent_in, unit]

    def _register(self, item: Item, at: datetime) -> Known | None:
        """None where it is not known (yet): the item waits for its meter, or is refused."""
        register, problem = self._directory.find(item.meter, item.obis, item.register, at)
        if problem == LineCode.UNKNOWN_METER:
            self.result.parked.append(item)
            self._tell(item, problem, "meter", count(item), "parked", {"meter": item.meter})
        elif register is None:
            self._refuse(item, problem, "register" if item.register else "obis")
        return register

    def _refuse(self, item: Item, code: str, field: str, many: int | None = None) -> None:
        if number := count(item) if many is None else many:
            self._tell(item, code, field, number)

    def _tell(
        self,
        item: Item,
        code: str,
        field: str,
        number: int,
        outcome: str = "refused",
        values: dict[str, str] | None = None,
    ) -> None:
        name = "intervals" if isinstance(item, IntervalItem) else "readings"
        place = self.result.place(name, item.line, field)
        self.result.problems.append(LineProblem(item.line, code, place, outcome, values or {}, number))


def moment(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """An instant, at the merchant where no offset is given; of a date alone noon. None where it is neither, or skipped by the clocks.

    A date gives the same instant whenever it comes: else the same reading, sent again later, would be another.
    """
    found = instant(text)
    if found is None:
        return None
    if len(text) <= len("2026-12-31"):
        noon = noon_of(found.date(), zone)
        # Today before noon: a reading is not taken in the future.
        return min(noon, now) if day_of(noon, zone) == day_of(now, zone) else noon
    return found.astimezone(UTC) if found.tzinfo else at_merchant(found, zone)

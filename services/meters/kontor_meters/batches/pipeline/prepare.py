"""From items to what can be stored: each finds its register and is checked. Pure; takes `now`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from kontor_meters.batches.formats.items import Body, IntervalItem, Item, LineProblem, ReadingItem, instant, told
from kontor_meters.batches.pipeline.directory import Directory, Known
from kontor_meters.intervals.quantities import Quantities, worth
from kontor_meters.intervals.rules import Block, Run, checked, merged, start_problem
from kontor_meters.readings.values import candidates
from kontor_meters.times import day_of

_REASONS = frozenset({"regular", "move_in", "move_out", "interim", "final", "exchange"})


class ReadingFound(NamedTuple):
    """A reading whose register is known."""

    item: ReadingItem
    register: Known
    value: Decimal
    taken_at: datetime
    reason: str


@dataclass(slots=True)
class Prepared:
    """`duplicates`: values that the body itself tells twice. `series` of every register with blocks."""

    of_file: bool = False
    total: int = 0
    blocks: list[Block] = field(default_factory=list)
    duplicates: int = 0
    series: dict[UUID, UUID] = field(default_factory=dict)
    readings: list[ReadingFound] = field(default_factory=list)
    parked: list[Item] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)

    def place(self, item: Item, field: str) -> str:
        """Where in the body, or which column of the line."""
        if self.of_file:
            return field.partition("[")[0]
        return f"{'intervals' if isinstance(item, IntervalItem) else 'readings'}[{item.line}].{field}"

    @property
    def refused(self) -> int:
        return sum(problem.count for problem in self.problems if problem.outcome == "refused")

    @property
    def parked_values(self) -> int:
        return sum(count(item) for item in self.parked)


def count(item: Item) -> int:
    """So many items it counts as: of 15-minute values each is one."""
    return told(item.values) if isinstance(item, IntervalItem) else 1


def keys(body: Body) -> tuple[set[str], set[str]]:
    """Meters and register ids that a body names."""
    items: list[Item] = [*body.readings, *body.intervals]
    return {item.meter for item in items if item.meter}, {item.register for item in items if item.register}


def prepare(body: Body, directory: Directory, zone: ZoneInfo, now: datetime) -> Prepared:
    result = Prepared(body.of_file, problems=list(body.problems))
    for item in body.readings:
        _reading(result, item, directory, zone, now)
    blocks: list[Block] = []
    readers: dict[tuple[str, str], Quantities] = {}
    for run in body.intervals:
        blocks += _interval(result, run, directory, readers, zone, now)
    result.blocks, result.duplicates = merged(blocks)
    values = sum(block.number for block in blocks)
    result.total = values + len(result.readings) + result.parked_values + result.refused
    return result


def _reading(result: Prepared, item: ReadingItem, directory: Directory, zone: ZoneInfo, now: datetime) -> None:
    at = moment(item.taken_at, zone, now)
    if at is None:
        result.problems.append(LineProblem(item.line, "not_a_date", result.place(item, "taken_at")))
        return
    register, problem = directory.find(item.meter, item.obis, item.register, at)
    if register is None:
        _without_register(result, item, problem, _named(item, problem))
        return
    values = candidates(item.value)
    if not values:
        code = "negative" if item.value.startswith("-") and candidates(item.value[1:]) else "not_a_number"
        result.problems.append(LineProblem(item.line, code, result.place(item, "value")))
    elif (item.reason or "regular") not in _REASONS:
        result.problems.append(LineProblem(item.line, "reason", result.place(item, "reason")))
    else:
        result.readings.append(ReadingFound(item, register, values[0], at, item.reason or "regular"))


def _interval(
    result: Prepared,
    item: IntervalItem,
    directory: Directory,
    readers: dict[tuple[str, str], Quantities],
    zone: ZoneInfo,
    now: datetime,
) -> Sequence[Block]:
    start = instant(item.start)
    wrong = "no_instant" if start is None else start_problem(start, item.step_minutes)
    if start is None or wrong:
        named = "step_minutes" if wrong == "step" else "start"
        _refuse(result, item, wrong, named)
        return ()
    register, problem = directory.find(item.meter, item.obis, item.register, start)
    if register is None:
        _without_register(result, item, problem, _named(item, problem))
        return ()
    if not register.interval:
        _refuse(result, item, "not_interval", "obis")
        return ()
    reader = _reader(readers, item.unit, register.unit)
    if reader is None:
        _refuse(result, item, "unit", "unit")
        return ()
    found = checked(Run(register.id, start, item.values, register.used_from, register.used_to), reader, zone, now)
    for one in found.found:
        result.problems.append(
            LineProblem(item.line, one.code, result.place(item, f"values[{one.first}]"), count=one.count)
        )
    result.series[register.id] = register.series_id
    return found.blocks


def _reader(readers: dict[tuple[str, str], Quantities], sent_in: str, unit: str) -> Quantities | None:
    if (sent_in, unit) not in readers:
        factor = worth(sent_in, unit)
        if factor is None:
            return None
        readers[sent_in, unit] = Quantities(unit, factor)
    return readers[sent_in, unit]


def _without_register(result: Prepared, item: Item, problem: str, field: str) -> None:
    if problem == "unknown_meter":
        result.parked.append(item)
        place, named = result.place(item, field), {"meter": item.meter}
        result.problems.append(LineProblem(item.line, problem, place, "parked", named, count(item)))
    else:
        _refuse(result, item, problem, field)


def _refuse(result: Prepared, item: Item, code: str, field: str) -> None:
    if number := count(item):
        result.problems.append(LineProblem(item.line, code, result.place(item, field), count=number))


def _named(item: Item, problem: str) -> str:
    if problem == "unknown_meter":
        return "meter"
    return "register" if item.register else "obis"


def moment(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """An instant, at the merchant where no offset is given; of a date alone noon. None where it is neither.

    A date gives the same instant whenever it comes: else the same reading, sent again later, would be another.
    """
    found = instant(text)
    if found is not None and len(text) <= len("2026-12-31"):
        noon = datetime.combine(found.date(), time(12), zone).astimezone(UTC)
        # Today before noon: a reading is not taken in the future.
        return min(noon, now) if day_of(noon, zone) == day_of(now, zone) else noon
    if found is None:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def only(body: Body, lines: Iterable[int]) -> Body:
    """The same without the readings at other places."""
    wanted = set(lines)
    readings = [item for item in body.readings if item.line in wanted]
    return Body(body.of_file, readings, body.intervals, body.problems)

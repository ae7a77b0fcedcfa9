"""A run of quarter hours, checked and cut at the midnights of the merchant's zone. Pure; takes `now`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode
from kontor_meters.intervals.quantities import CODES, GAP, Quantities
from kontor_meters.times import start_of

STEP = timedelta(minutes=15)
# Clocks of two systems may differ by so much.
_LEEWAY = timedelta(minutes=5)
# No register was read every quarter hour before; each month of values is a table of its own.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class Run(NamedTuple):
    """Values of consecutive quarter hours of one register, the first of which begins at `start` (an aware instant)."""

    register_id: UUID
    start: datetime
    values: Sequence[Any]
    # First instant in use, and the first no longer.
    used_from: datetime
    used_to: datetime | None


class Block(NamedTuple):
    """What a run has on one day. `quantities` are millionths of the register's unit, None where there is none."""

    register_id: UUID
    day: date
    starts_at: datetime
    quantities: Sequence[int | None]
    total: int
    number: int


@dataclass(frozen=True, slots=True)
class Found:
    """So many values of a run that are not taken, for one reason; `first` is the index of the first."""

    code: str
    first: int
    count: int


@dataclass(slots=True)
class Checked:
    blocks: list[Block] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)


def start_problem(start: datetime, step_minutes: Any) -> str:
    """Why nothing of a run that begins then can be taken; empty where it can."""
    if start.tzinfo is None:
        return LineCode.NO_TIME_ZONE
    if step_minutes != 15 or type(step_minutes) is not int:
        return LineCode.STEP
    if start.second or start.microsecond or start.minute % 15:
        return LineCode.OFF_GRID
    return LineCode.TOO_OLD if start < EARLIEST else ""


def checked(run: Run, read: Quantities, zone: ZoneInfo, now: datetime) -> Checked:
    """Every value that holds, by day, and how many do not and why. `null` is a gap: nothing is said of it."""
    quantities: list[int] = read.read(run.values)
    result = Checked()
    _leave_out(quantities, 0, _before(run), FindingCode.BEFORE_USE, result)
    ended = _ended(run, now)
    used = min(_used(run), ended)
    _leave_out(quantities, used, ended, FindingCode.AFTER_USE, result)
    _leave_out(quantities, max(used, ended), len(quantities), FindingCode.FUTURE, result)
    if min(quantities, default=0) < 0:
        _leave_out_bad(quantities, result)
    result.blocks.extend(_by_day(run, quantities, zone))
    return result


def _before(run: Run) -> int:
    return 0 if run.start >= run.used_from else min(-((run.start - run.used_from) // STEP), len(run.values))


def _used(run: Run) -> int:
    if run.used_to is None:
        return len(run.values)
    return max(0, min((run.used_to - run.start) // STEP, len(run.values)))


def _ended(run: Run, now: datetime) -> int:
    """How many quarter hours are over."""
    return max(0, min((now + _LEEWAY - run.start) // STEP, len(run.values)))


def _leave_out(quantities: list[int], first: int, last: int, code: str, result: Checked) -> None:
    if first >= last:
        return
    known = sum(quantity != GAP for quantity in quantities[first:last])
    if known:
        result.found.append(Found(code, first, known))
    quantities[first:last] = [GAP] * (last - first)


def _leave_out_bad(quantities: list[int], result: Checked) -> None:
    for bad, code in CODES.items():
        if bad in quantities:
            result.found.append(Found(code, quantities.index(bad), quantities.count(bad)))


def _by_day(run: Run, quantities: list[int], zone: ZoneInfo) -> Iterator[Block]:
    at, start = 0, run.start.astimezone(UTC)
    while at < len(quantities):
        begins = start + at * STEP
        day = begins.astimezone(zone).date()
        length = (start_of(day + timedelta(days=1), zone) - begins) // STEP
        part = quantities[at : at + length]
        at += length
        block = _block(run.register_id, day, begins, part)
        if block.number:
            yield block


def _block(register_id: UUID, day: date, begins: datetime, part: list[int]) -> Block:
    if min(part) >= 0:
        return Block(register_id, day, begins, part, sum(part), len(part))
    known = [quantity for quantity in part if quantity >= 0]
    holes = [quantity if quantity >= 0 else None for quantity in part]
    return Block(register_id, day, begins, holes, sum(known), len(known))


def merged(blocks: Sequence[Block]) -> tuple[list[Block], int]:
    """One block for each register and day, and how many values were told twice: of those the last one holds."""
    days: dict[tuple[UUID, date], list[Block]] = {}
    for block in blocks:
        days.setdefault((block.register_id, block.day), []).append(block)
    single = [same[0] for same in days.values() if len(same) == 1]
    laid = [_laid_over(same) for same in days.values() if len(same) > 1]
    count = sum(block.number for block in blocks)
    result = single + laid
    return result, count - sum(block.number for block in result)


def _laid_over(blocks: Sequence[Block]) -> Block:
    begins = min(block.starts_at for block in blocks)
    ends = max(block.starts_at + len(block.quantities) * STEP for block in blocks)
    slots: list[int] = [GAP] * ((ends - begins) // STEP)
    for block in blocks:
        first = (block.starts_at - begins) // STEP
        for place, quantity in enumerate(block.quantities, first):
            if quantity is not None:
                slots[place] = quantity
    return _block(blocks[0].register_id, blocks[0].day, begins, slots)

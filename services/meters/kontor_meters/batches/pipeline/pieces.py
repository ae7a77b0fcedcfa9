"""A part of a file, stored in one transaction; or tried, to see what would become of it."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import LineCode
from kontor_meters.batches.dependencies import Dependencies
from kontor_meters.batches.formats.csv_meters import MeterOfFile
from kontor_meters.batches.formats.items import Body, Item, LineProblem
from kontor_meters.batches.models import Batch
from kontor_meters.batches.pipeline.store import Result, prepared_of, store_body
from kontor_meters.copies import meters_arrive
from kontor_meters.meters import service as meters
from kontor_meters.meters.inputs import MeterInput
from kontor_meters.models import Meter
from kontor_service.errors import Problem

# A trial locks what the real thing would lock; beyond so many lines plausibility is only told when they are stored.
_TRIED = 2_000


# Meters; or items, and what is wrong with lines that are none.
Piece = Sequence[MeterOfFile] | Sequence[Item | LineProblem]


def lines_of(piece: Piece) -> int:
    return sum(len(one.lines) if isinstance(one, MeterOfFile) else 1 for one in piece)


class _Tried(Exception):
    """Takes a trial back."""


async def store(deps: Dependencies, session: AsyncSession, batch: Batch, piece: Piece) -> Result:
    """In the session's transaction."""
    if batch.kind != "meters":
        return await store_body(deps, session, batch, Body.of(cast(Sequence[Item | LineProblem], piece), of_file=True))
    await meters_arrive(session, batch.merchant_id)
    result = Result()
    for meter in cast(Sequence[MeterOfFile], piece):
        end, problems = await _meter(deps, session, batch, meter)
        result += Result(Counter({end: len(meter.lines)}), problems)
    return result


async def forecast(deps: Dependencies, batch: Batch, pieces: Sequence[Piece]) -> Result:
    """What would become of each line: the same that stores them is tried and taken back, up to a number of lines."""
    result, left = Result(), _TRIED
    for piece in pieces:
        result += await (_tried if left > 0 else _checked)(deps, batch, piece)
        left -= lines_of(piece)
    return result


async def _tried(deps: Dependencies, batch: Batch, piece: Piece) -> Result:
    found = Result()
    try:
        async with deps.db.transaction(batch.merchant_id) as session:
            # A row of its own, that the lines of the trial may point to.
            session.add(Batch(**batch.model_dump()))
            await session.flush()
            found = await store(deps, session, batch, piece)
            raise _Tried
    except _Tried:
        return found


async def _checked(deps: Dependencies, batch: Batch, piece: Piece) -> Result:
    if batch.kind == "meters":
        problems = [
            problem for meter in cast(Sequence[MeterOfFile], piece) for problem in _all_lines(meter, meter.problems)
        ]
        return Result(Counter(refused=len({p.line for p in problems})), problems)
    async with deps.db.transaction(batch.merchant_id) as session:
        prepared = await prepared_of(
            deps, session, batch, Body.of(cast(Sequence[Item | LineProblem], piece), of_file=True)
        )
    return Result(Counter(refused=prepared.refused, parked=prepared.parked_values), prepared.problems)


async def _meter(
    deps: Dependencies, session: AsyncSession, batch: Batch, meter: MeterOfFile
) -> tuple[str, list[LineProblem]]:
    if meter.wanted is None:
        return "refused", _all_lines(meter, meter.problems)
    try:
        async with session.begin_nested():
            known = await _known(session, meter.wanted)
            if known is None:
                await meters.add_in(session, batch.merchant_id, meter.wanted)
                return "stored", []
            before = known.version
            changed, _ = await meters.change_in(session, deps.clock, known.id, meter.wanted)
    except Problem as problem:
        return "refused", _all_lines(meter, _of_problem(meter, problem))
    code, end = (
        (LineCode.SAME_METER, "duplicate") if changed.version == before else (LineCode.CHANGED_METER, "corrected")
    )
    problems = [LineProblem(line, code, "", end) for line in meter.lines]
    return "duplicates" if end == "duplicate" else end, problems


async def _known(session: AsyncSession, wanted: MeterInput) -> Meter | None:
    """By the ERP's id where the file has one, else by number and kind among those in use."""
    query = select(Meter).where(~col(Meter.deleted))
    if wanted.external_id:
        query = query.where(Meter.external_id == wanted.external_id)
    else:
        query = query.where(Meter.number == wanted.number, Meter.kind == wanted.kind, col(Meter.in_use_to).is_(None))
    return (await session.exec(query)).first()


def _of_problem(meter: MeterOfFile, problem: Problem) -> list[LineProblem]:
    errors: list[Any] = problem.errors or [
        {"field": problem.field or "", "code": problem.code, "message": problem.message, "params": problem.params}
    ]
    return [
        LineProblem(
            meter.lines[0], error["code"], error["field"].rpartition(".")[2],
            values={name: str(value) for name, value in error.get("params", {}).items()} | {"message": error["message"]},
        )
        for error in errors
    ]  # fmt: skip


def _all_lines(meter: MeterOfFile, problems: Sequence[LineProblem]) -> list[LineProblem]:
    """The other lines of a meter that is wrong are refused with it."""
    if not problems:
        return []
    named = {problem.line for problem in problems}
    others = [line for line in meter.lines if line not in named]
    first = {"line": str(min(named))}
    return [*problems, *(LineProblem(line, LineCode.WITH_METER, values=first) for line in others)]

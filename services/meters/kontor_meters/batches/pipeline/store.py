"""Storing what was prepared, in one transaction with the batch that it is counted in."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode
from kontor_meters.batches.dependencies import Dependencies, Sender
from kontor_meters.batches.formats.items import Body, LineProblem
from kontor_meters.batches.models import Batch
from kontor_meters.batches.pipeline import lines, parked
from kontor_meters.batches.pipeline.directory import Directory
from kontor_meters.batches.pipeline.prepare import Prepared, ReadingFound, count, keys, prepare
from kontor_meters.intervals.store import store
from kontor_meters.readings.incoming import IncomingReading, IncomingResult, store_readings
from kontor_meters.readings.plausibility import Finding

log = structlog.get_logger()

# Of one transaction with the meters' rows locked.
_AT_ONCE = 1_000
_END = {
    "stored": "stored",
    "questioned": "stored",
    "corrected": "corrected",
    "duplicate": "duplicates",
    "refused": "refused",
}


@dataclass(slots=True)
class Result:
    """How many items came to which end (a column of the batch), and what is to be reported of single ones."""

    ends: Counter[str] = field(default_factory=Counter)
    problems: list[LineProblem] = field(default_factory=list)

    def __iadd__(self, other: "Result") -> "Result":
        self.ends += other.ends
        self.problems += other.problems
        return self

    async def record_in(self, session: AsyncSession, batch: Batch) -> None:
        for name, number in self.ends.items():
            setattr(batch, name, getattr(batch, name) + number)
        await lines.store(session, batch.merchant_id, batch.id, self.problems)


async def store_body(
    deps: Dependencies,
    session: AsyncSession,
    batch: Batch,
    body: Body,
    zone: ZoneInfo,
    *,
    correct: bool = True,
) -> Result:
    """In the session's transaction, in the name of whoever brought the batch. The merchant's meters may be locked in it."""
    now = deps.clock.now()
    directory = await Directory.of(session, zone, *keys(body))
    prepared = await asyncio.to_thread(prepare, body, directory, zone, now)
    await deps.months.ensure(prepared.blocks)
    sender = Sender.of(batch)
    return await store_prepared(session, batch.merchant_id, batch.id, prepared, sender, now, correct=correct)


async def prepared_of(deps: Dependencies, merchant_id: UUID, body: Body, zone: ZoneInfo) -> Prepared:
    async with deps.db.transaction(merchant_id) as session:
        directory = await Directory.of(session, zone, *keys(body))
    # Off the event loop: a body of a million values takes a while.
    return await asyncio.to_thread(prepare, body, directory, zone, deps.clock.now())


async def store_prepared(
    session: AsyncSession,
    merchant_id: UUID,
    batch_id: UUID,
    prepared: Prepared,
    sender: Sender,
    now: datetime,
    *,
    correct: bool = True,
) -> Result:
    """The months of the values are there. Without `correct` what is stored already stays as it is."""
    kept = sum(map(count, await parked.park(session, merchant_id, batch_id, prepared.parked)))
    values = await store(session, merchant_id, prepared.blocks, prepared.series, batch_id, correct=correct)
    result = Result(
        Counter(
            stored=values.added,
            corrected=values.corrected,
            duplicates=values.duplicates + prepared.duplicates + prepared.parked_values - kept,
            parked=kept,
            refused=prepared.refused,
        ),
        sorted(prepared.problems, key=lambda problem: problem.outcome == "parked"),
    )
    for start in range(0, len(prepared.readings), _AT_ONCE):
        some = prepared.readings[start : start + _AT_ONCE]
        for found, taken in zip(some, await _readings(session, merchant_id, some, sender, now), strict=True):
            result.ends[_END[taken.outcome]] += 1
            result.problems += _problems(found, taken, prepared.place(found.item, "value"))
    return result


async def _readings(
    session: AsyncSession, merchant_id: UUID, some: list[ReadingFound], sender: Sender, now: datetime
) -> list[IncomingResult]:
    """What contradicts the database's own rules is found by halving, and refused alone."""
    items = [IncomingReading(f.register.id, f.value, f.taken_at, f.reason, f.item.external_id) for f in some]
    channel = cast(Literal["api", "csv", "bus"], sender.channel)
    try:
        async with session.begin_nested():
            # What staff bring in a file is assessed as what a system sends: nobody stood in front of the meter.
            return await store_readings(
                session, merchant_id, items, source="system", channel=channel, by=sender.by, now=now
            )
    except IntegrityError:
        log.exception("readings_not_stored", many=len(some))
    if len(some) == 1:
        return [IncomingResult("refused", [Finding(FindingCode.NOT_STORED, "blocker")])]
    half = len(some) // 2
    first = await _readings(session, merchant_id, some[:half], sender, now)
    return first + await _readings(session, merchant_id, some[half:], sender, now)


def _problems(found: ReadingFound, taken: IncomingResult, place: str) -> list[LineProblem]:
    """Blockers and doubts; a line that was simply stored has none."""
    outcome = taken.outcome
    if outcome in ("duplicate", "corrected"):
        return [
            LineProblem(
                found.item.line, LineCode.SAME if outcome == "duplicate" else LineCode.CORRECTED, place, outcome
            )
        ]
    grave = [f for f in taken.findings if f.severity == ("blocker" if outcome == "refused" else "warning")]
    return [LineProblem(found.item.line, f.code, place, outcome, dict(f.values)) for f in grave]

"""Storing what was prepared, in one transaction with the batch that it is counted in."""

from collections import Counter
from datetime import datetime
from typing import Literal, cast
from uuid import UUID

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor_meters.batches.dependencies import Sender
from kontor_meters.batches.formats.items import LineProblem
from kontor_meters.batches.models import Batch
from kontor_meters.batches.pipeline import parked
from kontor_meters.batches.pipeline.prepare import Prepared, ReadingFound, count
from kontor_meters.intervals.store import store
from kontor_meters.readings.incoming import IncomingReading, Taken, take
from kontor_meters.readings.plausibility import Finding

log = structlog.get_logger()

# Of one transaction with the meters' rows locked.
_AT_ONCE = 1_000


async def put(
    session: AsyncSession,
    merchant_id: UUID,
    batch_id: UUID,
    prepared: Prepared,
    sender: Sender,
    now: datetime,
    *,
    correct: bool = True,
) -> tuple[Counter[str], list[LineProblem]]:
    """How many items came to which end, and what is to be said of single ones. The months of the values are there."""
    told: list[LineProblem] = [problem for problem in prepared.problems if problem.outcome != "parked"]
    kept = await parked.park(session, merchant_id, batch_id, prepared.parked)
    told += [problem for problem in prepared.problems if problem.outcome == "parked"]
    values = await store(session, merchant_id, prepared.blocks, prepared.series, batch_id, correct=correct)
    ends = Counter(
        stored=values.added,
        corrected=values.corrected,
        duplicates=values.duplicates + prepared.duplicates + prepared.parked_values - sum(map(count, kept)),
        parked=sum(map(count, kept)),
        refused=prepared.refused,
    )
    for start in range(0, len(prepared.readings), _AT_ONCE):
        some = prepared.readings[start : start + _AT_ONCE]
        for found, taken in zip(some, await _readings(session, merchant_id, some, sender, now), strict=True):
            ends[_END[taken.outcome]] += 1
            told += _told(found, taken, prepared.place(found.item, "value"))
    return ends, told


_END = {
    "stored": "stored",
    "questioned": "stored",
    "corrected": "corrected",
    "duplicate": "duplicates",
    "refused": "refused",
}


async def _readings(
    session: AsyncSession, merchant_id: UUID, some: list[ReadingFound], sender: Sender, now: datetime
) -> list[Taken]:
    """What contradicts the database's own rules is found by halving, and refused alone."""
    try:
        async with session.begin_nested():
            return await _taken(session, merchant_id, some, sender, now)
    except IntegrityError:
        log.exception("readings_not_stored", many=len(some))
    if len(some) == 1:
        return [Taken("refused", [Finding("not_stored", "blocker")])]
    half = len(some) // 2
    first = await _readings(session, merchant_id, some[:half], sender, now)
    return first + await _readings(session, merchant_id, some[half:], sender, now)


async def _taken(
    session: AsyncSession, merchant_id: UUID, some: list[ReadingFound], sender: Sender, now: datetime
) -> list[Taken]:
    items = [
        IncomingReading(found.register.id, found.value, found.taken_at, found.reason, found.item.external_id)
        for found in some
    ]
    channel = cast(Literal["api", "csv", "bus"], sender.channel)
    # What staff bring in a file is judged as what a system sends: nobody stood in front of the meter.
    return await take(session, merchant_id, items, source="system", channel=channel, by=sender.by, now=now)


def _told(found: ReadingFound, taken: Taken, place: str) -> list[LineProblem]:
    """Blockers and doubts; a line that was simply stored has none."""
    outcome = taken.outcome
    if outcome in ("duplicate", "corrected"):
        return [LineProblem(found.item.line, "same" if outcome == "duplicate" else "corrected", place, outcome)]
    grave = [f for f in taken.findings if f.severity == ("blocker" if outcome == "refused" else "warning")]
    return [LineProblem(found.item.line, f.code, place, outcome, dict(f.values)) for f in grave]


def count_in(batch: Batch, ends: Counter[str]) -> None:
    for name, number in ends.items():
        setattr(batch, name, getattr(batch, name) + number)

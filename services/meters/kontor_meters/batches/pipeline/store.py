"""Storing what was prepared, in one transaction with the batch that it is counted in."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, cast

import orjson
import structlog
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import FindingCode, LineCode
from kontor_meters.batches.dependencies import Dependencies
from kontor_meters.batches.formats.items import Body, IntervalItem, Item, LineProblem
from kontor_meters.batches.models import Batch
from kontor_meters.batches.pipeline import lines
from kontor_meters.batches.pipeline.directory import Directory
from kontor_meters.batches.pipeline.prepare import Prepared, count, keys, prepare
from kontor_meters.copies import zone_of
from kontor_meters.intervals.store import store
from kontor_meters.readings.incoming import IncomingReading, IncomingResult, store_readings
from kontor_meters.readings.plausibility import Finding
from kontor_service.commands import fingerprint
from kontor_service.ids import uuid7

log = structlog.get_logger()

# Of one transaction with the meters' rows locked.
_AT_ONCE = 1_000
_END = {"questioned": "stored", "duplicate": "duplicates"}
_PARK = text("""
INSERT INTO parked_item (id, merchant_id, batch_id, line, kind, meter, digest, item)
SELECT id, :merchant, :batch, line, kind, meter, digest, item FROM jsonb_to_recordset(CAST(:items AS jsonb))
    AS p (id uuid, line bigint, kind text, meter text, digest text, item jsonb)
ON CONFLICT (merchant_id, digest) DO NOTHING RETURNING digest
""")


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
        await lines.store(session, batch, self.problems)


async def prepared_of(deps: Dependencies, session: AsyncSession, batch: Batch, body: Body) -> Prepared:
    """Finds the registers and checks every item, and makes the months of the values."""
    zone = await zone_of(session, batch.merchant_id)
    directory = await Directory.of(session, zone, *keys(body))
    # Off the event loop: a body of a million values takes a while.
    prepared = await asyncio.to_thread(prepare, body, directory, zone, deps.clock.now())
    await deps.months.ensure(prepared.blocks)
    return prepared


async def store_body(
    deps: Dependencies, session: AsyncSession, batch: Batch, body: Body, *, correct: bool = True
) -> Result:
    """In the session's transaction, in the name of whoever brought the batch. The merchant's meters may be locked in it."""
    prepared = await prepared_of(deps, session, batch, body)
    return await store_prepared(session, batch, prepared, deps.clock.now(), correct=correct)


async def store_prepared(
    session: AsyncSession, batch: Batch, prepared: Prepared, now: datetime, *, correct: bool = True
) -> Result:
    """Without `correct` what is stored already stays as it is."""
    kept = await _park(session, batch, prepared.parked)
    values = await store(session, batch.merchant_id, prepared.blocks, prepared.series, batch.id, correct=correct)
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
        for item, taken in zip(some, await _readings(session, batch, some, now), strict=True):
            result.ends[_END.get(taken.outcome, taken.outcome)] += 1
            result.problems += _problems(item, taken, prepared.place("readings", item.line, "value"))
    return result


async def _park(session: AsyncSession, batch: Batch, items: list[Item]) -> int:
    """Parks the items until their meter is known, except those already parked; returns how many of this batch are."""
    if not items:
        return 0
    # Twice in one body is once.
    waiting = {fingerprint(type(item).__name__, list(item[1:])): item for item in items}
    rows = [
        {
            "id": str(uuid7()), "line": item.line, "kind": "interval" if isinstance(item, IntervalItem) else "reading",
            "meter": item.meter, "digest": digest, "item": list(item),
        }
        for digest, item in waiting.items()
    ]  # fmt: skip
    values = {"merchant": batch.merchant_id, "batch": batch.id, "items": orjson.dumps(rows).decode()}
    return sum(count(waiting[digest]) for digest in (await session.execute(_PARK, values)).scalars())


async def _readings(
    session: AsyncSession, batch: Batch, some: list[IncomingReading], now: datetime
) -> list[IncomingResult]:
    """What contradicts the database's own rules is found by halving, and refused alone."""
    # As readings name it.
    channel = cast(Literal["api", "csv", "bus"], "api" if batch.source == "http" else batch.source)
    try:
        async with session.begin_nested():
            # What staff bring in a file is assessed as what a system sends: nobody stood in front of the meter.
            return await store_readings(
                session, batch.merchant_id, some, source="system", channel=channel, by=batch.started_by, now=now
            )
    except IntegrityError:
        log.exception("readings_not_stored", many=len(some))
    if len(some) == 1:
        return [IncomingResult("refused", [Finding(FindingCode.NOT_STORED, "blocker")])]
    half = len(some) // 2
    first = await _readings(session, batch, some[:half], now)
    return first + await _readings(session, batch, some[half:], now)


def _problems(item: IncomingReading, taken: IncomingResult, place: str) -> list[LineProblem]:
    """Blockers and doubts; a line that was simply stored has none."""
    outcome = taken.outcome
    if outcome in ("duplicate", "corrected"):
        code = LineCode.SAME if outcome == "duplicate" else LineCode.CORRECTED
        return [LineProblem(item.line, code, place, outcome)]
    grave = [f for f in taken.findings if f.severity == ("blocker" if outcome == "refused" else "warning")]
    return [LineProblem(item.line, f.code, place, outcome, dict(f.values)) for f in grave]

"""Readings as the tables have them; and the valid ones of some series, as one transaction sees and changes them."""

from bisect import insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from kontor.meters.v1.meters_pb2_codes import ReadingState
from kontor_meters.errors import ReadingNotFound
from kontor_meters.models import Photo, Reading
from kontor_meters.readings.plausibility import Point, Span, spans_of

# So many of a register's latest readings are looked at: ten years of weekly ones.
_LATEST = 520


# A register and an instant.
Place = tuple[UUID, datetime]


@dataclass(frozen=True, slots=True)
class Known:
    """A valid reading, as far as the next one needs it."""

    id: UUID
    register_id: UUID
    series_id: UUID
    taken_at: datetime
    value: Decimal
    source: str
    reason: str
    customer_id: UUID | None

    @classmethod
    def of(cls, row: Any) -> "Known":
        """From a Reading, or from a row with the same columns."""
        return cls(*(getattr(row, name) for name in cls.__slots__))


class History:
    """In the order of time, register by register."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._lines: dict[UUID, list[Known]] = defaultdict(list)
        self._registers: dict[UUID, set[UUID]] = defaultdict(set)
        self._spans: dict[UUID, list[Span]] = {}
        for one in known:
            self._lines[one.register_id].append(one)
            self._registers[one.series_id].add(one.register_id)

    def of(self, register_id: UUID) -> Sequence[Known]:
        return self._lines[register_id]

    def points(self, register_id: UUID) -> list[Point]:
        """What was read; without what was estimated."""
        return [Point(one.taken_at, one.value) for one in self._lines[register_id] if one.source != "estimate"]

    def at(self, register_id: UUID, instant: datetime) -> Known | None:
        """The reading of exactly this instant."""
        return next((one for one in self._lines[register_id] if one.taken_at == instant), None)

    def series(self, series_id: UUID) -> list[list[Point]]:
        """Register by register, with what was estimated."""
        return [
            [Point(one.taken_at, one.value) for one in self._lines[id]] for id in sorted(self._registers[series_id])
        ]

    def spans(self, series_id: UUID) -> list[Span]:
        if series_id not in self._spans:
            registers = self._registers[series_id]
            self._spans[series_id] = [span for id in registers for span in spans_of(self.points(id))]
        return self._spans[series_id]

    def add(self, reading: Reading) -> None:
        insort(self._lines[reading.register_id], Known.of(reading), key=lambda one: (one.taken_at, one.id))
        self._registers[reading.series_id].add(reading.register_id)
        self._spans.pop(reading.series_id, None)

    def forget(self, reading: Reading) -> None:
        line = self._lines[reading.register_id]
        line[:] = [one for one in line if one.id != reading.id]
        self._spans.pop(reading.series_id, None)


_KNOWN = text("""
SELECT DISTINCT r.taken_at, r.id, r.register_id, r.series_id, r.value, r.source, r.reason, r.customer_id
FROM (
    SELECT latest.* FROM register CROSS JOIN LATERAL (
        SELECT * FROM reading WHERE reading.register_id = register.id AND state = 'valid'
        ORDER BY taken_at DESC LIMIT :latest
    ) latest
    WHERE register.series_id = ANY(:series)
    UNION ALL
    SELECT beside.* FROM unnest(CAST(:registers AS uuid[]), CAST(:instants AS timestamptz[])) AS wanted(register_id, at)
    CROSS JOIN LATERAL (
        (SELECT * FROM reading WHERE reading.register_id = wanted.register_id AND state = 'valid'
            AND taken_at < wanted.at ORDER BY taken_at DESC LIMIT 1)
        UNION ALL
        (SELECT * FROM reading WHERE reading.register_id = wanted.register_id AND state = 'valid'
            AND taken_at >= wanted.at ORDER BY taken_at LIMIT 2)
    ) beside
) r
ORDER BY r.taken_at, r.id""")


async def known(session: AsyncSession, series_ids: Collection[UUID], beside: Collection[Place] = ()) -> list[Known]:
    """The valid readings of these series in the order of time: each register's latest, and those next to `beside`."""
    places = {"registers": [register for register, _ in beside], "instants": [instant for _, instant in beside]}
    rows = await session.execute(_KNOWN, {"series": list(series_ids), "latest": _LATEST, **places})
    return [Known.of(row) for row in rows]


async def not_counting(session: AsyncSession, places: Collection[Place]) -> list[Reading]:
    """Readings at these instants that are to be checked, implausible or rejected."""
    states = (ReadingState.TO_BE_CHECKED, ReadingState.IMPLAUSIBLE, ReadingState.REJECTED)
    at = tuple_(col(Reading.register_id), col(Reading.taken_at)).in_(list(places))
    return list(await session.exec(select(Reading).where(at, col(Reading.state).in_(states))))


async def to_be_checked(session: AsyncSession, register_ids: Collection[UUID]) -> list[Reading]:
    query = select(Reading).where(
        col(Reading.register_id).in_(register_ids), Reading.state == ReadingState.TO_BE_CHECKED
    )
    return list(await session.exec(query))


async def by_id(session: AsyncSession, reading_id: UUID) -> Reading:
    """Raises ReadingNotFound."""
    query = select(Reading).where(Reading.id == reading_id).execution_options(populate_existing=True)
    row = (await session.exec(query)).one_or_none()
    if row is None:
        raise ReadingNotFound
    return row


async def by_ids(session: AsyncSession, reading_ids: Collection[UUID]) -> list[Reading]:
    return list(await session.exec(select(Reading).where(col(Reading.id).in_(reading_ids)).order_by(col(Reading.id))))


async def by_external_ids(session: AsyncSession, external_ids: Collection[str]) -> dict[str, Reading]:
    """The readings to which the sending system gave these ids, by id; without those that a later reading replaced."""
    query = select(Reading).where(col(Reading.external_id).in_(external_ids), Reading.state != ReadingState.REPLACED)
    return {row.external_id: row for row in await session.exec(query)}


async def photos_among(session: AsyncSession, hashes: Collection[str]) -> set[str]:
    """Which of these were uploaded for this merchant."""
    return set(await session.exec(select(Photo.sha256).where(col(Photo.sha256).in_(hashes))))

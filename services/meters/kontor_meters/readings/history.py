"""The valid readings of some series, as one transaction sees and changes them."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from kontor_meters.models import Reading
from kontor_meters.readings.plausibility import Point, Span, spans_of
from kontor_meters.readings.queries import Known


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

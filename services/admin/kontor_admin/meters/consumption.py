"""What a place used in a year or a month, as its lines state it: drawn and fed in apart, HT and NT in one picture."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import zip_longest
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_admin.meters.view import meter
from kontor_edge.answers import file_response
from kontor_service.i18n import gettext as _
from kontor_web.meter_sums import NOT_KNOWN, Expected, csv_text, expected_months, month_sums
from kontor_web.meters import projection_sentence, register_name, tariff_name

router = APIRouter()

State = dict[str, Any]
Amounts = list[int | None]
_DIRECTIONS = ("consumption", "feed_in")
_TARIFFS = ("single", "high", "low")


@dataclass(frozen=True)
class Picture:
    """The months of a year, or the days of a month, of one direction, in thousandths of `unit`. `before`: the same a year
    earlier; None where nothing is known of it."""

    direction: str
    unit: str
    year: int
    parts: list[tuple[str, Amounts]]
    before: Amounts | None
    bases: list[str]
    expected: list[Expected | None]
    projections: list[str]
    # Of the year before, the days of which this year's are known; None where none is.
    same_time: int | None

    @property
    def total(self) -> int | None:
        return _sum(value for _name, months in self.parts for value in months)

    @property
    def total_before(self) -> int | None:
        return _sum(self.before or ())

    @property
    def totals(self) -> list[tuple[str, int | None]]:
        return [(name, _sum(months)) for name, months in self.parts]


def pictures(years: list[State], year: int, month: int | None = None) -> list[Picture]:
    """One for each direction and unit of which something is known in this year. Pure."""
    here = [state for state in years if int(state["year"]) == year]
    groups = dict.fromkeys((state["direction"], state["unit"]) for state in sorted(here, key=_order))
    make = _of_year if month is None else partial(_of_month, month)
    return [make(direction, unit, year, years) for direction, unit in groups]


def _order(state: State) -> tuple[int, int]:
    direction, tariff = state["direction"], state["tariff"]
    return (
        _DIRECTIONS.index(direction) if direction in _DIRECTIONS else 9,
        _TARIFFS.index(tariff) if tariff in _TARIFFS else 9,
    )


def _lines(direction: str, unit: str, year: int, years: list[State]) -> list[State]:
    ours = (s for s in years if s["direction"] == direction and s["unit"] == unit and int(s["year"]) == year)
    return sorted(ours, key=_order)


def _of_month(month: int, direction: str, unit: str, year: int, years: list[State]) -> Picture:
    now, earlier = (_lines(direction, unit, one, years) for one in (year, year - 1))
    return Picture(
        direction=direction,
        unit=unit,
        year=year,
        parts=[(_name(s, len(now)), _days(s, month)) for s in now],
        before=_added([_days(s, month) for s in earlier]) if earlier else None,
        bases=[],
        expected=[],
        projections=[],
        same_time=_same_time(now, earlier, month),
    )


def _days(state: State, month: int) -> Amounts:
    year = int(state["year"])
    start = date(year, month, 1).timetuple().tm_yday - 1
    days = state["days"][start : start + monthrange(year, month)[1]]
    return [None if day == NOT_KNOWN else day for day in days]


def _of_year(direction: str, unit: str, year: int, years: list[State]) -> Picture:
    now, last = (_lines(direction, unit, one, years) for one in (year, year - 1))
    months = [month_sums(year, s["days"]) for s in now]
    earlier = [month_sums(year - 1, s["days"]) for s in last]
    expected = [expected_months(sums, s["projection"]) for sums, s in zip(months, now, strict=True)]
    return Picture(
        direction=direction,
        unit=unit,
        year=year,
        parts=[(_name(s, len(now)), sums) for s, sums in zip(now, months, strict=True)],
        before=_added(earlier) if earlier else None,
        bases=[_basis([s["months"][month] for s in now]) for month in range(12)],
        expected=[_together([one[month] for one in expected]) for month in range(12)],
        projections=[_projection(s, len(now)) for s in now if s["projection"]],
        same_time=_same_time(now, last, None),
    )


def _same_time(now: list[State], earlier: list[State], month: int | None) -> int | None:
    """Like is compared with like: ten months with the same ten. The 29th of February has nothing to be compared with."""
    pairs = [(s, e) for s in now for e in earlier if s["series_id"] == e["series_id"]]
    return _sum(
        then
        for state, before in pairs
        for at, day in enumerate(state["days"])
        if day != NOT_KNOWN and (then := _year_before(state, before, at, month)) is not None
    )


def _year_before(state: State, before: State, at: int, month: int | None) -> int | None:
    day = date(int(state["year"]), 1, 1) + timedelta(days=at)
    if (month is not None and day.month != month) or (day.month, day.day) == (2, 29):
        return None
    then = int(before["days"][day.replace(year=day.year - 1).timetuple().tm_yday - 1])
    return None if then == NOT_KNOWN else then


def _name(state: State, many: int) -> str:
    """What tells it from the others; the only one is told by its year."""
    return tariff_name(state["tariff"]) if many > 1 else ""


def _projection(state: State, many: int) -> str:
    said = projection_sentence(state["projection"], state["unit"])
    return f"{register_name(state['direction'], state['tariff'])}: {said}" if many > 1 else said


def _added(lines: list[Amounts]) -> Amounts:
    return [_sum(amounts) for amounts in zip_longest(*lines)]


def _sum(values: Iterable[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _basis(bases: list[str]) -> str:
    """Of several registers together: what they have in common, else that it is partly known or estimated."""
    found = set(bases)
    if len(found) == 1:
        return bases[0]
    return "estimated" if "estimated" in found else "partly" if "missing" in found or "partly" in found else "read"


def _together(parts: list[Expected | None]) -> Expected | None:
    known = [part for part in parts if part is not None]
    if not known:
        return None
    low, middle, high = (sum(part[at] for part in known) for at in range(3))
    return low, middle, high


@router.get("/{meter_id:uuid}/verbrauch.csv")
async def export(request: Request, meter_id: UUID) -> Response:
    """Every month that is known; `?nach=tagen` every day."""
    _staff, view = await meter(request, meter_id, 1)
    by_days = request.query_params.get("nach") == "tagen"
    text = csv_text(view.years, "days" if by_days else "months")
    name = _("%(name)s-consumption.csv", name=view.data["number"])
    return file_response(text.encode(), "text/csv; charset=utf-8", name, save=True)

"""What a place used in a year or a month, as its lines state it: drawn and fed in apart, HT and NT in one picture."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.answers import file_response
from kontor_meters_pages.admin.view import meter
from kontor_meters_pages.consumption import Block, Used
from kontor_meters_pages.sums import Expected, csv_text
from kontor_meters_pages.words import projection_sentence, register_name, tariff_name
from kontor_service.i18n import gettext as _

router = APIRouter()


@dataclass(frozen=True)
class Picture:
    """The months of a year, or the days of a month, of one direction. Months say how they came about, and what is expected."""

    block: Block
    ways: list[str]
    expected: list[Expected | None]
    projections: list[str]

    @property
    def parts(self) -> list[tuple[str, list[int | None]]]:
        """What tells each from the others; the only one is told by its year."""
        many = len(self.block.parts) > 1
        return [(tariff_name(part.tariff) if many else "", part.amounts) for part in self.block.parts]

    @property
    def before(self) -> list[int | None] | None:
        return self.block.before if self.block.sum_before is not None else None

    @property
    def same_time(self) -> int | None:
        """Of the year before, the days of which this year's are known."""
        return self.block.comparable[1] if self.block.comparable else None


def pictures(years: list[dict[str, Any]], year: int, month: int | None = None) -> list[Picture]:
    """One for each direction and unit of which something is known in this year. Pure."""
    used = Used(years)
    known = {(state["direction"], state["unit"]) for state in years if state["year"] == year}
    blocks = used.by_days(year, month) if month else used.by_months(year)
    return [_picture(used, block, year, month) for block in blocks if (block.direction, block.unit) in known]


def _picture(used: Used, block: Block, year: int, month: int | None) -> Picture:
    if month:
        return Picture(block, [], [], [])
    return Picture(
        block, used.ways(year, block.direction, block.unit), used.expected(block, year), _projections(used, block, year)
    )


def _projections(used: Used, block: Block, year: int) -> list[str]:
    """Register by register."""
    rows = [row for row in used.of(block.direction, block.unit) if row["year"] == year and row["projection"]]
    names = [register_name(row["direction"], row["tariff"]) if len(block.parts) > 1 else "" for row in rows]
    told = [projection_sentence(row["projection"], row["unit"]) for row in rows]
    return [f"{name}: {sentence}" if name else sentence for name, sentence in zip(names, told, strict=True)]


@router.get("/{meter_id:uuid}/verbrauch.csv")
async def export(request: Request, meter_id: UUID) -> Response:
    """Every month that is known; `?nach=tagen` every day."""
    _staff, view = await meter(request, meter_id, 1)
    by_days = request.query_params.get("nach") == "tagen"
    text = csv_text(view.years, "days" if by_days else "months")
    name = _("%(name)s-consumption.csv", name=view.data["number"])
    return file_response(text.encode(), "text/csv; charset=utf-8", name, save=True)

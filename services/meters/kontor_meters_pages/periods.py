"""Which period of consumption is looked at, and the ways from there to others."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kontor_edge.paging import parse_whole
from kontor_service.errors import Invalid
from kontor_service.i18n import N_
from kontor_web.charts import day_labels, month_labels

Step = Literal["years", "months", "days"]
OLDEST = 1990
LATEST = 2200


@dataclass(frozen=True, slots=True)
class Period:
    """All years; the months of `year`; the days of `month`; `day`: its quarter hours as well."""

    step: Step
    year: int
    month: int = 1
    day: date | None = None

    @property
    def first(self) -> date:
        return date(self.year, self.month if self.step == "days" else 1, 1)

    @property
    def name(self) -> str:
        """2026; Mar 2026; nothing for all years."""
        return self._named(self.year)

    @property
    def name_before(self) -> str:
        return self._named(self.year - 1)

    def _named(self, year: int) -> str:
        if self.step == "years":
            return ""
        return f"{month_labels()[self.month - 1]} {year}" if self.step == "days" else str(year)

    def labels(self, years: list[int]) -> list[str]:
        """The labels below the bars; `years` are the years with data."""
        if self.step == "years":
            return [str(year) for year in years]
        return month_labels() if self.step == "months" else day_labels(self.year, self.month)


def read_period(query: Mapping[str, str], today: date, years: list[int]) -> Period:
    """`?years=1`, `?year=2026`, `?year=2026&month=11`, `?day=2026-11-20`. Without: the latest year that is known.

    Raises Invalid, naming the parameter.
    """
    day = _day(query)
    if day is not None:
        return Period("days", day.year, day.month, day)
    if query.get("years"):
        return Period("years", today.year)
    year = parse_whole(query, "year", OLDEST, LATEST) or (years[-1] if years else today.year)
    month = parse_whole(query, "month", 1, 12)
    return Period("days", year, month) if month else Period("months", year)


def _day(query: Mapping[str, str]) -> date | None:
    text = query.get("day")
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise Invalid(N_("A date is expected here, for example 2026-11-27."), field="day") from None
    if not OLDEST <= found.year <= LATEST:
        raise Invalid(N_("A date is expected here, for example 2026-11-27."), field="day")
    return found

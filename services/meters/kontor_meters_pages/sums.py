"""Sums over the days of consumption states, and their rows in a CSV file. Pure.

A state is a mapping with the field names of the contract's Consumption. Amounts are thousandths of its unit.
"""

import csv
from calendar import isleap, monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from io import StringIO
from itertools import accumulate, pairwise
from typing import Any, Literal

from kontor_meters_pages.words import basis_name, direction_name, tariff_name
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_web.amounts import unit_name

NOT_KNOWN = -1
Expected = tuple[int, int, int]


def month_sums(year: int, days: Sequence[int]) -> list[int | None]:
    """Twelve sums; None where no day of the month is known."""
    ends = accumulate(monthrange(year, month)[1] for month in range(1, 13))
    months = [[day for day in days[start:end] if day != NOT_KNOWN] for start, end in pairwise((0, *ends))]
    return [sum(known) if known else None for known in months]


def expected_months(sums: Sequence[int | None], projection: Mapping[str, Any] | None) -> list[Expected | None]:
    """For each month what it will come to in all: (low, expected, high); None for months that are over or unknown.

    Each month has the range of the whole: it is as far off as the rest of the year may be.
    """
    rest = [int(part) for part in (projection or {}).get("months", ())]
    total = sum(rest)
    if not projection or total <= 0:
        return [None] * len(sums)
    down = (int(projection["expected"]) - int(projection["low"])) / total
    up = (int(projection["high"]) - int(projection["expected"])) / total
    return [
        ((known or 0) + round(part * (1 - down)), (known or 0) + part, (known or 0) + round(part * (1 + up)))
        if part
        else None
        for known, part in zip(sums, rest, strict=True)
    ]


def csv_rows(states: Iterable[Mapping[str, Any]], by: Literal["days", "months"] = "days") -> list[list[str]]:
    """A heading and one row for each day or month something is known of, by register and time.

    Amounts have three decimals, with a comma where the reader is German; dates are ISO 8601. Months say how they came
    about; of single days that is not told.
    """
    heads = [_("Day") if by == "days" else _("Month"), _("OBIS"), _("Direction"), _("Tariff"), _("Quantity"), _("Unit")]
    rows = [heads if by == "days" else [*heads, _("How it came about")]]
    ordered = sorted(states, key=lambda s: (s["direction"] == "feed_in", s["tariff"] == "low", s["obis"], s["year"]))
    for state in ordered:
        common = [state["obis"], direction_name(state["direction"]), tariff_name(state["tariff"])]
        for period, parts, basis in _periods(state, by):
            rows.append([period, *common, _plain(parts), unit_name(state["unit"]), *basis])
    return rows


def csv_text(states: Iterable[Mapping[str, Any]], by: Literal["days", "months"] = "days") -> str:
    """The rows as spreadsheets in the reader's country open them: with a byte order mark; semicolons in German."""
    written = StringIO()
    delimiter = ";" if reader().language == "de" else ","
    csv.writer(written, delimiter=delimiter, lineterminator="\r\n").writerows(csv_rows(states, by))
    return "\ufeff" + written.getvalue()


def _periods(state: Mapping[str, Any], by: str) -> Iterable[tuple[str, int, list[str]]]:
    year, days = int(state["year"]), [int(day) for day in state["days"]]
    if by == "months":
        for month, parts in enumerate(month_sums(year, days)):
            if parts is not None:
                yield f"{year}-{month + 1:02d}", parts, [basis_name(state["months"][month])]
        return
    first = date(year, 1, 1)
    for place, parts in enumerate(days[: 366 if isleap(year) else 365]):
        if parts != NOT_KNOWN:
            yield (first + timedelta(days=place)).isoformat(), parts, []


def _plain(parts: int) -> str:
    mark = "," if reader().language == "de" else "."
    return f"{'-' if parts < 0 else ''}{abs(parts) // 1000}{mark}{abs(parts) % 1000:03d}"

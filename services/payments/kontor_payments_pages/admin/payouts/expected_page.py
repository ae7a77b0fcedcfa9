"""GET /zahlungen/erwartet: what is expected to come in, drawn week by week."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from kontor_edge.query import loads
from kontor_payments_pages.admin.payouts.expected import (
    LEAST_INVOICES,
    OnItsWay,
    OpenAmount,
    Week,
    expected_weeks,
    total,
)
from kontor_payments_pages.admin.payouts.staff_page import EXPECTED_PATH, ask_payouts, money_tabs, render
from kontor_service.formats import short_day
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_service.money import digits
from kontor_web.charts import Chart

router = APIRouter(prefix=EXPECTED_PATH)


@dataclass(frozen=True)
class Expectation:
    """In one currency."""

    currency: str
    weeks: list[Week]

    @property
    def total_minor(self) -> int:
        return total(self.weeks)

    @property
    def rows(self) -> list[tuple[str, Week]]:
        return [(_label(number, week), week) for number, week in enumerate(self.weeks)]

    @property
    def chart(self) -> Chart:
        """Thousandths of the currency; the exact amounts are in the page's own table."""
        scale = 10 ** (3 - digits(self.currency))
        names = (
            (_("Open"), [week.open_minor * scale for week in self.weeks]),
            (
                _("On its way already"),
                [week.on_its_way_minor * scale for week in self.weeks],
            ),
        )
        parts = [part for part in names if any(part[1])] or [names[0]]
        below = [
            _("late") if n == 0 else _day(week) if week.begins else _("later") for n, week in enumerate(self.weeks)
        ]
        short = [text if n % 3 == 1 else "" for n, text in enumerate(below)]
        return Chart(
            f"expected-{self.currency}", [label for label, _week in self.rows], parts, unit=self.currency,
            title=_("Expected payments by week"), below=below, short=short, table=False,
        )  # fmt: skip


@router.get("")
async def expected(request: Request) -> Response:
    staff, row = await ask_payouts(request, "expected_payments", at_least=LEAST_INVOICES)
    usual = loads(row["usual"], {})
    known = usual.get("invoices", 0) >= LEAST_INVOICES
    found = expectations(
        loads(row["opened"], []), loads(row["on_its_way"], []), usual["days_late"] if known else 0, staff.today
    )
    return render(
        request, staff, "expected", tabs=money_tabs("expected", staff), found=found, usual=usual["days_late"] if known else None,
        least=LEAST_INVOICES,
    )  # fmt: skip


def expectations(
    opened: list[dict[str, Any]], on_its_way: list[dict[str, Any]], usual: int, today: date
) -> list[Expectation]:
    """One for each currency, the largest first."""
    found = [
        Expectation(
            currency,
            expected_weeks(
                [
                    OpenAmount(o["minor"], _parsed(o["due"]), o["days_late"])
                    for o in opened
                    if o["currency"] == currency
                ],
                [OnItsWay(w["minor"], _parsed(w["expected_on"])) for w in on_its_way if w["currency"] == currency],
                usual,
                today,
            ),
        )
        for currency in {one["currency"] for one in (*opened, *on_its_way)}
    ]
    return sorted(found, key=lambda one: (-one.total_minor, one.currency))


def _parsed(day: str | None) -> date | None:
    return date.fromisoformat(day) if day else None


def _day(week: Week) -> str:
    assert week.begins is not None
    text = short_day(week.begins, reader().language)
    return text[:6] if reader().language == "de" else text[:5]


def _label(number: int, week: Week) -> str:
    if week.begins is None:
        return _("later than usual") if number == 0 else _("after that")
    end = week.begins + timedelta(days=6)
    language = reader().language
    return f"{short_day(week.begins, language)} – {short_day(end, language)}"

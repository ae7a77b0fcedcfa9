"""What is expected to come in, week by week: from due dates and how late each customer pays. Pure; amounts are minor units.

The expected day of an open amount is its due date and the median of the days by which the customer's paid invoices were late; where too
few of them are known, the median of all the merchant's customers; without any, the due date. Money on its way has the day that its
provider expects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# Fewer paid invoices are no habit.
LEAST_INVOICES = 3
WEEKS = 12
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class OpenAmount:
    """What is open and due on a day; `days_late`: the customer's habit, None where it is not known."""

    amount_minor: int
    due: date | None
    days_late: int | None = None


@dataclass(frozen=True)
class OnItsWay:
    amount_minor: int
    # None where nobody says so.
    expected_on: date | None


@dataclass
class Week:
    """`begins`: its Monday; None for what is later than usual already (the first), and for what comes later than all weeks (the last)."""

    begins: date | None
    open_minor: int = 0
    on_its_way_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.open_minor + self.on_its_way_minor


def expected_weeks(
    opened: Iterable[OpenAmount], on_its_way: Iterable[OnItsWay], usual_days_late: int, today: date, weeks: int = WEEKS
) -> list[Week]:
    """What is later than usual, this week and those that follow, and all that comes after. Everything stands in one of them."""
    monday = today - timedelta(days=today.weekday())
    found = [Week(None), *(Week(monday + _WEEK * number) for number in range(weeks)), Week(None)]
    for one in opened:
        habit = usual_days_late if one.days_late is None else one.days_late
        found[_place(_expected_day(one.due or today, habit, today), today, weeks)].open_minor += one.amount_minor
    for way in on_its_way:
        # What should be there already comes any day.
        day = max(way.expected_on or today, today)
        found[_place(day, today, weeks)].on_its_way_minor += way.amount_minor
    return found


def _expected_day(due: date, habit: int, today: date) -> date:
    """Who pays early may still do so today, as long as it is not late."""
    day = due + timedelta(days=habit)
    return max(day, today) if due >= today else day


def _place(day: date, today: date, weeks: int) -> int:
    if day < today:
        return 0
    number = (day - (today - timedelta(days=today.weekday()))).days // 7
    return min(number, weeks) + 1


def total(weeks: Sequence[Week]) -> int:
    return sum(week.total_minor for week in weeks)

"""From the copy's answer to what the board shows. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from asyncpg import Record

from kontor_edge.query import loads
from kontor_edge.staff import Staff


@dataclass(frozen=True)
class Sum:
    """Money in one currency. `many`: of how many."""

    currency: str
    minor: int
    many: int


@dataclass(frozen=True)
class Board:
    open: list[Sum]
    late: list[Sum]
    pending: list[Sum]
    paid: list[Sum]
    oldest_late_days: int
    expected: str | None
    unread: int
    groups: dict[str, int]
    problems: list[dict[str, Any]]
    activity: list[dict[str, Any]]
    # What a new merchant has done already, in the order in which it makes sense.
    steps: list[tuple[str, bool]]
    # What other features show here, by their name.
    panels: dict[str, Any]


def board(staff: Staff, row: Record) -> Board:
    open_sums = loads(row["open"], [])
    pending = loads(row["pending"], [])
    late = [s for s in open_sums if s["late"]]
    oldest = min((s["oldest"] for s in late if s["oldest"]), default=None)
    return Board(
        open=[Sum(s["currency"], s["minor"], s["many"]) for s in open_sums],
        late=[Sum(s["currency"], s["late_minor"], s["late"]) for s in late],
        pending=[Sum(s["currency"], s["minor"], s["many"]) for s in pending],
        paid=[Sum(s["currency"], s["minor"], s["many"]) for s in loads(row["paid"], [])],
        oldest_late_days=(staff.today - date.fromisoformat(oldest)).days if oldest else 0,
        expected=max((s["expected"] for s in pending if s["expected"]), default=None),
        unread=row["unread"],
        groups=loads(row["groups"], {}),
        problems=[loads(entry) for entry in row["problems"] or ()],
        activity=loads(row["activity"], []),
        steps=_steps(staff.merchant, loads(row["start"], {})),
        panels=loads(row.get("panels"), {}),
    )


def _steps(merchant: dict[str, Any], done: dict[str, bool]) -> list[tuple[str, bool]]:
    return [
        ("contact", bool(merchant.get("contact_email"))),
        ("logo", bool(merchant.get("logo_sha256"))),
        ("payments", bool(merchant.get("payments_enabled"))),
        ("portal", bool(merchant.get("portal_enabled"))),
        ("document", done.get("documents", False)),
        ("shared", done.get("shared", False)),
    ]


def part_of_day(now: datetime) -> str:
    """morning until 11, day until 18, evening after. `now` is local."""
    return "morning" if 4 <= now.hour < 11 else "day" if 11 <= now.hour < 18 else "evening"

"""From the copy's answer to what the board shows. Pure."""

from datetime import date, datetime
from typing import Any

from asyncpg import Record

from kontor_edge.query import loads, loads_all
from kontor_edge.staff import Staff


def board(staff: Staff, row: Record) -> dict[str, Any]:
    """Sums are money in one currency: `minor`, and of how many. `steps`: what a new merchant has done already, in the order in
    which it makes sense. `panels`: what other features show here, by their name."""
    open_sums, pending = loads(row["open"], []), loads(row["pending"], [])
    late = [s for s in open_sums if s["late"]]
    oldest = min((s["oldest"] for s in late if s["oldest"]), default=None)
    return {
        "open": _sums(open_sums),
        "late": _sums(late, "late_minor", "late"),
        "pending": _sums(pending),
        "paid": _sums(loads(row["paid"], [])),
        "oldest_late_days": (staff.today - date.fromisoformat(oldest)).days if oldest else 0,
        "expected": max((s["expected"] for s in pending if s["expected"]), default=None),
        "unread": row["unread"],
        "groups": loads(row["groups"], {}),
        "problems": loads_all(row["problems"]),
        "activity": loads(row["activity"], []),
        "steps": _steps(staff.merchant, loads(row["start"], {})),
        "panels": loads(row.get("panels"), {}),
    }


def _sums(found: list[dict[str, Any]], minor: str = "minor", many: str = "many") -> list[dict[str, Any]]:
    return [{"currency": s["currency"], "minor": s[minor], "many": s[many]} for s in found]


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

"""What the page of a quote shows besides what every document has: its decision, its versions, what can be done."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from fastapi import Request

from kontor_edge.owners import GLANCE_SECONDS, fetch_as_edge
from kontor_edge.staff import Staff
from kontor_service.differences import Difference, differences
from kontor_service.errors import Problem

# Of a quote that had no shorter or longer time.
_USUAL_DAYS = 30
_LEAST_DAYS = 7


@dataclass(frozen=True)
class Version:
    """One version of a quote, and what it changed in the one before."""

    number: int
    replaced_at: str | None
    changes: list[Difference]


@dataclass(frozen=True)
class QuoteFacts:
    """`evidence`: each acceptance, the latest first; None where documents does not answer, as with `versions`."""

    proposed: date
    editable: bool
    extendable: bool
    evidence: list[dict[str, Any]] | None = field(default_factory=list)
    versions: list[Version] | None = field(default_factory=list)


async def quote_facts(request: Request, staff: Staff, doc: dict[str, Any]) -> QuoteFacts:
    accepted = bool((doc["decision"] or {}).get("evidence_sha256"))
    path = f"/v1/documents/{doc['id']}"
    evidence = await _fetched(request, staff, f"{path}/evidence", "evidence") if accepted else []
    old = await _fetched(request, staff, f"{path}/revisions", "revisions") if doc["revision"] > 1 else []
    is_open = doc["state"] == "shared" and doc["outcome"] in ("", "expired")
    return QuoteFacts(
        proposed=proposed_day(doc, staff.today), editable=is_open or doc["state"] == "waiting", extendable=is_open,
        evidence=evidence, versions=None if old is None else versions_of(doc["revision"], doc["currency"], old),
    )  # fmt: skip


async def _fetched(request: Request, staff: Staff, path: str, name: str) -> list[dict[str, Any]] | None:
    """None where documents does not answer: the page is there all the same."""
    try:
        answer = await fetch_as_edge(request, "documents", path, staff.merchant_id, timeout=GLANCE_SECONDS)
    except Problem:
        return None
    found: list[dict[str, Any]] = answer.json()[name]
    return found


def versions_of(number: int, currency: str, old: list[dict[str, Any]]) -> list[Version]:
    """The latest first, from what documents says of those before version `number`. Of the first that it knows nothing is
    told to have changed. Pure."""
    brought = {one["revision"] + 1: differences(one["changes"], currency) for one in old}
    present = Version(number, None, brought.get(number, []))
    earlier = [Version(one["revision"], one["replaced_at"], brought.get(one["revision"], [])) for one in reversed(old)]
    return [present, *earlier]


def proposed_day(doc: dict[str, Any], today: date) -> date:
    """As long from today on as the quote was valid at first, a week at least. Pure."""
    if not (doc["issue_date"] and doc["valid_until"]):
        return today + timedelta(days=_USUAL_DAYS)
    days = (date.fromisoformat(doc["valid_until"]) - date.fromisoformat(doc["issue_date"])).days
    return today + timedelta(days=min(max(days, _LEAST_DAYS), 365))

"""What the page of a quote shows besides what every document has: its decision, its versions, what can be done."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import orjson
from fastapi import Request

from kontor_documents_pages.quote_changes import Change, changes
from kontor_edge.edge import edge_of
from kontor_edge.owners import GLANCE_SECONDS, fetch_as_edge
from kontor_edge.staff import Staff
from kontor_service.errors import Problem

# Of a quote that was amended more often, the latest.
_MOST_VERSIONS = 20
# Of a quote that had no shorter or longer time.
_USUAL_DAYS = 30
_LEAST_DAYS = 7


@dataclass(frozen=True)
class Version:
    """One version of a quote, and what it changed in the one before."""

    number: int
    replaced_at: str | None
    changes: list[Change]


@dataclass(frozen=True)
class QuoteFacts:
    """`evidence`: each acceptance, the latest first; None where documents does not answer, as with `versions`."""

    proposed: date
    editable: bool
    extendable: bool
    evidence: list[dict[str, Any]] | None = field(default_factory=list)
    versions: list[Version] | None = field(default_factory=list)


async def quote_facts(request: Request, staff: Staff, doc: dict[str, Any], said: dict[str, Any] | None) -> QuoteFacts:
    accepted = bool((doc["decision"] or {}).get("evidence_sha256"))
    path = f"/v1/documents/{doc['id']}"
    evidence = await _asked(request, staff, f"{path}/evidence", "evidence") if accepted else []
    old = await _earlier(request, staff, path) if doc["revision"] > 1 and said else []
    is_open = doc["state"] == "shared" and doc["outcome"] in ("", "expired")
    return QuoteFacts(
        proposed=proposed_day(doc, staff.today), editable=is_open or doc["state"] == "waiting", extendable=is_open,
        evidence=evidence, versions=None if old is None else versions_of(doc["revision"], said or {}, old),
    )  # fmt: skip


async def _asked(request: Request, staff: Staff, path: str, name: str) -> list[dict[str, Any]] | None:
    """None where documents does not answer: the page is there all the same."""
    try:
        answer = await fetch_as_edge(request, "documents", path, staff.merchant_id, timeout=GLANCE_SECONDS)
    except Problem:
        return None
    found: list[dict[str, Any]] = answer.json()[name]
    return found


async def _earlier(request: Request, staff: Staff, path: str) -> list[dict[str, Any]] | None:
    """The versions before this one with their contents, the latest first; None where documents does not answer."""
    found = await _asked(request, staff, f"{path}/revisions", "revisions")
    edge, contents = edge_of(request), []
    for old in sorted(found or (), key=lambda one: -one["revision"])[:_MOST_VERSIONS]:
        content = await edge.content.fetch(edge.views, staff.merchant_id, old["content_sha256"])
        if content is None:
            return None
        contents.append(old | {"content": orjson.loads(content)})
    return None if found is None else contents


def versions_of(number: int, said: dict[str, Any], old: list[dict[str, Any]]) -> list[Version]:
    """The latest first; the first version changed nothing. Pure."""
    contents = [(number, None, said), *((one["revision"], one["replaced_at"], one["content"]) for one in old)]
    return [
        Version(number, replaced_at, changes(before[2], content) if before else [])
        for (number, replaced_at, content), before in zip(contents, [*contents[1:], None], strict=True)
    ]


def proposed_day(doc: dict[str, Any], today: date) -> date:
    """As long from today on as the quote was valid at first, a week at least. Pure."""
    if not (doc["issue_date"] and doc["valid_until"]):
        return today + timedelta(days=_USUAL_DAYS)
    days = (date.fromisoformat(doc["valid_until"]) - date.fromisoformat(doc["issue_date"])).days
    return today + timedelta(days=min(max(days, _LEAST_DAYS), 365))

"""Documents, and what is on its way to being one."""

from typing import Any

from kontor.documents.v1 import documents_pb2
from kontor.documents.v1.documents_pb2_codes import DocumentSource, DocumentType
from kontor_documents_pages.copy import LABEL_COLUMNS, label_columns, sort_keys
from kontor_edge import View
from kontor_edge.sorting import LAST_DAY
from kontor_edge.values import KEY, key, text, whole


def release_group(d: Any) -> str | None:
    """Where a waiting document stands in the release list (A19); None for one that no longer waits."""
    if d.state != "waiting":
        return None
    if is_draft(d):
        return "draft"
    codes = {issue.code for issue in d.issues if issue.severity == "blocker"}
    if codes == {"in_production"}:
        return "making"
    if not codes:
        return "ready"
    if codes - {"unmatched_customer", "no_email", "in_production"}:
        return "invalid"
    return "unmatched" if "unmatched_customer" in codes else "no_email"


def is_draft(d: Any) -> bool:
    """Whether it waits for staff who write it, and not for its release: a quote that is written in Kontor."""
    return bool(d.state == "waiting" and d.type == DocumentType.QUOTE and d.source == DocumentSource.KONTOR)


def stand(d: Any) -> str | None:
    """Where a quote stands (C22): draft, open, withdrawn, or its outcome; None for other documents."""
    if d.type != DocumentType.QUOTE:
        return None
    if d.state == "waiting":
        return "draft"
    if d.state in ("withdrawn", "cancelled"):
        return "withdrawn"
    return d.outcome or "open"


def _document(d: Any) -> dict[str, Any]:
    said = whole(d)
    return {
        "release_group": release_group(d),
        "shared_at": key(d.shared_at) or None,
        "opened_at": key(d.first_opened_at) or None,
        "stand": stand(d),
        "decided_at": key(d.decision.at) or None,
        "asked_at": key(d.request.at) or None,
        "by_valid": d.valid_until or LAST_DAY,
        **sort_keys(d),
        **label_columns(d),
        "by_received": key(d.received_at),
        "brief": text(_brief(said)),
        "data": said,
    }


def _brief(said: dict[str, Any]) -> dict[str, Any]:
    """A document as lists show it and the JSON says it."""
    return {
        **{name: said[name] for name in SHOWN},
        **{name: said[name] or None for name in NULLABLE},
        "opened_at": said["first_opened_at"],
        "issues": said["issues"][:5],
    }


SHOWN = (
    "id", "type", "kind", "number", "title", "state", "outcome", "customer_number", "buyer_name", "currency", "gross_minor",
    "amount_due_minor", "source", "received_at", "shared_at",
)  # fmt: skip
NULLABLE = ("issue_date", "due_date", "valid_until", "customer_id", "suggested_customer_id")

DOCUMENT = View(
    "document",
    documents_pb2.DocumentSnapshot,
    {
        "customer_id": "uuid", "suggested_customer_id": "uuid", "thread_id": "text", "content_sha256": "text",
        "type": "text", "state": "text", "release_group": "text", "due_date": "date", "shared_at": KEY, "opened_at": KEY,
        "stand": "text", "valid_until": "date", "decided_at": KEY, "asked_at": KEY,
        "by_date": KEY, "by_due": KEY, "by_valid": KEY, "by_amount": KEY, "by_number": KEY, "by_received": KEY,
        **LABEL_COLUMNS, "words": "text", "brief": "text", "data": "json",
    },
    _document,
    lambda d: (f"merchant:{d.merchant_id}", f"document:{d.id}"),
)  # fmt: skip
SUBMISSION = View(
    "submission",
    documents_pb2.SubmissionSnapshot,
    {"status": "text", "source": "text", "document_id": "uuid", "by_time": KEY, "data": "json"},
    lambda s: {"by_time": key(s.received_at)},
    lambda s: (f"merchant:{s.merchant_id}",),
)
STANDING_DOCUMENT = View(
    "standing_document",
    documents_pb2.StandingDocumentSnapshot,
    {"position": "integer", "data": "json"},
    topics=lambda d: (f"merchant:{d.merchant_id}",),
)
VIEWS = (DOCUMENT, SUBMISSION, STANDING_DOCUMENT)

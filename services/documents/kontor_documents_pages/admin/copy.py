"""Documents, and what is on its way to being one."""

from typing import Any

from kontor.documents.v1 import documents_pb2
from kontor_edge import View
from kontor_edge.sorting import LAST_DAY, amount_key, number_key, search_words
from kontor_edge.values import KEY, instant, key, text, whole
from kontor_service.money import from_minor


def release_group(d: Any) -> str | None:
    """Where a waiting document stands in the release list (A19); None for one that no longer waits."""
    if d.state != "waiting":
        return None
    codes = {issue.code for issue in d.issues if issue.severity == "blocker"}
    if codes == {"in_production"}:
        return "making"
    if not codes:
        return "ready"
    if codes - {"unmatched_customer", "no_email", "in_production"}:
        return "invalid"
    return "unmatched" if "unmatched_customer" in codes else "no_email"


def _document(d: Any) -> dict[str, Any]:
    return {
        "customer_id": d.customer_id or None,
        "thread_id": d.thread_id or None,
        "content_sha256": d.content_sha256,
        "type": d.type,
        "state": d.state,
        "release_group": release_group(d),
        "due_date": d.due_date or None,
        "shared_at": key(d.shared_at) or None,
        "opened_at": key(d.first_opened_at) or None,
        "by_date": d.issue_date,
        "by_due": d.due_date or LAST_DAY,
        "by_amount": amount_key(d.gross_minor),
        "by_number": number_key(d.number),
        "by_received": key(d.received_at),
        "words": search_words(_searched(d)),
        "brief": text(_brief(d)),
        "data": whole(d),
    }


def _searched(d: Any) -> list[str]:
    amount = f"{from_minor(d.gross_minor, d.currency):.2f}" if d.currency else ""
    numbers = [d.number, d.number.replace("-", ""), d.external_id, *(ref.number for ref in d.references)]
    return [*numbers, d.title, d.buyer_name, d.customer_number, amount, amount.replace(".", ",")]


def _brief(d: Any) -> dict[str, Any]:
    """A document as lists show it and the JSON says it."""
    issues = [
        {
            "code": i.code,
            "message": i.message,
            "message_id": i.message_id,
            "params": dict(i.params),
            "field": i.field,
            "severity": i.severity,
        }
        for i in d.issues[:5]
    ]
    return {
        "id": d.id,
        "type": d.type,
        "number": d.number,
        "title": d.title,
        "state": d.state,
        "issue_date": d.issue_date or None,
        "due_date": d.due_date or None,
        "customer_id": d.customer_id or None,
        "customer_number": d.customer_number,
        "buyer_name": d.buyer_name,
        "currency": d.currency,
        "gross_minor": d.gross_minor,
        "amount_due_minor": d.amount_due_minor,
        "source": d.source,
        "received_at": instant(d.received_at),
        "shared_at": instant(d.shared_at),
        "opened_at": instant(d.first_opened_at),
        "suggested_customer_id": d.suggested_customer_id or None,
        "issues": issues,
    }


def _submission(s: Any) -> dict[str, Any]:
    return {"status": s.status, "by_time": key(s.received_at), "data": whole(s)}


DOCUMENT = View(
    "document",
    documents_pb2.DocumentSnapshot,
    {
        "customer_id": "uuid", "thread_id": "text", "content_sha256": "text", "type": "text", "state": "text",
        "release_group": "text", "due_date": "date", "shared_at": KEY, "opened_at": KEY,
        "by_date": KEY, "by_due": KEY, "by_amount": KEY, "by_number": KEY, "by_received": KEY,
        "words": "text", "brief": "text", "data": "json",
    },
    _document,
    lambda d: (f"merchant:{d.merchant_id}", f"document:{d.id}"),
)  # fmt: skip
SUBMISSION = View(
    "submission",
    documents_pb2.SubmissionSnapshot,
    {"status": "text", "by_time": KEY, "data": "json"},
    _submission,
    lambda s: (f"merchant:{s.merchant_id}",),
)
VIEWS = (DOCUMENT, SUBMISSION)

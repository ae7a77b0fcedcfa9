"""Documents in the gateway's copy: what of them becomes a column."""

from typing import Any

from kontor.documents.v1 import documents_pb2
from kontor_edge import View
from kontor_edge.sorting import LAST_DAY, amount_key, number_key, search_words
from kontor_edge.values import KEY, instant, money, text
from kontor_service.money import from_minor

# More than these are counted as so many and a plus.
COUNT_CAP = 100
_SHOWN_STATES = ("shared", "cancelled")


def _document(d: Any) -> dict[str, Any]:
    return {
        "customer_id": d.customer_id or None,
        "thread_id": d.thread_id or None,
        "content_sha256": d.content_sha256,
        "type": d.type,
        "state": d.state,
        "shown": d.state in _SHOWN_STATES and bool(d.customer_id),
        "year": int(d.issue_date[:4]) if d.issue_date else None,
        "due_date": d.due_date or None,
        "by_date": d.issue_date,
        "by_due": d.due_date or LAST_DAY,
        "by_amount": amount_key(d.gross_minor),
        "by_number": number_key(d.number),
        "words": search_words(_searched(d)),
        "brief": text(_brief(d)),
        "data": _details(d),
    }


def _searched(d: Any) -> list[str]:
    amount = f"{from_minor(d.gross_minor, d.currency):.2f}" if d.currency else ""
    numbers = [d.number, d.number.replace("-", ""), d.external_id, *(ref.number for ref in d.references)]
    return [*numbers, d.title, d.buyer_name, d.customer_number, amount, amount.replace(".", ",")]


def _brief(d: Any) -> dict[str, Any]:
    """A document as lists show it and the portal's JSON says it."""
    return {
        "id": d.id,
        "type": d.type,
        "number": d.number,
        "title": d.title,
        "issue_date": d.issue_date or None,
        "due_date": d.due_date or None,
        "valid_until": d.valid_until or None,
        "customer_id": d.customer_id,
        "total": money(d.gross_minor, d.currency),
        "amount_due": money(d.amount_due_minor, d.currency),
        "files": sum(1 for file in d.files if not file.private),
        "version": d.version,
    }


def _details(d: Any) -> dict[str, Any]:
    """What only the document's own page needs. Private files never enter the copy (C12)."""
    return {
        "external_id": d.external_id,
        "state": d.state,
        "customer_number": d.customer_number,
        "buyer_name": d.buyer_name,
        "net": money(d.net_minor, d.currency),
        "tax": money(d.tax_minor, d.currency),
        "prepaid": money(d.prepaid_minor, d.currency),
        "cash_discounts": [
            {"until": c.until, "percent": c.percent, "discount": money(c.amount_minor, d.currency),
             "payable": money(c.payable_minor, d.currency)}
            for c in d.cash_discounts
        ],
        "references": [{"kind": ref.kind, "number": ref.number} for ref in d.references],
        "files": [
            {"id": f.id, "name": f.name, "media_type": f.media_type, "size": f.size, "role": f.role, "sha256": f.sha256}
            for f in d.files
            if not f.private
        ],
        "content_sha256": d.content_sha256,
        "shared_at": instant(d.shared_at),
        "first_opened_at": instant(d.first_opened_at),
        "closed_at": instant(d.closed_at),
        "payment_reference": d.payment_reference,
        "payment_means": d.payment_means,
        "direct_debit_date": d.direct_debit_date or None,
        "carrier": d.carrier,
        "tracking_number": d.tracking_number,
        "tracking_url": d.tracking_url,
        "thread_id": d.thread_id,
    }  # fmt: skip


DOCUMENT = View(
    "document",
    documents_pb2.DocumentSnapshot,
    {
        "customer_id": "uuid", "thread_id": "text", "content_sha256": "text", "type": "text", "state": "text",
        "shown": "boolean", "year": "integer", "due_date": "date",
        "by_date": KEY, "by_due": KEY, "by_amount": KEY, "by_number": KEY,
        "words": "text", "brief": "text", "data": "json",
    },
    _document,
    lambda d: (f"document:{d.id}", f"customer:{d.customer_id}"),
)  # fmt: skip

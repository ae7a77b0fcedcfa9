"""The conversation about one document as staff see it: pure, from what the copy answered."""

from datetime import datetime, timedelta
from typing import Any

from asyncpg import Record

from kontor_edge.query import loads
from kontor_edge.staff import Staff

# As the owner allows it, which decides again: until then a comment that nobody has read can be changed.
_CHANGE = timedelta(minutes=10)


def conversation_of(row: Record, staff: Staff, now: datetime) -> dict[str, Any]:
    """`comments` (each with `changeable`: by whoever looks), `notes` and `readers`, as the copy has them."""
    talk: dict[str, Any] = loads(row["conversation"], {"comments": [], "notes": [], "readers": []})
    for comment in talk["comments"]:
        fresh = now - datetime.fromisoformat(comment["created_at"]) < _CHANGE
        own = comment["author"] == author_of(staff)
        comment["changeable"] = own and fresh and not comment["read_at"]
    talk["me"] = author_of(staff)
    return talk


def author_of(staff: Staff) -> str:
    """As the owner knows who writes."""
    return f"staff:{staff.session.get('user_id')}"


def commentable(staff: Staff, document: dict[str, Any]) -> bool:
    """Whether customers see the document, and the merchant's settings allow comments on its type."""
    kinds = staff.merchant.get("document_types", ())
    allowed = any(kind["type"] == document["type"] and kind["visible"] and kind["can_comment"] for kind in kinds)
    return allowed and document["state"] in ("shared", "cancelled") and bool(document["customer_id"])

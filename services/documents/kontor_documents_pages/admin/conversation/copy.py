"""Comments, internal notes, and what customers have read, in the admin's copy."""

from typing import Any

from kontor.documents.v1 import documents_pb2
from kontor.documents.v1.documents_pb2_codes import CommentAuthor
from kontor_edge import View
from kontor_edge.values import KEY, key, whole


def _comment(c: Any) -> dict[str, Any]:
    asks = c.author_kind == CommentAuthor.CUSTOMER
    return {
        "open": asks and not c.HasField("answered_at"),
        "unread": asks and not c.HasField("read_at"),
        "by_time": key(c.created_at),
        "data": whole(c),
    }


def _topics(state: Any) -> tuple[str, ...]:
    return f"merchant:{state.merchant_id}", f"document:{state.document_id}"


# `open`: a customer's that nobody has answered; `unread`: a customer's that staff have not seen.
COMMENT = View(
    "comment",
    documents_pb2.CommentSnapshot,
    {"document_id": "uuid", "number": "bigint", "open": "boolean", "unread": "boolean", "by_time": KEY, "data": "json"},
    _comment,
    _topics,
)
NOTE = View(
    "note",
    documents_pb2.NoteSnapshot,
    {"document_id": "uuid", "by_time": KEY, "data": "json"},
    lambda n: {"by_time": key(n.created_at)},
    _topics,
)
# Who of the customer has read the document, and when first.
READ_MARK = View(
    "read_mark",
    documents_pb2.ReadMarkSnapshot,
    {"document_id": "uuid", "by_time": KEY, "data": "json"},
    lambda m: {"by_time": key(m.first_read_at)},
    _topics,
)
VIEWS = (COMMENT, NOTE, READ_MARK)

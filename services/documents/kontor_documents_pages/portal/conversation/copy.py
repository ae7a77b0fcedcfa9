"""Comments, and what each reader has read, in the gateway's copy. Internal notes have no view here, and get none."""

from typing import Any

from kontor.documents.v1 import documents_pb2
from kontor.documents.v1.documents_pb2_codes import CommentAuthor
from kontor_edge import View
from kontor_edge.values import whole

_SHOWN = (
    "id", "number", "author_kind", "author", "author_name", "text", "files", "source", "created_at", "edited_at", "read_at",
)  # fmt: skip


def _comment(c: Any) -> dict[str, Any]:
    said = whole(c)
    return {"of_merchant": c.author_kind != CommentAuthor.CUSTOMER, "data": {name: said[name] for name in _SHOWN}}


COMMENT = View(
    "comment",
    documents_pb2.CommentSnapshot,
    {"document_id": "uuid", "customer_id": "uuid", "number": "bigint", "of_merchant": "boolean", "data": "json"},
    _comment,
    lambda c: (f"document:{c.document_id}", f"customer:{c.customer_id}"),
)
# `reader` is the `subject` of a session.
READ_MARK = View(
    "read_mark",
    documents_pb2.ReadMarkSnapshot,
    {"document_id": "uuid", "customer_id": "uuid", "reader": "text", "revision": "bigint", "comment_number": "bigint"},
    lambda m: {"comment_number": m.comment_number},
)
VIEWS = (COMMENT, READ_MARK)

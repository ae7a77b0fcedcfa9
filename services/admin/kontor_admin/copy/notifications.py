"""The mail log."""

from typing import Any

from kontor.notifications.v1 import notifications_pb2
from kontor_edge import View
from kontor_edge.sorting import search_words
from kontor_edge.values import KEY, key, whole


def _mail(m: Any) -> dict[str, Any]:
    return {
        "kind": m.kind,
        "state": m.state,
        "document_ids": list(m.document_ids) or ([m.document_id] if m.document_id else []),
        "customer_id": m.customer_id or None,
        "by_time": key(m.created_at),
        "words": search_words([m.recipient, m.subject, m.document_number]),
        "data": whole(m),
    }


MAIL = View(
    "mail",
    notifications_pb2.MailSnapshot,
    {
        "kind": "text", "state": "text", "document_ids": "uuid[]", "customer_id": "uuid", "by_time": KEY, "words": "text",
        "data": "json",
    },
    _mail,
    lambda m: (f"merchant:{m.merchant_id}",),
)  # fmt: skip
VIEWS = (MAIL,)

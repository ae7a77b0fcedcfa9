"""The mail log, and the mails that came in."""

from typing import Any

from kontor.notifications.v1 import notifications_pb2
from kontor_edge import View
from kontor_edge.sorting import fold, search_words
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


def _incoming_mail(m: Any) -> dict[str, Any]:
    return {
        "state": m.state,
        "customer_id": m.customer_id or None,
        "document_id": m.document_id or None,
        # As in the words of a customer, to find whose address it is.
        "sender": fold(m.sender),
        "by_time": key(m.received_at),
        "words": search_words([m.sender, m.sender_name, m.subject, m.document_number]),
        "data": whole(m),
    }


INCOMING_MAIL = View(
    "incoming_mail",
    notifications_pb2.IncomingMailSnapshot,
    {
        "state": "text", "customer_id": "uuid", "document_id": "uuid", "sender": "text", "by_time": KEY, "words": "text", "data": "json",
    },
    _incoming_mail,
    lambda m: (f"merchant:{m.merchant_id}",),
)  # fmt: skip
VIEWS = (MAIL, INCOMING_MAIL)

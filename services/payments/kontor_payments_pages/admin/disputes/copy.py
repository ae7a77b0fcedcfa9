"""Disputes, as the admin's pages show them."""

from typing import Any

from kontor.payments.v1 import payments_pb2
from kontor_edge import View
from kontor_edge.sorting import search_words
from kontor_edge.values import KEY, instant, key, whole
from kontor_service.money import from_minor


def _dispute(d: Any) -> dict[str, Any]:
    amount = f"{from_minor(d.amount_minor, d.currency):.2f}"
    return {
        "payment_id": d.payment_id,
        "customer_id": d.customer_id or None,
        "state": d.state,
        "respond_by": instant(d.respond_by),
        "by_time": key(d.opened_at),
        "words": search_words([d.document_number, d.provider_reference, amount, amount.replace(".", ",")]),
        "data": whole(d),
    }


DISPUTE = View(
    "dispute",
    payments_pb2.DisputeSnapshot,
    {
        "payment_id": "uuid", "customer_id": "uuid", "state": "text", "respond_by": "timestamptz", "by_time": KEY,
        "words": "text", "data": "json",
    },
    _dispute,
    lambda d: (f"merchant:{d.merchant_id}", f"document:{d.document_id}"),
)  # fmt: skip
VIEWS = (DISPUTE,)

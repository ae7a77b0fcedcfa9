"""Saved payment methods in the gateway's copy."""

from typing import Any

from kontor.payments.v1 import payments_pb2
from kontor_edge import View
from kontor_edge.values import KEY, instant, key


def _method(m: Any) -> dict[str, Any]:
    return {
        "customer_id": m.customer_id or None,
        "state": m.state,
        "by_time": key(m.saved_at),
        "data": {
            "id": m.id,
            "customer_id": m.customer_id,
            "provider": m.provider,
            "method": m.method,
            "display": m.display,
            "state": m.state,
            "is_default": m.is_default,
            "expires_on": m.expires_on or None,
            "mandate_reference": m.mandate_reference,
            "mandate_date": m.mandate_date or None,
            "agreed_at": instant(m.agreed_at),
            "saved_at": instant(m.saved_at),
            "ended_at": instant(m.ended_at),
            "end_reason": m.end_reason,
        },
    }


SAVED_METHOD = View(
    "saved_method",
    payments_pb2.SavedMethodSnapshot,
    {"customer_id": "uuid", "state": "text", "by_time": KEY, "data": "json"},
    _method,
    lambda m: (f"customer:{m.customer_id}",),
)

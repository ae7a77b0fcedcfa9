"""Customers' saved payment methods, as staff see them."""

from kontor.payments.v1 import payments_pb2
from kontor_edge import View
from kontor_edge.values import KEY, key, whole

SAVED_METHOD = View(
    "saved_method",
    payments_pb2.SavedMethodSnapshot,
    {"customer_id": "uuid", "state": "text", "is_default": "boolean", "by_time": KEY, "data": "json"},
    lambda m: {
        "customer_id": m.customer_id or None,
        "state": m.state,
        "is_default": m.is_default,
        "by_time": key(m.saved_at),
        "data": whole(m),
    },
    lambda m: (f"merchant:{m.merchant_id}",),
)
VIEWS = (SAVED_METHOD,)

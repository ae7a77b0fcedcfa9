"""The merchant's accounts at providers, for the board: those that a provider refuses."""

from kontor.payments.v1 import payments_pb2
from kontor_edge import View
from kontor_edge.values import whole

CONNECTION = View(
    "connection",
    payments_pb2.ConnectionSnapshot,
    {"state": "text", "problem": "text", "data": "json"},
    lambda c: {"state": c.state, "problem": c.problem, "data": whole(c)},
    lambda c: (f"merchant:{c.merchant_id}",),
)
VIEWS = (CONNECTION,)

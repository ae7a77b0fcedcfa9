"""What the admin's JSON says of money (see copy.py)."""

from kontor.payments.v1 import payments_pb2
from kontor_edge.described import fields, listed, many, model, state_model

_BRIEF = "state open_minor paid_minor pending_minor overpaid_minor last_method last_failure paid_at"
PaymentBrief = model("PaymentBrief", fields(payments_pb2.Receivable, _BRIEF))
Payment = model(
    "PaymentPage", payment=state_model(payments_pb2.Payment), receivable=state_model(payments_pb2.Receivable) | None,
    customer=str | None, disputes=many(state_model(payments_pb2.Dispute)),
)  # fmt: skip
Disputes = listed("Disputes", model("ListedDispute", fields(payments_pb2.Dispute), customer=str | None))
DisputesOnBoard = model("DisputesOnBoard", waiting=int, disputes=many(state_model(payments_pb2.Dispute)))
Payments = listed("Payments", model("ListedPayment", fields(payments_pb2.Payment), customer=str | None))
# Accounts that their provider refuses.
RefusedConnections = many(state_model(payments_pb2.Connection))
OnBoard = model("PaymentsOnBoard", waiting=int, payments=many(state_model(payments_pb2.IncomingPayment)))
StatementsOnBoard = model(
    "StatementsOnBoard", counts=dict[str, int], payments=many(state_model(payments_pb2.StatementEntry)),
    doc="Payments on bank statements: how many of each kind, and the oldest that wait.",
)  # fmt: skip
_Payable = model("PayableDocument", document_id=str, number=str, open_minor=int, currency=str)
OfCustomer = model("PayableByLink", customer_id=str, documents=many(_Payable), doc="What can be put into a pay link.")
# The default first, then those that ended.
SavedMethods = many(state_model(payments_pb2.SavedMethod))

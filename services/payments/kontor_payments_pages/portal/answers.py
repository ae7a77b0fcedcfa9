"""What the portal's JSON says of a receivable (see copy.py)."""

from kontor.payments.v1 import payments_pb2
from kontor_edge.described import Amount, Instant, fields, many, model
from kontor_payments_pages.portal.copy import AMOUNTS

_Credit = model("OffsetCredit", document_id=str, number=str, amount=Amount)
_Method = model("PaymentMethod", fields(payments_pb2.Method, "code provider"))
_Discount = model("PayableDiscount", fields(payments_pb2.CashDiscount, "until percent"), payable=Amount)
_Instalment = model("OpenInstalment", fields(payments_pb2.Instalment, "due_date"), open=Amount)
PaymentBrief = model(
    "PaymentBrief", fields(payments_pb2.Receivable, "state"), open=Amount, paid=Amount, credits=(many(_Credit), []),
)  # fmt: skip
PaymentDetails = model(
    "PaymentDetails", dict.fromkeys(AMOUNTS, Amount),
    fields(
        payments_pb2.Receivable,
        "state last_method last_failure payment_reference checkout_open confirmation_needed version",
        null="due_date expected_on",
    ),
    credits=many(_Credit), repeats=list[str], methods=many(_Method), cash_discounts=many(_Discount),
    instalments=many(_Instalment), paid_at=Instant | None,
)  # fmt: skip
_Payment = model(
    "PaymentMade", fields(payments_pb2.Payment, "id document_id document_number state method failure"),
    amount=Amount, paid_on=str | None, received_at=Instant | None, receipt=str | None,
)  # fmt: skip
Payments = model("PaymentsMade", payments=many(_Payment), next=str | None)

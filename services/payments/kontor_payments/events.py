"""Domain → contract: one function per aggregate."""

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.models import Payment, Receivable


def receivable_state(row: Receivable) -> pb.Receivable:
    state = pb.Receivable(
        id=str(row.id),
        merchant_id=str(row.merchant_id),
        epoch=row.epoch,
        version=row.version,
        document_id=str(row.document_id),
        document_number=row.document_number,
        customer_id=str(row.customer_id or ""),
        currency=row.currency,
        due_minor=row.due_minor,
        pending_minor=row.pending_minor,
        paid_minor=row.paid_minor,
        refunded_minor=row.refunded_minor,
        discount_minor=row.discount_minor,
        open_minor=row.open_minor,
        overpaid_minor=row.overpaid_minor,
        state=row.state,
        due_date=row.due_date.isoformat() if row.due_date else "",
        cash_discounts=[pb.CashDiscount(**step) for step in row.cash_discounts],
        methods=[pb.Method(**method) for method in row.methods],
        last_method=row.last_method,
        last_failure=row.last_failure,
        payment_reference=row.payment_reference,
        expected_on=row.expected_on.isoformat() if row.expected_on else "",
        checkout_open=row.checkout_open,
    )
    _instant(state.paid_at, row.paid_at)
    return state


def payment_state(row: Payment, receivable: Receivable) -> pb.Payment:
    state = pb.Payment(
        id=str(row.id),
        merchant_id=str(row.merchant_id),
        epoch=row.epoch,
        version=row.version,
        receivable_id=str(row.receivable_id),
        document_id=str(receivable.document_id),
        document_number=receivable.document_number,
        customer_id=str(receivable.customer_id or ""),
        currency=row.currency,
        amount_minor=row.amount_minor,
        state=row.state,
        method=row.method,
        provider=row.provider,
        provider_reference=row.provider_reference,
        failure=row.failure,
        booked_by=row.booked_by,
    )
    _instant(state.created_at, row.created_at)
    _instant(state.settled_at, row.settled_at)
    return state


def snapshot(row: Receivable) -> pb.ReceivableSnapshot:
    return pb.ReceivableSnapshot(receivable=receivable_state(row))


def _instant(field: Timestamp, value: datetime | None) -> None:
    if value is not None:
        field.FromDatetime(value)

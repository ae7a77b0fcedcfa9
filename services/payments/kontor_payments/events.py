"""Domain → contract: one function per aggregate."""

from kontor.payments.v1 import payments_pb2 as pb
from kontor_payments.models import Payment, Receivable
from kontor_service.events import instant


def receivable_state(row: Receivable) -> pb.Receivable:
    return pb.Receivable(
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
        paid_at=instant(row.paid_at),
    )


def payment_state(row: Payment, receivable: Receivable) -> pb.Payment:
    return pb.Payment(
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
        created_at=instant(row.created_at),
        settled_at=instant(row.settled_at),
    )


def snapshot(row: Receivable) -> pb.ReceivableSnapshot:
    return pb.ReceivableSnapshot(receivable=receivable_state(row))

"""Money owed, and every booking of it."""

from typing import Any

from kontor.payments.v1 import payments_pb2
from kontor_edge import View
from kontor_edge.sorting import search_words
from kontor_edge.values import KEY, instant, key, text, whole
from kontor_service.money import from_minor


def _receivable(r: Any) -> dict[str, Any]:
    brief = {
        "state": r.state, "open_minor": r.open_minor, "paid_minor": r.paid_minor, "pending_minor": r.pending_minor,
        "overpaid_minor": r.overpaid_minor, "last_method": r.last_method, "last_failure": r.last_failure,
        "paid_at": instant(r.paid_at),
    }  # fmt: skip
    return {
        "document_id": r.document_id,
        "customer_id": r.customer_id or None,
        "state": r.state,
        "currency": r.currency,
        "open_minor": r.open_minor,
        "pending_minor": r.pending_minor,
        "overpaid_minor": r.overpaid_minor,
        "due_date": r.due_date or None,
        "expected_on": r.expected_on or None,
        "failed": bool(r.last_failure) and r.open_minor > 0,
        "repeats": bool(r.repeats_document_ids),
        "words": search_words([r.document_number]),
        "brief": text(brief),
        "data": whole(r),
    }


def _amount(p: Any) -> list[str]:
    amount = f"{from_minor(p.amount_minor, p.currency):.2f}" if p.currency else ""
    return [amount, amount.replace(".", ",")]


def _incoming(p: Any) -> dict[str, Any]:
    return {
        "by_time": key(p.received_at),
        "words": search_words([p.document_number, p.document_external_id, p.reference, p.external_id, *_amount(p)]),
        "data": whole(p),
    }


def _payment(p: Any) -> dict[str, Any]:
    return {
        "document_id": p.document_id or None,
        "customer_id": p.customer_id or None,
        "state": p.state,
        "currency": p.currency,
        "amount_minor": p.amount_minor,
        "provider": p.provider,
        "settled_at": instant(p.settled_at),
        "by_time": key(p.created_at),
        "words": search_words([p.document_number, p.provider_reference, p.payout_id, *_amount(p)]),
        "data": whole(p),
    }


RECEIVABLE = View(
    "receivable",
    payments_pb2.ReceivableSnapshot,
    {
        "document_id": "uuid", "customer_id": "uuid", "state": "text", "currency": "text", "open_minor": "bigint",
        "pending_minor": "bigint", "overpaid_minor": "bigint", "due_date": "date", "expected_on": "date", "failed": "boolean",
        "repeats": "boolean",
        "words": "text", "brief": "text", "data": "json",
    },
    _receivable,
    lambda r: (f"merchant:{r.merchant_id}", f"document:{r.document_id}"),
)  # fmt: skip
PAYMENT = View(
    "payment",
    payments_pb2.PaymentSnapshot,
    {
        "document_id": "uuid", "customer_id": "uuid", "state": "text", "currency": "text", "amount_minor": "bigint",
        "provider": "text", "settled_at": "timestamptz", "by_time": KEY, "words": "text", "data": "json",
    },
    _payment,
    lambda p: (f"merchant:{p.merchant_id}", f"document:{p.document_id}"),
)  # fmt: skip
INCOMING = View(
    "incoming_payment",
    payments_pb2.IncomingPaymentSnapshot,
    {"state": "text", "by_time": KEY, "words": "text", "data": "json"},
    _incoming,
    lambda p: (f"merchant:{p.merchant_id}",),
)
VIEWS = (RECEIVABLE, PAYMENT, INCOMING)

"""Receivables in the gateway's copy."""

from typing import Any

from kontor.payments.v1 import payments_pb2
from kontor_edge import View
from kontor_edge.values import KEY, instant, key, money, text

# What customers are told of; the others count nothing, or are of a credit note.
SHOWN = frozenset({"pending", "succeeded", "failed", "refund_pending", "refunded", "reversed", "paid_out"})
# Providers, each with a method that it keeps for a customer, as the owner's registry has it.
SAVES = frozenset({("stripe", "card"), ("stripe", "sepa_debit"), ("paypal", "paypal")})
# The money is here, or was.
WITH_RECEIPT = frozenset({"succeeded", "refund_pending", "refunded"})
# Each answered as `answers.PaymentDetails` says.
AMOUNTS = (
    "due",
    "pending",
    "paid",
    "refunded",
    "discount",
    "open",
    "overpaid",
    "credit",
    "credit_left",
    "partial_minimum",
)


def _receivable(r: Any) -> dict[str, Any]:
    amounts = {name: money(getattr(r, f"{name}_minor"), r.currency) for name in AMOUNTS}
    credits = [
        {"document_id": c.document_id, "number": c.document_number, "amount": money(c.amount_minor, r.currency)}
        for c in r.credits
    ]
    return {
        "document_id": r.document_id,
        "customer_id": r.customer_id or None,
        "state": r.state,
        "currency": r.currency,
        "open_minor": r.open_minor,
        "due_date": r.due_date or None,
        "repeats": bool(r.repeats_document_ids),
        "saves": any((m.provider, m.code) in SAVES for m in r.methods),
        "brief": text(
            {"state": r.state, "open": amounts["open"], "paid": amounts["paid"]}
            | ({"credits": credits} if credits and not r.repeats_document_ids else {})
        ),
        "data": amounts
        | {
            "state": r.state,
            "credits": credits,
            "repeats": list(r.repeats_document_ids),
            "due_date": r.due_date or None,
            "methods": [{"code": m.code, "provider": m.provider} for m in r.methods],
            "cash_discounts": [
                {"until": c.until, "percent": c.percent, "payable": money(c.payable_minor, r.currency)}
                for c in r.cash_discounts
            ],
            "instalments": [{"due_date": i.due_date, "open": money(i.open_minor, r.currency)} for i in r.instalments],
            "paid_at": instant(r.paid_at),
            "last_method": r.last_method,
            "last_failure": r.last_failure,
            "payment_reference": r.payment_reference,
            "expected_on": r.expected_on or None,
            "checkout_open": r.checkout_open,
            "confirmation_needed": r.confirmation_needed,
            "version": r.version,
        },
    }


def _payment(p: Any) -> dict[str, Any]:
    return {
        "document_id": p.document_id or None,
        "customer_id": p.customer_id or None,
        "shown": p.state in SHOWN,
        "by_time": key(p.created_at),
        "data": {
            "id": p.id,
            "document_id": p.document_id,
            "document_number": p.document_number,
            "amount": money(p.amount_minor, p.currency),
            "state": p.state,
            "method": p.method,
            "failure": p.failure,
            "paid_on": p.counts_on or None,
            "received_at": instant(p.settled_at),
            "receipt": p.state in WITH_RECEIPT,
        },
    }


RECEIVABLE = View(
    "receivable",
    payments_pb2.ReceivableSnapshot,
    {
        "document_id": "uuid", "customer_id": "uuid", "state": "text", "currency": "text", "open_minor": "bigint",
        "due_date": "date", "repeats": "boolean", "saves": "boolean", "brief": "text", "data": "json",
    },
    _receivable,
    lambda r: (f"document:{r.document_id}", f"customer:{r.customer_id}"),
)  # fmt: skip
PAYMENT = View(
    "payment",
    payments_pb2.PaymentSnapshot,
    {"document_id": "uuid", "customer_id": "uuid", "shown": "boolean", "by_time": KEY, "data": "json"},
    _payment,
    lambda p: (f"document:{p.document_id}", f"customer:{p.customer_id}"),
)
TREES = View(
    "tree_planting",
    payments_pb2.TreePlantingSnapshot,
    {"enabled": "boolean", "data": "json"},
    lambda t: {"enabled": t.enabled, "data": {"square_metres": t.square_metres, "partner": t.partner}},
    lambda t: (),
)

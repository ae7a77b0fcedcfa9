"""What a pay link's page shows, made of what payments answers: the edge's copy is not asked, because nobody is logged in."""

from datetime import date
from typing import Any

from kontor.payments.v1.payments_pb2_codes import ReceivableState
from kontor_edge.values import money
from kontor_payments_pages.portal.receivable_view import ReceivableView
from kontor_payments_pages.portal.to_pay import ToPay

_OPEN = (ReceivableState.OPEN, ReceivableState.PARTLY_PAID)


def to_pay_by_link(documents: list[dict[str, Any]], merchant: dict[str, Any], language: str) -> ToPay:
    """All documents of the link; chosen are those on which something is still to be paid."""
    views = [_view(one, merchant, language) for one in documents]
    return ToPay(views, frozenset(view.entry["id"] for view in views if view.payable))


def _view(one: dict[str, Any], merchant: dict[str, Any], language: str) -> ReceivableView:
    currency, today = one["currency"], date.fromisoformat(one["today"])
    late = one["state"] in _OPEN and one["due_date"] and one["due_date"] < one["today"]
    entry = {
        "id": one["document_id"],
        "type": one["type"],
        "kind": "",
        "number": one["number"],
        "title": "",
        "customer_id": "",
        "status": str(ReceivableState.OVERDUE) if late else one["state"],
        "due_date": one["due_date"],
        "total": money(one["open_minor"], currency),
    }
    payment = {
        "open": money(one["open_minor"], currency),
        "methods": one["methods"],
        "cash_discounts": [
            {"until": step["until"], "percent": step["percent"], "payable": money(step["payable_minor"], currency)}
            for step in one["cash_discounts"]
        ],
        "partial_minimum": money(one["partial_minimum_minor"], currency),
        "last_method": one["last_method"],
        "last_failure": one["last_failure"],
        "expected_on": one["expected_on"],
    }
    return ReceivableView(
        entry=entry, details={}, payment=payment, today=today, merchant=merchant, session={"language": language}
    )

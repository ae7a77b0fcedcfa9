"""What a document's data becomes in columns and on the bus: minor units, dates, cash discounts. Pure."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.kinds import kind_of
from kontor_documents.content.model import CashDiscount, DocumentData, Totals
from kontor_documents.content.paying import discount_amount, is_debited, transfer_account
from kontor_documents.content.roles import SELF_BILLED, direction_of, roles_of
from kontor_documents.models import Document
from kontor_documents.quotes.rules import USUAL
from kontor_documents.rendering.printable import unprintable
from kontor_service.events import plain
from kontor_service.money import to_minor

_NOTHING = Totals(line_net=Decimal(0), net=Decimal(0), gross=Decimal(0), due=Decimal(0))
_MAX_INSTALMENTS = 100
_MAX_REFERENCES = 100
_MOST_UNPRINTABLE = 10
# What its content knows nothing of: said by staff, recorded when it was shared, or different since then.
_NOT_OF_CONTENT = (
    "share_recipient",
    "share_subject",
    "share_text",
    "seller_accepted",
    "characters_accepted",
    "standing_documents",
    "changes",
)


def columns(data: DocumentData) -> dict[str, Any]:
    """Column values of the document; amounts in minor units of its currency."""
    return {
        "type": str(data.type),
        "number": data.number,
        "title": data.title,
        "customer_number": data.customer_number,
        "buyer_name": data.buyer.name,
        "issue_date": data.issue_date,
        "due_date": data.due_date,
        "valid_until": data.valid_until,
        "currency": data.currency,
        **amounts(data),
    }


def amounts(data: DocumentData) -> dict[str, int]:
    """Column values of the document's totals, in minor units of its currency."""
    totals = data.totals or _NOTHING
    money = {
        "net_minor": totals.net,
        "tax_minor": totals.tax,
        "gross_minor": totals.gross,
        "prepaid_minor": totals.prepaid,
        "amount_due_minor": totals.due,
    }
    return {name: to_minor(amount, data.currency) for name, amount in money.items()}


def facts(data: DocumentData) -> dict[str, Any]:
    """What a document's row keeps as JSON: the fields of kontor.documents.v1.Document that have no column of their own, and
    `seller` and `unprintable`, which release/rules.py reads."""
    found: dict[str, Any] = {
        "cash_discounts": [cash_discount(discount, data) for discount in data.cash_discounts],
        "instalments": [
            {"due_date": one.due_date.isoformat(), "amount_minor": to_minor(one.amount, data.currency)}
            for one in sorted(data.instalments, key=lambda one: one.due_date)[:_MAX_INSTALMENTS]
        ],
        "references": [{"kind": r.kind, "number": r.number} for r in data.references[:_MAX_REFERENCES]],
        "payment_reference": data.payment_reference or data.number,
        "direction": str(direction_of(data) or ""),
        "roles": roles_of(data),
    }
    if data.cashier:
        found["cashier"] = data.cashier.model_dump()
    if data.register_name:
        found["register"] = data.register_name
    if data.seller.name and data.type_code not in SELF_BILLED:
        found["seller"] = {name: getattr(data.seller, name) for name in ("name", "vat_id", "tax_number")}
    kind = kind_of(data)
    if kind:
        found["kind"] = str(kind)
    if data.payee:
        found["payee_name"] = data.payee.name or data.payee.trading_name
    account = transfer_account(data)
    if account is not None:
        found |= {"account_holder": account.holder, "iban": "".join(account.iban.split()), "bic": account.bic}
    if is_debited(data):
        found["payment_means"] = "direct_debit"
        found["direct_debit_date"] = data.due_date.isoformat() if data.due_date else ""
    if data.shipping:
        found |= {name: getattr(data.shipping, name) for name in ("carrier", "tracking_number", "tracking_url")}
    if data.type is DocumentType.QUOTE:
        found["acceptance"] = [str(method) for method in data.acceptance or USUAL]
        found["deposit_percent"] = plain(data.deposit_percent) if data.deposit_percent else ""
    if data.responsible:
        found["responsible"] = data.responsible.model_dump()
    if lost := unprintable(data):
        found["unprintable"] = dict(list(lost.items())[:_MOST_UNPRINTABLE])
    return found


def facts_again(document: Document, data: DocumentData) -> dict[str, Any]:
    """Those of a document that is there already, with what was recorded of it."""
    return facts(data) | {name: document.facts[name] for name in _NOT_OF_CONTENT if name in document.facts}


def cash_discount(discount: CashDiscount, data: DocumentData) -> dict[str, Any]:
    """One step of Skonto with its last day and what is then to be paid."""
    totals = data.totals or _NOTHING
    amount = discount_amount(discount, data)
    return {
        "until": (data.issue_date + timedelta(days=discount.days)).isoformat(),
        "percent": format(discount.percent, "f"),
        "amount_minor": to_minor(amount, data.currency),
        "payable_minor": to_minor(totals.due - amount, data.currency),
    }

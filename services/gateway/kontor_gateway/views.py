"""The gateway's copy: which aggregates it follows, and what of them becomes a column."""

from importlib import resources
from typing import Any

import orjson
from google.protobuf.timestamp_pb2 import Timestamp

from kontor.documents.v1 import documents_pb2
from kontor.identity.v1 import identity_pb2
from kontor.payments.v1 import payments_pb2
from kontor_service.money import from_minor
from kontor_views import Shape, View
from kontor_views.sorting import LAST_DAY, amount_key, number_key, search_words

# More than these are counted as so many and a plus.
COUNT_CAP = 100
SORTS = ("date", "due", "amount", "number")
_SHOWN_STATES = ("shared", "cancelled")
_KEY = 'text COLLATE "C"'


def money(minor: int, currency: str) -> dict[str, Any]:
    """An amount as the API says it."""
    return {"minor_units": minor, "currency": currency}


def _instant(value: Timestamp) -> str | None:
    return value.ToJsonString() if value.seconds else None


def _text(value: dict[str, Any]) -> str:
    """JSON for a text column: kept as it is, and handed out without being read again."""
    return orjson.dumps(value).decode()


def _merchant(m: Any) -> dict[str, Any]:
    types = {t.type: {"can_pay": t.can_pay, "can_print": t.can_print} for t in m.document_types if t.visible}
    return {
        "slug": m.slug,
        "portal_enabled": m.portal_enabled,
        "visible_types": list(types),
        "time_zone": m.time_zone or "Europe/Berlin",
        "data": {
            "id": m.id, "slug": m.slug, "name": m.name, "language": m.language or "de",
            "time_zone": m.time_zone or "Europe/Berlin", "accent": m.accent_color, "email": m.contact_email,
            "phone": m.contact_phone, "logo": m.logo_sha256 if m.logo_shown else "", "logo_type": m.logo_media_type,
            "types": types, "payments": m.payments_enabled, "reset": m.password_reset_enabled,
            "footer": [{"label": link.label, "url": link.url} for link in m.footer_links],
        },
    }  # fmt: skip


def _customer(c: Any) -> dict[str, Any]:
    return {"name": c.name, "data": {"id": c.id, "number": c.number, "name": c.name}}


def _document(d: Any) -> dict[str, Any]:
    return {
        "customer_id": d.customer_id or None,
        "thread_id": d.thread_id or None,
        "content_sha256": d.content_sha256,
        "type": d.type,
        "state": d.state,
        "shown": d.state in _SHOWN_STATES and bool(d.customer_id),
        "year": int(d.issue_date[:4]) if d.issue_date else None,
        "due_date": d.due_date or None,
        "by_date": d.issue_date,
        "by_due": d.due_date or LAST_DAY,
        "by_amount": amount_key(d.gross_minor),
        "by_number": number_key(d.number),
        "words": search_words(_searched(d)),
        "brief": _text(_brief(d)),
        "data": _details(d),
    }


def _searched(d: Any) -> list[str]:
    amount = f"{from_minor(d.gross_minor, d.currency):.2f}" if d.currency else ""
    numbers = [d.number, d.number.replace("-", ""), d.external_id, *(ref.number for ref in d.references)]
    return [*numbers, d.title, d.buyer_name, d.customer_number, amount, amount.replace(".", ",")]


def _brief(d: Any) -> dict[str, Any]:
    """A document as lists show it and the portal's JSON says it."""
    return {
        "id": d.id,
        "type": d.type,
        "number": d.number,
        "title": d.title,
        "issue_date": d.issue_date or None,
        "due_date": d.due_date or None,
        "valid_until": d.valid_until or None,
        "customer_id": d.customer_id,
        "total": money(d.gross_minor, d.currency),
        "amount_due": money(d.amount_due_minor, d.currency),
        "files": sum(1 for file in d.files if not file.private),
        "version": d.version,
    }


def _details(d: Any) -> dict[str, Any]:
    """What only the document's own page needs. Private files never enter the copy (C12)."""
    return {
        "external_id": d.external_id,
        "state": d.state,
        "customer_number": d.customer_number,
        "buyer_name": d.buyer_name,
        "net": money(d.net_minor, d.currency),
        "tax": money(d.tax_minor, d.currency),
        "prepaid": money(d.prepaid_minor, d.currency),
        "cash_discounts": [
            {"until": c.until, "percent": c.percent, "discount": money(c.amount_minor, d.currency),
             "payable": money(c.payable_minor, d.currency)}
            for c in d.cash_discounts
        ],
        "references": [{"kind": ref.kind, "number": ref.number} for ref in d.references],
        "files": [
            {"id": f.id, "name": f.name, "media_type": f.media_type, "size": f.size, "role": f.role, "sha256": f.sha256}
            for f in d.files
            if not f.private
        ],
        "content_sha256": d.content_sha256,
        "shared_at": _instant(d.shared_at),
        "first_opened_at": _instant(d.first_opened_at),
        "closed_at": _instant(d.closed_at),
        "payment_reference": d.payment_reference,
        "payment_means": d.payment_means,
        "direct_debit_date": d.direct_debit_date or None,
        "carrier": d.carrier,
        "tracking_number": d.tracking_number,
        "tracking_url": d.tracking_url,
        "thread_id": d.thread_id,
    }  # fmt: skip


def _receivable(r: Any) -> dict[str, Any]:
    amounts = {
        name: money(getattr(r, f"{name}_minor"), r.currency)
        for name in ("due", "pending", "paid", "refunded", "discount", "open", "overpaid")
    }
    return {
        "document_id": r.document_id,
        "customer_id": r.customer_id or None,
        "state": r.state,
        "currency": r.currency,
        "open_minor": r.open_minor,
        "due_date": r.due_date or None,
        "brief": _text({"state": r.state, "open": amounts["open"], "paid": amounts["paid"]}),
        "data": amounts
        | {
            "state": r.state,
            "due_date": r.due_date or None,
            "methods": [{"code": m.code, "provider": m.provider} for m in r.methods],
            "cash_discounts": [
                {"until": c.until, "percent": c.percent, "payable": money(c.payable_minor, r.currency)}
                for c in r.cash_discounts
            ],
            "paid_at": _instant(r.paid_at),
            "last_method": r.last_method,
            "last_failure": r.last_failure,
            "payment_reference": r.payment_reference,
            "expected_on": r.expected_on or None,
            "checkout_open": r.checkout_open,
            "version": r.version,
        },
    }


MERCHANT = View(
    "merchant",
    identity_pb2.MerchantSnapshot,
    {"slug": "text", "portal_enabled": "boolean", "visible_types": "text[]", "time_zone": "text", "data": "json"},
    _merchant,
    lambda m: (f"merchant:{m.id}",),
)
CUSTOMER = View("customer", identity_pb2.CustomerSnapshot, {"name": "text", "data": "json"}, _customer)
DOCUMENT = View(
    "document",
    documents_pb2.DocumentSnapshot,
    {
        "customer_id": "uuid", "thread_id": "text", "content_sha256": "text", "type": "text", "state": "text",
        "shown": "boolean", "year": "integer", "due_date": "date",
        "by_date": _KEY, "by_due": _KEY, "by_amount": _KEY, "by_number": _KEY,
        "words": "text", "brief": "text", "data": "json",
    },
    _document,
    lambda d: (f"document:{d.id}", f"customer:{d.customer_id}"),
)  # fmt: skip
RECEIVABLE = View(
    "receivable",
    payments_pb2.ReceivableSnapshot,
    {
        "document_id": "uuid", "customer_id": "uuid", "state": "text", "currency": "text", "open_minor": "bigint",
        "due_date": "date", "brief": "text", "data": "json",
    },
    _receivable,
    lambda r: (f"document:{r.document_id}", f"customer:{r.customer_id}"),
)  # fmt: skip


def _sql(name: str) -> str:
    return resources.files(__package__).joinpath("sql", name).read_text()


def _functions() -> str:
    lists = [
        _sql("documents.sql").format(sort=sort, direction=direction, beyond=beyond, cap=COUNT_CAP)
        for sort in SORTS
        for direction, beyond in (("asc", ">"), ("desc", "<"))
    ]
    return "\n".join([_sql("reader.sql"), *lists, _sql("document.sql")]).rstrip().rstrip(";")


SHAPE = Shape(
    edge="gateway",
    views=(MERCHANT, CUSTOMER, DOCUMENT, RECEIVABLE),
    indexes=_sql("indexes.sql"),
    functions=_functions(),
    page_role="kontor_gateway",
)

"""One document as its page shows it: a pure function of what the copy answered."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import asyncpg
import orjson

from kontor.payments.v1.payments_pb2_codes import FailureCode, PaymentMethod
from kontor_gateway.documents import content_view
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import long, word

# Nothing more is expected of the customer.
_SETTLED = frozenset({"paid", "cancelled"})


@dataclass(frozen=True, slots=True)
class Skonto:
    until: str
    percent: str
    payable_minor: int


@dataclass(frozen=True, slots=True)
class DocumentView:
    """`entry` is the list's entry, `details` what only this page shows, `content` lines and parties or None."""

    entry: dict[str, Any]
    details: dict[str, Any]
    payment: dict[str, Any] | None
    content: dict[str, Any] | None
    customer: dict[str, Any] | None
    related: list[dict[str, Any]]
    today: date
    merchant: dict[str, Any]
    session: dict[str, Any]
    rows: list[content_view.Row] = field(default_factory=list)
    sums: list[content_view.Sum] = field(default_factory=list)

    @property
    def currency(self) -> str:
        return str(self.entry["total"]["currency"])

    @property
    def open_minor(self) -> int:
        return int(self.payment["open"]["minor_units"]) if self.payment else 0

    @property
    def payable(self) -> bool:
        """Whether the pay button is there: money is open, none of it on its way, and the merchant takes it here."""
        return (
            self.payment is not None
            and self.entry["status"] in ("open", "overdue", "partly_paid")
            and self.open_minor > 0
            and bool(self.methods)
            and self.merchant["payments"]
            and self.merchant["types"].get(self.entry["type"], {}).get("can_pay", False)
            and not self.debited_on
        )

    @property
    def printable(self) -> bool:
        return bool(self.merchant["types"].get(self.entry["type"], {}).get("can_print", True))

    @property
    def methods(self) -> list[str]:
        """Codes of the ways to pay that are offered now."""
        return list(dict.fromkeys(m["code"] for m in self.payment["methods"])) if self.payment else []

    @property
    def debited_on(self) -> str | None:
        """The day on which the merchant itself debits the customer's account (D6); None for others."""
        if self.details["payment_means"] != "direct_debit" or self.entry["status"] in _SETTLED:
            return None
        on: str | None = self.details["direct_debit_date"] or self.entry["due_date"]
        return on

    @property
    def skonto(self) -> Skonto | None:
        """The best cash discount that can still be earned (C25)."""
        if not self.payment or self.entry["status"] not in ("open", "overdue"):
            return None
        steps = [s for s in self.payment["cash_discounts"] if s["until"] >= self.today.isoformat()]
        best = min(steps, key=lambda step: step["payable"]["minor_units"], default=None)
        if best is None or best["payable"]["minor_units"] >= self.open_minor:
            return None
        return Skonto(best["until"], best["percent"], best["payable"]["minor_units"])

    @property
    def failure(self) -> str:
        """Why the last attempt to pay did not work, in words; empty after none."""
        if not self.payment or not self.payment["last_failure"] or not self.payable:
            return ""
        return _(
            "%(reason)s You can try again or choose another way to pay.",
            reason=long(FailureCode, self.payment["last_failure"]),
        )

    @property
    def pdf(self) -> dict[str, Any] | None:
        return next((f for f in self.details["files"] if f["role"] == "pdf"), None)

    @property
    def attachments(self) -> list[dict[str, Any]]:
        return [f for f in self.details["files"] if f["role"] == "attachment"]

    @property
    def has_xml(self) -> bool:
        """Whether an XRechnung can be had: invoices and credit notes have structured data."""
        return self.entry["type"] in ("invoice", "credit_note") and bool(self.details["content_sha256"])

    @property
    def references(self) -> list[tuple[str, str, str | None]]:
        """Label, number, and the id of the document where it is one the reader can open."""
        by_number = {other["number"]: other["id"] for other in self.related}
        return [
            (content_view.reference_label(ref["kind"]), ref["number"], by_number.get(ref["number"]))
            for ref in self.details["references"]
        ]

    def method_label(self, code: str) -> str:
        return word(PaymentMethod, code)


def document_view(record: asyncpg.Record) -> DocumentView:
    content = orjson.loads(record["content"]) if record["content"] else None
    return DocumentView(
        entry=orjson.loads(record["entry"]),
        details=orjson.loads(record["document"]),
        payment=orjson.loads(record["payment"]) if record["payment"] else None,
        content=content,
        customer=orjson.loads(record["customer"]) if record["customer"] else None,
        related=[orjson.loads(entry) for entry in record["related"] or ()],
        today=record["today"],
        merchant=orjson.loads(record["merchant"]),
        session=orjson.loads(record["session"]),
        rows=content_view.rows(content) if content else [],
        sums=content_view.sums(content) if content else [],
    )

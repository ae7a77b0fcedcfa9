"""Where the money of a document stands, as pages show it: a pure function of what the copy answered.

Offered to other owners' pages, with `portal/payment.html` that shows it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg
import orjson

from kontor.payments.v1.payments_pb2_codes import FailureCode, PaymentMethod
from kontor_service.i18n import gettext as _
from kontor_service.vocabulary import long, word

# The customer is expected to do something.
_TO_PAY = frozenset({"open", "overdue", "partly_paid"})


@dataclass(frozen=True, slots=True)
class Skonto:
    until: str
    percent: str
    payable_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivableView:
    """`entry` is the document's entry in the list, `details` what only its page shows, `payment` its receivable."""

    entry: dict[str, Any]
    details: dict[str, Any]
    payment: dict[str, Any] | None
    today: date
    merchant: dict[str, Any]
    session: dict[str, Any]

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
            and self.entry["status"] in _TO_PAY
            and self.open_minor > 0
            and bool(self.methods)
            and self.can_pay
        )

    @property
    def can_pay(self) -> bool:
        """Whether the merchant takes payments for documents of this type here; a quote that asks for one is always paid here."""
        allowed: bool = self.entry["type"] == "quote" or self.merchant["types"].get(self.entry["type"], {}).get(
            "can_pay", False
        )
        return bool(self.merchant["payments"]) and allowed

    @property
    def methods(self) -> list[str]:
        """Codes of the ways to pay that are offered now."""
        return list(dict.fromkeys(m["code"] for m in self.payment["methods"])) if self.payment else []

    @property
    def is_debit(self) -> bool:
        """Whether what is on its way is a direct debit, which the customer's bank carries out in the next days."""
        return self.payment is not None and self.payment["last_method"] == PaymentMethod.SEPA_DEBIT

    @property
    def debited_on(self) -> str | None:
        """The day on which the merchant debits the customer's account (D6), where it is known."""
        on: str | None = self.details["direct_debit_date"] or self.entry["due_date"]
        return on

    @property
    def skonto(self) -> Skonto | None:
        """The best cash discount that can still be earned (C25), as payments has worked it out."""
        steps = self.payment["cash_discounts"] if self.payment and self.entry["status"] in _TO_PAY else ()
        running = [step for step in steps if step["until"] >= self.today.isoformat()]
        best = min(running, key=lambda step: step["payable"]["minor_units"], default=None)
        return Skonto(best["until"], best["percent"], best["payable"]["minor_units"]) if best else None

    @property
    def payable_minor(self) -> int:
        """What to pay today so that nothing stays open."""
        return self.skonto.payable_minor if self.skonto else self.open_minor

    @property
    def due_now(self) -> tuple[int, str] | None:
        """Of instalments: what is to be paid next in minor units, or all that is late, and by which day."""
        parts = self.payment["instalments"] if self.payment else []
        if not parts:
            return None
        late = [part for part in parts if part["due_date"] < self.today.isoformat()]
        now = late or parts[:1]
        return sum(part["open"]["minor_units"] for part in now), now[-1]["due_date"]

    @property
    def failure(self) -> str:
        """Why the last attempt to pay did not work, in words; empty after none."""
        if not self.payment or not self.payment["last_failure"] or not self.payable:
            return ""
        return _(
            "%(reason)s You can try again or choose another way to pay.",
            reason=long(FailureCode, self.payment["last_failure"]),
        )

    def method_label(self, code: str) -> str:
        return word(PaymentMethod, code)


def of_record(record: asyncpg.Record) -> dict[str, Any]:
    """The fields of a ReceivableView from the row that the function `document` answers."""
    return {
        "entry": orjson.loads(record["entry"]),
        "details": orjson.loads(record["document"]),
        "payment": orjson.loads(record["payment"]) if record["payment"] else None,
        "today": record["today"],
        "merchant": orjson.loads(record["merchant"]),
        "session": orjson.loads(record["session"]),
    }

"""MT940 (SWIFT), with the German banks' structured field :86:."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import mt940
from mt940.models import Transactions

from kontor_payments.statements.reading.model import Entry, FileUnreadable, Items, Part, Statement, shortened
from kontor_payments.statements.reading.returns import is_direct_debit, return_code
from kontor_service.i18n import N_
from kontor_service.money import to_minor

# RC is money that went, the counterparty's account stands beside its name, and nothing is cut off.
_OPTIONS = mt940.Options.all()
_BLOCK = re.compile(r"^:20:", re.MULTILINE)
# A statement's last line; behind it come the next one's envelope or the end.
_END = re.compile(r"^-(?:\}.*)?$", re.MULTILINE)
_AMOUNT = re.compile(r"\d+(?:[.,]\d{1,2})?")


def read_mt940(content: bytes) -> Items:
    """Raises FileUnreadable, also in the middle of the file."""
    text = _decoded(content).replace("\r\n", "\n")
    starts = [found.start() for found in _BLOCK.finditer(text)]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        try:
            parsed = Transactions(options=_OPTIONS)
            parsed.parse(_END.split(text[start:end], maxsplit=1)[0])
            statement = _statement(parsed)
            yield statement
            for one in parsed.transactions:
                yield _entry(one.data, statement.currency)
        except (
            ArithmeticError,
            AssertionError,
            AttributeError,
            LookupError,
            RuntimeError,
            TypeError,
            ValueError,
        ) as error:
            raise FileUnreadable(
                N_("An entry cannot be read: %(reason)s"), code="statement_entry_broken", reason=f"{error}"[:200]
            ) from error


def _decoded(content: bytes) -> str:
    """Banks send UTF-8, or the older Windows-1252."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _statement(parsed: Transactions) -> Statement:
    data = parsed.data
    opening = data.get("final_opening_balance") or data.get("intermediate_opening_balance")
    closing = data.get("final_closing_balance") or data.get("intermediate_closing_balance")
    if opening is None:
        raise ValueError(":60F:")
    currency = opening.amount.currency
    number = "/".join(str(data[name]).lstrip("0") for name in ("statement_number", "sequence_number") if data.get(name))
    return Statement(
        format="mt940",
        number=shortened(number),
        account=shortened(data.get("account_identification")),
        currency=currency,
        opening_minor=to_minor(opening.amount.amount, currency),
        closing_minor=to_minor(closing.amount.amount, currency) if closing else None,
    )


def _entry(data: dict[str, Any], currency: str) -> Entry:
    minor = to_minor(data["amount"].amount, currency)
    valued = _day(data["date"])
    code = str(data.get("transaction_code") or "")
    text, posting = shortened(data.get("purpose")), shortened(data.get("posting_text"))
    if not code and not text:
        text = shortened(data.get("transaction_details"))
    text = shortened(f"{text}{data.get('additional_purpose') or ''}")
    codes = [code, str(data.get("id") or "")]
    returned = return_code(
        "", codes, posting, text, reversal=str(data.get("status", "")).upper().startswith("R"),
        marked=bool(data.get("return_debit_notes")) and minor < 0,
    )  # fmt: skip
    sign = 1 if minor >= 0 else -1
    original = _AMOUNT.search(str(data.get("original_amount") or "")) if returned else None
    part = Part(
        amount_minor=minor,
        original_minor=sign * to_minor(Decimal(original.group().replace(",", ".")), currency) if original else minor,
        name=shortened(data.get("applicant_name")),
        iban=_iban(data),
        text=text,
        end_to_end_id=shortened(data.get("end_to_end_reference")),
        return_code=returned,
    )
    return Entry(
        booked_on=_day(data.get("entry_date") or data["date"]),
        valued_on=valued,
        amount_minor=minor,
        currency=currency,
        bank_reference=shortened(data.get("bank_reference")),
        parts=(part,),
        posting_text=posting,
        direct_debit=is_direct_debit([code]),
    )


def _iban(data: dict[str, Any]) -> str:
    """An account number of the old kind is left out: nothing can be learned of it."""
    found = shortened(data.get("gvc_applicant_iban") or data.get("applicant_iban")).replace(" ", "").upper()
    return found if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", found) else ""


def _day(day: date) -> date:
    return date(day.year, day.month, day.day)

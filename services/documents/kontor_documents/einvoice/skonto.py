"""Cash discounts in BT-20 as XRechnung structures them (BR-DE-18): one line each,
`#SKONTO#TAGE=14#PROZENT=2.25#` or `#SKONTO#TAGE=14#PROZENT=2.25#BASISBETRAG=1234.50#`; other lines are free text.

Written strictly, read tolerantly: in any case, with a comma or fewer decimals, several in a line, without the last #."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from kontor_documents.content.model import CashDiscount, DocumentData

_NUMBER = r"[0-9]{1,2}(?:[.,][0-9]{1,4})?"
# 1234.50, 1234,50, 1.234,50 or 1,234.50. Of 1.234 nobody knows what is meant.
_AMOUNT = r"-?(?:[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]{2}|[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]{2}|[0-9]{1,12}(?:[.,][0-9]{1,2})?)"
_THOUSANDS = re.compile(r"[.,](?=[0-9]{3})")
_DISCOUNT = re.compile(
    rf"#\s*SKONTO\s*#\s*TAGE\s*=\s*(?P<days>[0-9]{{1,3}})\s*#\s*PROZENT\s*=\s*(?P<percent>{_NUMBER})\s*%?\s*"
    rf"(?:#\s*BASISBETRAG\s*=\s*(?P<base>{_AMOUNT})\s*)?(?:#(?!\s*BASISBETRAG)|(?=\s|$))",
    re.IGNORECASE,
)
_MEANT = re.compile(r"#\s*SKONTO\b", re.IGNORECASE)
_NAMED = re.compile(
    rf"({_NUMBER})\s*%[^%]*\b(?:Skonto|discount)|\b(?:Skonto|discount)[^%]*?({_NUMBER})\s*%", re.IGNORECASE
)
_CENT = Decimal("0.01")


def split(terms: str) -> tuple[str, list[CashDiscount]]:
    """The free text and what the structured discounts say. What looks like one and cannot be read stays in the text."""
    text, found = [], []
    for line in terms.splitlines():
        discounts = [_read(match) for match in _DISCOUNT.finditer(line)]
        rest = _DISCOUNT.sub("", line).strip() if discounts else line
        if rest or not discounts:
            text.append(rest)
        found += discounts
    return "\n".join(text).strip(), found


def structured(data: DocumentData) -> DocumentData:
    """Moves the cash discounts that the payment terms state as text into `cash_discounts`."""
    text, found = split(data.payment_terms)
    known = [*data.cash_discounts, *(discount for discount in found if discount not in data.cash_discounts)]
    return data.model_copy(update={"payment_terms": text, "cash_discounts": known})


def unread(data: DocumentData) -> list[str]:
    """Lines of the payment terms that look like a structured discount but could not be parsed."""
    return [line for line in data.payment_terms.splitlines() if _MEANT.search(line)]


def _read(match: re.Match[str]) -> CashDiscount:
    base = match["base"]
    base_amount = _decimal(_THOUSANDS.sub("", base)) if base else None
    return CashDiscount(days=int(match["days"]), percent=_decimal(match["percent"]), base_amount=base_amount)


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def named(text: str) -> list[dict[str, Any]]:
    """The discount that a sentence promises: "2 % Skonto bis 27.11."."""
    match = _NAMED.search(text)
    return [{"percent": _decimal(match[1] or match[2])}] if match else []


def joined(text: str, discounts: Iterable[CashDiscount]) -> str:
    """BT-20: the free text, then a line for each discount. The last line is closed by a line break (BR-DE-18)."""
    lines = [_line(discount) for discount in discounts]
    if not lines:
        return text
    return "\n".join([*([text] if text else []), *lines]) + "\n"


def _line(discount: CashDiscount) -> str:
    base = "" if discount.base_amount is None else f"BASISBETRAG={discount.base_amount.quantize(_CENT)}#"
    return f"#SKONTO#TAGE={discount.days}#PROZENT={discount.percent.quantize(_CENT)}#{base}"

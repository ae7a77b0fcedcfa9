"""Cash discounts in BT-20 as XRechnung structures them (BR-DE-18): one line each,
`#SKONTO#TAGE=14#PROZENT=2.25#` or `#SKONTO#TAGE=14#PROZENT=2.25#BASISBETRAG=1234.50#`; other lines are free text."""

import re
from collections.abc import Iterable
from decimal import Decimal

from kontor_documents.content.model import CashDiscount

_LINE = re.compile(
    r"#SKONTO#TAGE=(?P<days>\d{1,3})#PROZENT=(?P<percent>\d{1,2}\.\d{2})(?:#BASISBETRAG=(?P<base>-?\d{1,12}\.\d{2}))?#"
)
_CENT = Decimal("0.01")


def split(terms: str) -> tuple[str, list[CashDiscount]]:
    """The free text without the structured lines, and what these say. A malformed line stays in the text."""
    text, found = [], []
    for line in terms.splitlines():
        if match := _LINE.fullmatch(line.strip()):
            base = match["base"]
            found.append(
                CashDiscount(
                    days=int(match["days"]),
                    percent=Decimal(match["percent"]),
                    base_amount=Decimal(base) if base else None,
                )
            )
        else:
            text.append(line)
    return "\n".join(text).strip(), found


def joined(text: str, discounts: Iterable[CashDiscount]) -> str:
    """BT-20: the free text, then a line for each discount. The last line is closed by a line break (BR-DE-18)."""
    lines = [_line(discount) for discount in discounts]
    if not lines:
        return text
    return "\n".join([*([text] if text else []), *lines]) + "\n"


def _line(discount: CashDiscount) -> str:
    base = "" if discount.base_amount is None else f"BASISBETRAG={discount.base_amount.quantize(_CENT)}#"
    return f"#SKONTO#TAGE={discount.days}#PROZENT={discount.percent.quantize(_CENT)}#{base}"

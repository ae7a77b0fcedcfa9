"""Numbers as people type them, with the marks of their language. Pure."""

import re
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)
_NUMBER = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,6})?")


def typed(value: str | None, language: str) -> str:
    """A decimal as the reader of the form would type it: 12.50 is 12,50 in German. Nothing groups thousands."""
    return (value or "").replace(".", ",") if language == "de" else value or ""


def decimal_of(text: str, language: str) -> str | None:
    """What was typed as a decimal; "" where nothing was, None where it is no number.

    1.234,56 and 1,234.56 are the same in both languages. A single mark before three digits groups thousands where the
    language does so: 1.234 in German, 1,234 in English.
    """
    plain = re.sub(r"[\s\u00a0€%']", "", text)
    if not plain:
        return ""
    mark = "," if language == "de" else "."
    group = "." if language == "de" else ","
    marks = [sign for sign in plain if sign in ",."]
    if len(set(marks)) == 2:
        mark = marks[-1]
        group = "," if mark == "." else "."
    elif marks and marks[0] == group and not re.fullmatch(rf"-?[0-9]{{1,3}}(\{group}[0-9]{{3}})+", plain):
        mark, group = group, mark
    found = plain.replace(group, "").replace(mark, ".")
    return found if _NUMBER.fullmatch(found) else None


def share(base: Decimal, percent: Decimal) -> Decimal:
    """So many per cent of an amount, rounded to cents as EN 16931 does."""
    return (base * percent / _HUNDRED).quantize(_CENT, rounding=ROUND_HALF_UP)


def line_base(quantity: str, price: str) -> Decimal:
    """Quantity times price before any discount, rounded to cents; 0 where either is missing."""
    if not quantity or not price:
        return Decimal(0)
    return (Decimal(quantity) * Decimal(price)).quantize(_CENT, rounding=ROUND_HALF_UP)

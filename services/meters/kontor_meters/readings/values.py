"""What people type as a meter's value; pure."""

import re
from decimal import Decimal

# What separates groups of digits in German and Swiss texts besides the point: spaces of all widths, apostrophes.
_GROUPS = re.compile("[\\s\u00a0\u2009\u202f'’]")
_PLAIN = re.compile(r"\d+(?:\.\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\.\d{3})+", re.ASCII)
# Twelve digits before the point and six behind it are the most that a register can have.
_MOST_BEFORE, _MOST_AFTER = 13, 7


def candidates(typed: str) -> list[Decimal]:
    """What the text can mean, the likelier first; empty where it is no number.

    "12.345,6" and "12345,6" are German, "12345.6" is plain. "12.345" is both: 12.345, or German for 12345.
    """
    text = _GROUPS.sub("", typed)
    if "," in text:
        whole, _, decimals = text.partition(",")
        if "." in whole and _THOUSANDS.fullmatch(whole) is None:
            return []
        return _numbers(f"{whole.replace('.', '')}.{decimals}" if decimals else whole.replace(".", ""))
    if text.count(".") > 1:
        return _numbers(text.replace(".", "")) if _THOUSANDS.fullmatch(text) else []
    if _THOUSANDS.fullmatch(text):
        return _numbers(text, text.replace(".", ""))
    return _numbers(text.removesuffix("."))


def _numbers(*texts: str) -> list[Decimal]:
    return [Decimal(text) for text in texts if _PLAIN.fullmatch(text) and _is_short(text)]


def _is_short(text: str) -> bool:
    whole, _, decimals = text.partition(".")
    return len(whole.lstrip("0")) <= _MOST_BEFORE and len(decimals) <= _MOST_AFTER

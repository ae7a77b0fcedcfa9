"""What stands in the cells of a CSV file: numbers, dates and times as people and programs write them. Pure."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal

from kontor_meters.batches.formats.items import OUR_TIME
from kontor_meters.batches.formats.items import instant as iso

_GERMAN_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})", re.ASCII)
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\s*Uhr)?", re.ASCII)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-]\d{1,2})(?::?([0-5]\d))?", re.ASCII | re.IGNORECASE)
_ZONES = {"MEZ": 1, "CET": 1, "MESZ": 2, "CEST": 2, "UTC": 0, "GMT": 0, "Z": 0}
_BLANKS = re.compile("[\\s\u00a0\u2009\u202f'’]")
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}(\.\d{3})+", re.ASCII)
_ENGLISH = re.compile(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", re.ASCII)
_PLAIN = re.compile(r"-?\d{1,18}(\.\d{1,12})?", re.ASCII)


def decimal_sign(written: Iterable[str]) -> str:
    """Of a whole column: "," or ".". What one cell leaves open (12.345) others tell.

    Points in groups of three beside numbers without any are thousands; where every number has three digits behind its
    point, they are decimals.
    """
    texts = [_BLANKS.sub("", text) for text in written if text]
    if any("," in text and _ENGLISH.fullmatch(text) is None for text in texts):
        return ","
    dotted = [text for text in texts if "." in text]
    if any("," in text for text in texts):
        return "." if any("." in text for text in texts) or any(text.count(",") > 1 for text in texts) else ","
    if dotted and all(_THOUSANDS.fullmatch(text) for text in dotted):
        long = any(text.count(".") > 1 for text in dotted)
        return "," if long or len(dotted) < len(texts) else "."
    return "."


def number(text: str, sign: str) -> Decimal | None:
    """A cell's number where the column's decimals stand behind `sign`; None where it is none."""
    plain = _BLANKS.sub("", text)
    other = "." if sign == "," else ","
    if other in plain:
        groups = plain.partition(sign)[0].lstrip("-").split(other)
        if other in plain.partition(sign)[2] or not 1 <= len(groups[0]) <= 3 or any(len(g) != 3 for g in groups[1:]):
            return None
        plain = plain.replace(other, "")
    plain = plain.replace(sign, ".")
    return Decimal(plain) if _PLAIN.fullmatch(plain) else None


def day(text: str) -> date | None:
    """31.12.2025, 31.12.25 or 2025-12-31; None for anything else."""
    try:
        read = _day(text)
    except ValueError:
        return None
    return read if read is not None and read.year in OUR_TIME else None


def _day(text: str) -> date | None:
    if _ISO_DATE.fullmatch(text):
        return date.fromisoformat(text)
    found = _GERMAN_DATE.fullmatch(text)
    if found is None:
        return None
    year = int(found[3])
    return date(year + 2000 if year < 100 else year, int(found[2]), int(found[1]))


def clock(text: str) -> time | None:
    """14:30, 14:30:00 or 14:30 Uhr."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        return None


def offset(text: str) -> tzinfo | None:
    """+01:00, +1, UTC+1 or MEZ; None for anything else."""
    found = _OFFSET.fullmatch(text)
    hours = int(found[1]) if found else _ZONES.get(text.upper())
    if hours is None or abs(hours) > 14:
        return None
    minutes = int(found[2] or 0) if found else 0
    return timezone(timedelta(hours=hours, minutes=-minutes if found and found[1][0] == "-" else minutes))


def instant(text: str, beside: str = "") -> date | datetime | None:
    """A date, a date and a time in one cell or in two, or ISO 8601 with offset; None for anything else."""
    whole = f"{text} {beside}".strip()
    first, _, rest = whole.replace("T", " ", 1).partition(" ")
    on = day(first.rstrip(","))
    if on is not None:
        if not rest.strip():
            return on
        at = clock(rest)
        if at is not None:
            return datetime.combine(on, at)
    return iso(whole)

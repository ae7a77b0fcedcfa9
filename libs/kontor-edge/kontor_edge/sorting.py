"""Sort keys and search words: made once when a fact arrives, so that reading is walking along an index."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\s]+")
_JOINT = re.compile(r"[-/._]+")
# Shifts amounts above zero: texts of one length sort like the numbers they say.
_ABOVE_ZERO = 10**18
LAST_DAY = "9999-12-31"


def number_key(number: str) -> str:
    """RE-2 before RE-10: digits count as numbers, letters without regard to case."""
    return _DIGITS.sub(lambda found: found[0].lstrip("0").rjust(12, "0"), fold(number))


def amount_key(minor: int) -> str:
    return f"{minor + _ABOVE_ZERO:019d}"


def fold(text: str) -> str:
    """Without case, accents and umlaut dots: Müller, MULLER and Mueller's u are found by muller."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def search_words(texts: Iterable[str]) -> str:
    """What a search looks through: every word once, each with a space before it. Of a number that is put together
    (RE-2026-1042) the parts as well: people type the last one."""
    words = dict.fromkeys(
        part for text in texts for word in _WORD.findall(fold(text)) for part in (word, *_parts_of_number(word))
    )
    return "".join(f" {word}" for word in words)


def _parts_of_number(word: str) -> list[str]:
    parts = _JOINT.split(word)
    return [part for part in parts if part] if len(parts) > 1 and any(sign.isdigit() for sign in word) else []


def search_patterns(query: str) -> list[str] | None:
    """LIKE patterns that find words beginning with each of those asked for; None where nothing is asked."""
    asked = _WORD.findall(fold(query.replace("\x00", "")))[:8]
    return ["% " + re.sub(r"([\\%_])", r"\\\1", word[:60]) + "%" for word in asked] or None


def time_key(at: datetime) -> str:
    """An instant, so that texts sort as the instants do. `at` is in UTC, with or without a zone."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

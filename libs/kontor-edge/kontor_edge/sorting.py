"""Sort keys and search words: made once when a fact arrives, so that reading is walking along an index."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\s]+")
_JOINT = re.compile(r"[-/._]+")
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_DIGRAPH = re.compile(r"([aou])e")
# 4.321,09 or 4,321.09: thousands that are set apart.
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,’']\d{3})+(?:[.,]\d{1,2})?")
_THOUSANDS = re.compile(r"[.,’'](?=\d{3}(?!\d))")
# Beside an amount: € 12,00, 12,00 EUR.
_CURRENCY = re.compile(r"[€$£]\s*|(?<=\d)(\s)\s*(?:eur|chf|usd|gbp)\b")
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
    """What a search looks through: every word once, as `fold` leaves it; one with an umlaut also as written without
    (Mueller), and the other way round; a number that is put together (RE-2026-1042) also in one (re20261042)."""
    return " ".join(dict.fromkeys(form for text in texts for word in _WORD.findall(text) for form in _forms(word)))


def _forms(word: str) -> list[str]:
    folded = fold(word)
    joined = _JOINT.sub("", folded) if any(sign.isdigit() for sign in word) else folded
    return [
        folded,
        fold(unicodedata.normalize("NFC", word.casefold()).translate(_SPELT_OUT)),
        _DIGRAPH.sub(r"\1", folded),
        joined,
    ]


def search_patterns(query: str) -> list[str] | None:
    """LIKE patterns that find each of the words or parts of words that are asked for, amounts also as they are printed
    (4.321,09 €); None where nothing is asked."""
    asked = _WORD.findall(_CURRENCY.sub(r"\1", fold(query.replace("\x00", ""))))[:8]
    words = [_THOUSANDS.sub("", word) if _GROUPED.fullmatch(word) else word for word in asked]
    return ["%" + re.sub(r"([\\%_])", r"\\\1", word[:60]) + "%" for word in words] or None


def time_key(at: datetime) -> str:
    """An instant, so that texts sort as the instants do. `at` is in UTC, with or without a zone."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

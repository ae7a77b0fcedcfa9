"""Finding documents' numbers in what a payer wrote: in any case, with blanks and marks where the bank or the payer put them. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_SPECIAL = str.maketrans({"Ä": "AE", "Ö": "OE", "Ü": "UE", "ß": "SS", "ẞ": "SS"})
_WORD = re.compile(r"[A-Z0-9]+")
# A number of so many characters without a letter may as well be a date, a customer's number or an amount.
_FEW_DIGITS, _FEW = 5, 4
# So many neighbouring words may make one number.
_JOINED = 4
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A number that stands in the text, from `start` to `end`. A `weak` one may stand there by chance."""

    found: T
    start: int
    end: int
    weak: bool


def fold(text: str) -> str:
    """Only letters and digits, in capitals: `re 2026/1042` and `RE-2026-1042` are alike."""
    return "".join(words_of(text))


def words_of(text: str) -> list[str]:
    return _WORD.findall(_plain(text))


def _plain(text: str) -> str:
    upper = text.upper().translate(_SPECIAL)
    return "".join(c for c in unicodedata.normalize("NFKD", upper) if not unicodedata.combining(c))


def hits_in(text: str, numbers: Mapping[str, T], lengths: Iterable[int]) -> list[Hit[T]]:
    """All folded numbers (`lengths` are theirs) that stand in the text with an end on both sides: 1042 does not stand in 10421."""
    plain = _plain(text)
    places = [place for place, c in enumerate(plain) if c.isascii() and c.isalnum()]
    folded = "".join(plain[place] for place in places)
    found = []
    for length in sorted(lengths, reverse=True):
        for start in range(len(folded) - length + 1):
            known = numbers.get(piece := folded[start : start + length])
            if known is None:
                continue
            first, last = places[start], places[start + length - 1]
            if (
                _ends(plain, first, first - 1)
                and _ends(plain, last, last + 1)
                and not _is_date(piece, plain[first : last + 1])
            ):
                found.append(Hit(known, start, start + length, _is_weak(piece, last + 1 - first)))
    return found


def _ends(plain: str, inside: int, outside: int) -> bool:
    """Letters end a row of digits, and digits one of letters."""
    if not 0 <= outside < len(plain):
        return True
    one, other = plain[inside], plain[outside]
    return not ((one.isdigit() and other.isdigit()) or (one.isalpha() and other.isalpha()))


def _is_date(piece: str, written: str) -> bool:
    """Or an amount: digits with points or commas between them."""
    return piece.isdigit() and any(mark in written for mark in ".,:")


def _is_weak(piece: str, width: int) -> bool:
    if piece.isdigit():
        return len(piece) < _FEW_DIGITS or (width > len(piece) and len(piece) <= _FEW_DIGITS)
    return len(piece) < _FEW or sum(c.isdigit() for c in piece) < 2


def without_overlaps(hits: Iterable[Hit[T]]) -> list[Hit[T]]:
    """Of those that stand in each other the longest, in the order of the text."""
    kept: list[Hit[T]] = []
    for hit in sorted(hits, key=lambda one: (one.start - one.end, one.start)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda one: one.start)


def possible_numbers(text: str) -> set[str]:
    """What may be a folded number in it: words with a digit, alone and joined with their neighbours."""
    words = words_of(text)
    joined = ("".join(words[start : start + many]) for start in range(len(words)) for many in range(1, _JOINED + 1))
    return {word for word in joined if 3 <= len(word) <= _LONGEST and any(c.isdigit() for c in word)}

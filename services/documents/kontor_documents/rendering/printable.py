"""Text that the typeface can show. PDF/A forbids glyphs that are not in the font, so a text must never get that far."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import fontpkg_ibm_plex_sans
from fontTools.ttLib import TTFont
from pydantic import BaseModel

FONTS = Path(fontpkg_ibm_plex_sans.__file__).parent / "files"

# Line feed, soft hyphen and zero-width space steer the lines and need no glyph.
STEERING = "\n\u00ad\u200b"
# An identifier, a URL, a hash: nothing hyphenation could help with, as it does with words of letters alone.
UNBREAKABLE = re.compile(r"[^\s\u200b-]{40,}")
LONGEST_WORD = 100
PIECE = 20


def printable(value: Any) -> Any:
    """The same structure with every text in it fit for the page."""
    match value:
        case str():
            return printable_text(value)
        case dict():
            return {key: printable(item) for key, item in value.items()}
        case list() | tuple():
            return [printable(item) for item in value]
    return value


def printable_text(text: str) -> str:
    """Composed, without control characters, U+FFFD for what the typeface lacks; endless words may break anywhere."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    if missing().search(text):
        text = missing().sub(lambda found: _substitute(found.group()), text)
    return UNBREAKABLE.sub(_breakable, text)


@lru_cache(maxsize=1)
def missing() -> re.Pattern[str]:
    """Matches one character that IBM Plex Sans has no glyph for."""
    with TTFont(FONTS / "IBMPlexSans[wdth,wght].ttf", lazy=True) as font:
        covered = sorted({*font.getBestCmap(), *map(ord, STEERING)} - {*range(0x20)} | {0x0A})
    ranges: list[list[int]] = []
    for point in covered:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return re.compile("[^" + "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in ranges) + "]")


def unprintable(document: BaseModel) -> list[str]:
    """The characters in a document's texts that the page cannot show, each once."""
    text = unicodedata.normalize("NFC", document.model_dump_json())
    return [one for one in dict.fromkeys(missing().findall(text)) if _substitute(one) == "\N{REPLACEMENT CHARACTER}"]


def _substitute(character: str) -> str:
    if unicodedata.category(character) in ("Cc", "Cf") or "VARIATION SELECTOR" in unicodedata.name(character, ""):
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return plain if not missing().search(plain) else "\N{REPLACEMENT CHARACTER}"


def _breakable(found: re.Match[str]) -> str:
    word = found.group()
    if word.isalpha() and len(word) <= LONGEST_WORD:
        return word
    return in_pieces(word)


def in_pieces(word: str) -> str:
    """The word with a place to break after every few characters, for columns narrower than it."""
    return "\u200b".join(word[start : start + PIECE] for start in range(0, len(word), PIECE))

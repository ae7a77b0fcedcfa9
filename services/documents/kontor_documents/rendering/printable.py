"""Text that the typeface can show. PDF/A forbids glyphs that are not in the font, so a text must never get that far."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

import fontpkg_heebo
import fontpkg_ibm_plex_sans
import fontpkg_ibm_plex_sans_arabic
from fontTools.ttLib import TTFont
from pydantic import BaseModel

_PACKAGES = (fontpkg_ibm_plex_sans, fontpkg_ibm_plex_sans_arabic, fontpkg_heebo)
# Latin, Greek, Cyrillic; Arabic; Hebrew. Which of them a text is set in is said in letter.typ.
FONTS = tuple(Path(str(package.__file__)).parent / "files" for package in _PACKAGES)
_FACES = ("IBMPlexSans[wdth,wght].ttf", "IBMPlexSansArabic-Regular.ttf", "Heebo[wght].ttf")

# Line feed, soft hyphen and zero-width space steer the lines and need no glyph.
STEERING = "\n\u00ad\u200b"
# An identifier, a URL, a hash: nothing hyphenation could help with, as it does with words of letters alone.
UNBREAKABLE = re.compile(r"[^\s\u200b-]{40,}")
LONGEST_WORD = 100
PIECE = 20
MOST_NAMED = 20


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
    """Matches one character that no typeface has a glyph for."""
    glyphs = {*map(ord, STEERING)}
    for folder, face in zip(FONTS, _FACES, strict=True):
        with TTFont(folder / face, lazy=True) as font:
            glyphs.update(font.getBestCmap())
    covered = sorted(glyphs - {*range(0x20)} | {0x0A})
    ranges: list[list[int]] = []
    for point in covered:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return re.compile("[^" + "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in ranges) + "]")


# What no page shows; a file is called by its description, where it has one.
_NOT_PRINTED = frozenset({"external_id", "specification", "business_process", "media_type"})


def unprintable(value: Any, path: str = "") -> dict[str, str]:
    """The characters in a document's texts that the page cannot show, each once, by the field they stand in."""
    match value:
        case BaseModel():
            return unprintable(value.model_dump(mode="json", exclude_defaults=True))
        case dict():
            hidden = _NOT_PRINTED | {"file_name"} if value.get("description") else _NOT_PRINTED
            below = [(f"{path}.{key}".removeprefix("."), item) for key, item in value.items() if key not in hidden]
        case list() | tuple():
            below = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
        case str():
            lost = dict.fromkeys(missing().findall(unicodedata.normalize("NFC", value)))
            shown = " ".join([one for one in lost if _substitute(one) == "\N{REPLACEMENT CHARACTER}"][:MOST_NAMED])
            return {path: shown} if shown else {}
        case _:
            return {}
    return {place: shown for at, item in below for place, shown in unprintable(item, at).items()}


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

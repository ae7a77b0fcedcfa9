"""Which language and zone the present reader has, and the words of every package in it.

Messages are English; their German stands in `<package>/locale/de/LC_MESSAGES/messages.po` (`make words`). All catalogs
are one: a message means the same everywhere, and where German differs the message has a context (pgettext).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, get_args

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from starlette.types import ASGIApp, Receive, Scope, Send

Language = Literal["de", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads this: `language` is de or en, `zone` an IANA time zone."""

    language: Language = "de"
    zone: str = "Europe/Berlin"


_NOBODY = Reader()
# More of an Accept-Language nobody reads.
_LONGEST = 200
_reader: ContextVar[Reader] = ContextVar("kontor_reader", default=_NOBODY)


def catalogs(language: str) -> dict[str, Path]:
    """The catalog of each package that has one, by its name; an image has the catalogs of owners without their code."""
    places = [Path(entry or ".") for entry in reversed(sys.path)]
    name = f"kontor_*/locale/{language}/LC_MESSAGES/messages.po"
    return {path.parts[-5]: path for place in places for path in sorted(place.glob(name))}


@cache
def translations(language: str) -> Translations:
    """The catalogs of a language as one, compiled in memory; messages themselves where a language has none."""
    merged: Translations = Translations()
    for path in catalogs(language).values():
        merged = merged.merge(compiled(path.read_bytes(), language))
    return merged


def compiled(po: bytes, language: str) -> Translations:
    """The translations of one catalog, so that no compiled one has to be shipped."""
    mo = BytesIO()
    write_mo(mo, read_po(BytesIO(po), locale=language))
    mo.seek(0)
    return Translations(mo)


def language_of(*tags: str | None, default: Language = "de") -> Language:
    """The first of these BCP 47 tags that Kontor speaks."""
    for tag in tags:
        for language in LANGUAGES:
            if (tag or "").lower().split("-")[0] == language:
                return language
    return default


def speak(language: str, zone: str = "Europe/Berlin") -> None:
    """From here on, in this task, `_` and the formats speak to this reader. An unknown language is German."""
    _reader.set(Reader(language_of(language), zone or "Europe/Berlin"))


@contextmanager
def speaking(language: str, zone: str = "Europe/Berlin") -> Iterator[None]:
    """As `speak`, until the block ends."""
    before = _reader.set(Reader(language_of(language), zone or "Europe/Berlin"))
    try:
        yield
    finally:
        _reader.reset(before)


def reader() -> Reader:
    return _reader.get()


def accept_language() -> dict[str, str]:
    """The header that tells another service who reads; nobody does where no request is being answered."""
    return {} if reader() is _NOBODY else {"Accept-Language": reader().language}


def gettext(message: str, **values: Any) -> str:
    """The message in the reader's language; `%(name)s` is filled from the values."""
    text: str = translations(_reader.get().language).ugettext(message)
    return text % values if values else text


def pgettext(context: str, message: str, **values: Any) -> str:
    """As gettext, for a message that says something else elsewhere."""
    text: str = translations(_reader.get().language).upgettext(context, message)
    return text % values if values else text


def ngettext(one: str, many: str, count: int, **values: Any) -> str:
    """The message in the plural form that the count needs; `%(count)s` is the count."""
    text: str = translations(_reader.get().language).ungettext(one, many, count)
    return text % {"count": count, "num": count, **values}


def N_(message: str) -> str:  # noqa: N802 - as gettext's tools know it
    """Marks a message for the catalog; it is spoken later."""
    return message


_ = gettext


def negotiate(accept_language: str | None, default: Language = "de") -> Language:
    """The first language of Accept-Language, by weight, that Kontor speaks."""
    parts = [part.replace(" ", "").partition(";q=") for part in (accept_language or "").split(",")]
    weighed = sorted(((_weight(weight), -i, tag) for i, (tag, _mark, weight) in enumerate(parts)), reverse=True)
    return language_of(*(tag.strip() for weight, _position, tag in weighed if weight > 0), default=default)


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


@lru_cache(1_000)
def _reader_of(accept_language: bytes) -> Reader:
    return Reader(negotiate(accept_language.decode("latin-1"), default="en"))


class Speaking:
    """Middleware: a request is answered in the language of its Accept-Language; without one in English."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            asked = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
            _reader.set(_reader_of(asked[:_LONGEST]))
        await self._app(scope, receive, send)

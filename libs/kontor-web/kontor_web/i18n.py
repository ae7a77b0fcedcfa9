"""Which language and zone the present reader has, and their words. msgids are English; German comes from catalogs."""

from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads this page: `language` is de or en, `zone` an IANA time zone."""

    language: str = "de"
    zone: str = "Europe/Berlin"


_reader: ContextVar[Reader] = ContextVar("kontor_web_reader", default=Reader())  # noqa: B039 - frozen
_packages: list[str] = ["kontor_web"]
_edge: ContextVar[str] = ContextVar("kontor_web_edge", default="")


def bring_catalog(package: str) -> None:
    """Adds `<package>/locale/<language>/LC_MESSAGES/messages.po` to the words. Later packages win."""
    if package not in _packages:
        _packages.append(package)
        _merged.cache_clear()


def speak_for(package: str) -> None:
    """From here on, in this task, the words are this edge's: two in one process say the same message each in their own."""
    _edge.set(package)


def edge() -> str:
    """Whose words are spoken; empty for those of all catalogs together."""
    return _edge.get()


def translations(language: str) -> NullTranslations:
    """The catalogs of a language as one, compiled in memory; msgids themselves where a language has none."""
    return _merged(language, edge())


@cache
def _merged(language: str, only: str) -> NullTranslations:
    merged: Translations | None = None
    for package in ("kontor_web", only) if only else tuple(_packages):
        found = _compiled(package, language)
        if found is not None:
            merged = found if merged is None else merged.merge(found)
    return merged or NullTranslations()


def _compiled(package: str, language: str) -> Translations | None:
    source = resources.files(package).joinpath("locale", language, "LC_MESSAGES", "messages.po")
    if not source.is_file():
        return None
    with source.open("rb") as opened:
        catalog = read_po(opened, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Translations(compiled)


def speak(language: str, zone: str = "Europe/Berlin") -> None:
    """From here on, in this task, `_` and the formats speak to this reader. An unknown language is German."""
    _reader.set(Reader(language if language in LANGUAGES else "de", zone or "Europe/Berlin"))


def reader() -> Reader:
    return _reader.get()


def gettext(message: str, **values: Any) -> str:
    """The message in the reader's language; `%(name)s` is filled from the values."""
    text: str = translations(_reader.get().language).ugettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, count: int, **values: Any) -> str:
    """The message in the plural form that the count needs; `%(count)s` is the count."""
    text: str = translations(_reader.get().language).ungettext(one, many, count)
    return text % {"count": count, "num": count, **values}


def N_(message: str) -> str:  # noqa: N802 - as gettext's tools know it
    """Marks a message for the catalog; it is spoken later."""
    return message


_ = gettext


def negotiate(accept_language: str | None, default: str = "de") -> str:
    """The first language of Accept-Language, by weight, that Kontor speaks."""
    wishes = sorted(
        ((_weight(part), -i, part) for i, part in enumerate((accept_language or "").split(","))), reverse=True
    )
    for weight, _position, part in wishes:
        language = part.split(";")[0].strip().lower().split("-")[0]
        if weight > 0 and language in LANGUAGES:
            return language
    return default


def _weight(part: str) -> float:
    _name, _mark, weight = part.partition(";q=")
    try:
        return float(weight) if weight else 1.0
    except ValueError:
        return 0.0

"""Codes of the contract in the reader's language. A code that this build does not know yet is shown as it is."""

import re
from collections.abc import Mapping
from typing import Any

from kontor_events.codes import Code
from kontor_service.formats import shown
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader

_PLACE = re.compile(r"%\((\w+)\)s")


class Rendered(str):
    """A sentence that is in the reader's language already, with its parameters: another service made it."""


def say(message: str, params: Mapping[str, Any]) -> str:
    """A message with its parameters, as the reader writes them: amounts, days and percentages in their forms.

    Nothing but `%(name)s` is replaced, so that no text that somebody sent can ask for more; what is missing stays.
    """
    if isinstance(message, Rendered):
        return str(message)
    language = reader().language
    return _PLACE.sub(lambda at: str(shown(params[at[1]], language)) if at[1] in params else at[0], _(message))


def complete(message: str, params: Mapping[str, Any]) -> bool:
    """Whether there is everything that the message names."""
    return all(name in params for name in _PLACE.findall(message))


def word(kind: type[Code], code: str) -> str:
    """invoice → Rechnung"""
    known = kind.known(code)
    return _(known.word) if known else code


def plural(kind: type[Code], code: str) -> str:
    """invoice → Rechnungen"""
    known = kind.known(code)
    return _(known.plural) if known else code


def long(kind: type[Code], code: str) -> str:
    """card_declined → Die Karte wurde abgelehnt. Empty for a code that has no sentence."""
    known = kind.known(code)
    if known is None:
        return code
    return _(known.long) if known.long else ""


def state(kind: type[Code], code: str) -> tuple[str, str]:
    """How a page colours a state, and its word."""
    known = kind.known(code)
    return (known.tone, _(known.word)) if known else ("idle", code)


def inside(text: str) -> str:
    """A word as it stands inside an English sentence: Quote → quote, SEPA direct debit stays. German keeps its capitals."""
    return text if reader().language == "de" or text[1:2].isupper() else text[:1].lower() + text[1:]

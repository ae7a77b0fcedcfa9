"""Codes of the contract in the reader's language. A code that this build does not know yet is shown as it is."""

from kontor_events.codes import Code
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader


def word(kind: type[Code], code: str) -> str:
    """invoice → Rechnung"""
    known = kind.known(code)
    return _(known.word) if known else code


def plural(kind: type[Code], code: str) -> str:
    """invoice → Rechnungen"""
    known = kind.known(code)
    return _(known.plural) if known else code


def long(kind: type[Code], code: str) -> str:
    """card_declined → Die Karte wurde abgelehnt."""
    known = kind.known(code)
    return _(known.long) if known else code


def state(kind: type[Code], code: str) -> tuple[str, str]:
    """How a page colours a state, and its word."""
    known = kind.known(code)
    return (known.tone, _(known.word)) if known else ("idle", code)


def inside(text: str) -> str:
    """A word as it stands inside an English sentence: Quote → quote, SEPA direct debit stays. German keeps its capitals."""
    return text if reader().language == "de" or text[1:2].isupper() else text[:1].lower() + text[1:]

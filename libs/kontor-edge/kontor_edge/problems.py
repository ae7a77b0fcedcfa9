"""What an owner's refusal means, as a sentence for the reader. Codes are part of the owners' APIs; features bring the words."""

import re
from collections.abc import Mapping

from kontor_service.errors import Problem
from kontor_service.i18n import gettext as _

_WORDS: dict[str, str] = {}
_FIELDS: dict[str, str] = {}


def learn(refusals: Mapping[str, str], findings: Mapping[str, str]) -> None:
    """What an owner says that a feature brings along; told once, when the app is put together."""
    _WORDS.update(refusals)
    _FIELDS.update(findings)


def sentence(problem: Problem) -> str:
    """The problem in the reader's language; the owner's own words for a code that has none here."""
    return _(_WORDS[problem.code]) if problem.code in _WORDS else problem.detail


def field_sentence(message: str) -> str:
    """An owner's finding about a field in the reader's language; as it is where it is not known."""
    for start, words in _FIELDS.items():
        if found := re.match(start, message):
            return _(words) % found.groupdict() if found.groupdict() else _(words)
    return message

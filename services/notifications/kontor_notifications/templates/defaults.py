"""What mails say as long as the merchant has no words of their own."""

from typing import NamedTuple

from kontor_notifications.templates import defaults_de, defaults_en
from kontor_notifications.words import Language

_TEXTS = {"de": defaults_de, "en": defaults_en}


class Default(NamedTuple):
    subject: str
    text: str


def default(kind: str, language: Language) -> Default:
    """The default of a kind. KeyError for a kind that does not exist."""
    texts = _TEXTS[language]
    subject, body = texts.TEXTS[kind]
    return Default(subject, f"[Greeting],\n\n{body.strip()}\n\n{texts.CLOSING}")

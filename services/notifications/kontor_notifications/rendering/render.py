"""One mail, rendered: subject, plain text and HTML from a checked text and the facts."""

from collections.abc import Container
from dataclasses import dataclass

from kontor_notifications.kind import MailText
from kontor_notifications.placeholders.people import footer
from kontor_notifications.rendering.alternatives import to_html, to_plain
from kontor_notifications.rendering.blocks import blocks
from kontor_notifications.rendering.blocks import subject as subject_of
from kontor_notifications.rendering.facts import Facts
from kontor_notifications.rendering.values import Values
from kontor_notifications.templates import syntax
from kontor_service.i18n import N_, speaking


@dataclass(frozen=True)
class Wording:
    """The words in force for a text of a mail kind, the merchant's own or the default; checked when they were saved."""

    about: MailText
    subject: str
    text: str


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def check_filled(wording: Wording, facts: Facts, fields: Container[str]) -> None:
    """Raises TemplateInvalid for placeholders in sentences of these fields (subject, text) that have nothing to say."""
    values = _values(wording, facts)
    found = [
        syntax.error_at(
            field, "placeholder_empty", N_("[%(mark)s] is empty in this mail."), mark=token.placeholder.name
        )
        for field, text in (("subject", wording.subject), ("text", wording.text))
        if field in fields
        for line in syntax.lines(wording.about, text, portal=facts.portal)
        if field == "subject" or any(isinstance(token, syntax.Words) and token.text.strip() for token in line)
        for token in line
        if isinstance(token, syntax.Use) and not values[token.placeholder.name]
    ]
    if found:
        raise syntax.TemplateInvalid.of(found)


def _values(wording: Wording, facts: Facts) -> Values:
    with speaking(facts.language, facts.zone):
        used = syntax.used(wording.about, wording.subject, wording.text, portal=facts.portal)
        return {name: placeholder.value(facts) for name, placeholder in used.items()}


def render(wording: Wording, facts: Facts, *, logo: str | None) -> Rendered:
    """`logo` is where the HTML finds the merchant's logo (cid: or data:); None writes the name instead."""
    values = _values(wording, facts)
    with speaking(facts.language, facts.zone):
        small_print = footer(facts.merchant)
    subject = subject_of(syntax.lines(wording.about, wording.subject, portal=facts.portal)[0], values)
    body = blocks(syntax.lines(wording.about, wording.text, portal=facts.portal), values)
    html = to_html(body, small_print, facts, subject=subject, logo=logo)
    return Rendered(subject, to_plain(body, small_print), html)

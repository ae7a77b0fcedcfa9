"""One mail, rendered: subject, plain text and HTML from a checked text and the facts."""

from dataclasses import dataclass

from kontor_notifications.kind import MailText
from kontor_notifications.placeholders.people import footer
from kontor_notifications.rendering.alternatives import to_html, to_plain
from kontor_notifications.rendering.blocks import blocks
from kontor_notifications.rendering.blocks import subject as subject_of
from kontor_notifications.rendering.facts import Facts
from kontor_notifications.templates import syntax
from kontor_service.i18n import speaking


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


def render(wording: Wording, facts: Facts, *, logo: str | None) -> Rendered:
    """`logo` is where the HTML finds the merchant's logo (cid: or data:); None writes the name instead."""
    with speaking(facts.language, facts.zone):
        used = syntax.used(wording.about, wording.subject, wording.text, portal=facts.portal)
        values = {name: placeholder.value(facts) for name, placeholder in used.items()}
        small_print = footer(facts.merchant)
    subject = subject_of(syntax.lines(wording.about, wording.subject, portal=facts.portal)[0], values)
    body = blocks(syntax.lines(wording.about, wording.text, portal=facts.portal), values)
    html = to_html(body, small_print, facts, subject=subject, logo=logo)
    return Rendered(subject, to_plain(body, small_print), html)

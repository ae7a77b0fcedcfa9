"""One mail, rendered: subject, plain text and HTML from a checked template, facts and secrets."""

from dataclasses import dataclass

from kontor.identity.v1.identity_pb2 import Merchant
from kontor_notifications import words
from kontor_notifications.rendering.blocks import blocks
from kontor_notifications.rendering.blocks import subject as subject_of
from kontor_notifications.rendering.facts import Facts, Secrets
from kontor_notifications.rendering.html import to_html
from kontor_notifications.rendering.plain import to_plain
from kontor_notifications.rendering.values import address_line, values
from kontor_notifications.templates import syntax
from kontor_notifications.words import Language


@dataclass(frozen=True)
class Wording:
    """A template's kind, subject and text, checked when it was saved."""

    kind: str
    subject: str
    text: str


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(wording: Wording, facts: Facts, secrets: Secrets, *, logo: str | None) -> Rendered:
    """`logo` is where the HTML finds the merchant's logo (cid: or data:); None writes the name instead."""
    filled = values(facts, secrets)
    subject = subject_of(syntax.subject_tokens(wording.kind, wording.subject), filled)
    body = blocks(syntax.lines(wording.kind, wording.text, portal=facts.portal), filled)
    footer = _footer(facts.merchant, facts.language)
    html = to_html(
        body,
        footer,
        subject=subject,
        brand=facts.merchant.name,
        accent=facts.merchant.accent_color,
        logo=logo,
        language=facts.language,
    )
    return Rendered(subject, to_plain(body, footer), html)


def _footer(merchant: Merchant, language: Language) -> list[str]:
    """Who writes, with what a business letter has to say (§ 35a GmbHG, § 37a HGB), and how to answer."""
    numbers = [
        merchant.register_entry,
        f"{words.LABELS['vat_id'][language]} {merchant.vat_id}" if merchant.vat_id else "",
    ]
    reach = [merchant.contact_phone, merchant.contact_email]
    lines = [
        " · ".join(part for part in (merchant.name, address_line(merchant.address)) if part),
        " · ".join(part for part in reach if part),
        " · ".join(part for part in numbers if part),
        merchant.legal_form_note,
    ]
    return [line for line in lines if line]

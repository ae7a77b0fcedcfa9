"""The evidence page of an accepted quote: everything kept of the acceptance, for people and, attached, for programs."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kontor_documents.quotes.signature import Signature, bounds, png, svg
from kontor_documents.rendering.acceptance import Evidence, EvidenceLine, serialized
from kontor_documents.rendering.archive import EmbeddedFile, embed
from kontor_documents.rendering.branding import Branding
from kontor_documents.rendering.footer import footer
from kontor_documents.rendering.formats import NO_BREAK, Formats
from kontor_documents.rendering.printable import printable
from kontor_documents.rendering.sheet import Sheet, inks
from kontor_documents.rendering.totals import tax_label
from kontor_documents.rendering.typesetting import typeset
from kontor_service.i18n import Language, pgettext, speaking
from kontor_service.i18n import gettext as _
from kontor_service.units import unit

# Millimetres that a drawn signature fills at most.
_WIDEST, _HIGHEST = 110.0, 34.0
_PER_PIXEL = 0.2

Facts = list[tuple[str, str]]


def render_evidence(evidence: Evidence, branding: Branding, sha256: str) -> bytes:
    """PDF/A-3b and PDF/UA-1, byte-identical for the same evidence. `sha256` is the hash that the evidence is known by.

    Attached are the evidence as JSON and a drawn signature as PNG.
    """
    language: Language = "en" if evidence.language == "en" else "de"
    with speaking(language, evidence.time_zone):
        title = printable(_("Acceptance of quote %(number)s", number=evidence.number))
        text = printable(_texts(evidence, branding, Formats(language, evidence.currency), sha256) | {"title": title})
    drawn = evidence.signature if evidence.signature and evidence.signature.kind == "drawn" else None
    content = {
        "text": text,
        "language": language,
        "colours": inks(branding.accent),
        "signature": _drawing(drawn) if drawn else None,
    }
    attached = [EmbeddedFile("acceptance.json", serialized(evidence), "application/json")]
    if drawn:
        attached.append(EmbeddedFile("signature.png", png(drawn.strokes), "image/png"))
    pdf = typeset(Sheet(title, language, content, "evidence.typ"), evidence.accepted_at)
    return embed(pdf, evidence.accepted_at, None, attached)


def _drawing(signature: Signature) -> dict[str, Any]:
    """The vector and its size in millimetres: as large as it was drawn, where that fits."""
    left, top, right, bottom = bounds(signature.strokes)
    width, height = (right - left + 16) * _PER_PIXEL, (bottom - top + 16) * _PER_PIXEL
    scale = min(1.0, _WIDEST / width, _HIGHEST / height)
    return {"svg": svg(signature.strokes), "width": width * scale, "height": height * scale}


def _texts(evidence: Evidence, branding: Branding, formats: Formats, sha256: str) -> dict[str, Any]:
    signature = evidence.signature
    return {
        "merchant": branding.name,
        "footer": footer(branding),
        "page": _("Page"),
        "of": pgettext("pdf", "of"),
        "subject": evidence.title,
        "introduction": _(
            "%(name)s accepted this quote on the customer portal of %(merchant)s. This page records the acceptance.",
            name=evidence.name, merchant=branding.name,
        ),
        "sections": [
            {"title": _("What was accepted"), "facts": _quote(evidence, formats)},
            {"title": _("Who accepted"), "facts": _person(evidence)},
            {"title": _("When and from where"), "facts": _circumstances(evidence)},
        ],
        "chosen": {"title": _("Chosen items"), "rows": [_row(line, formats) for line in evidence.chosen]},
        "left_out": {"title": _("Left out"), "rows": [_row(line, formats) for line in evidence.left_out]},
        "sums": _sums(evidence, formats),
        "consents": {"title": _("Agreed to"), "rows": [_consent(evidence, index) for index in range(len(evidence.consents))]},
        "button": _button(evidence),
        "signature": {
            "title": pgettext("pdf", "Signature"),
            "typed": signature.text if signature and signature.kind == "typed" else "",
            "caption": _caption(evidence),
            "alternative": _("Signature of %(name)s", name=evidence.name),
        },
        "closing": _closing(sha256),
    }  # fmt: skip


def _quote(evidence: Evidence, formats: Formats) -> Facts:
    facts = [
        (_("Quote"), evidence.number),
        (_("Date"), formats.day(evidence.issued_on) if evidence.issued_on else ""),
        (pgettext("pdf", "Version"), str(evidence.revision)),
        (_("Fingerprint of the content"), _sha256(evidence.content_sha256)),
        (_("Fingerprint of the PDF"), _sha256(evidence.pdf_sha256)),
    ]
    return _filled(facts)


def _sha256(value: str) -> str:
    return f"SHA-256 {value}" if value else ""


def _person(evidence: Evidence) -> Facts:
    access = {
        "account": _("logged in as %(who)s", who=evidence.actor),
        "code": _("with a code mailed to %(who)s", who=evidence.actor),
        "contact": _("personal link of %(who)s", who=evidence.actor),
        "link": _("link of the document (%(who)s)", who=evidence.actor),
    }
    return _filled([
        (pgettext("pdf", "Name"), evidence.name),
        (_("Function"), evidence.function),
        (pgettext("pdf", "Customer"), " · ".join(filter(None, [evidence.customer_name, evidence.customer_number]))),
        (_("Access"), access.get(evidence.access, "")),
    ])  # fmt: skip


def _circumstances(evidence: Evidence) -> Facts:
    local = evidence.accepted_at.astimezone(ZoneInfo(evidence.time_zone))
    return _filled([
        (_("Local time"), f"{_clock(local, evidence.language)} ({evidence.time_zone}, {local.tzname()})"),
        (_("Universal time"), f"{evidence.accepted_at:%Y-%m-%d %H:%M:%S} UTC"),
        (_("IP address"), evidence.ip),
        (_("Browser"), evidence.user_agent),
    ])  # fmt: skip


def _clock(at: datetime, language: str) -> str:
    return f"{at:%d.%m.%Y, %H:%M:%S}" if language == "de" else f"{at:%d %b %Y, %H:%M:%S}"


def _row(line: EvidenceLine, formats: Formats) -> dict[str, str]:
    return {
        "position": line.id,
        "name": line.name,
        "group": line.group,
        "quantity": f"{formats.number(line.quantity)}{NO_BREAK}{unit(line.unit, line.quantity)}",
        "net": formats.amount(line.net) if line.net is not None else "",
    }


def _sums(evidence: Evidence, formats: Formats) -> list[tuple[str, str, bool]]:
    """Each with whether it is the total."""
    sums = [
        (_("Net amount"), formats.money(evidence.net), False),
        *((label, tax, False) for label, tax in _taxes(evidence, formats)),
        (_("Total"), formats.money(evidence.gross), True),
    ]
    if evidence.asked is not None:
        sums.append((_("To be paid with the acceptance"), formats.money(evidence.asked), False))
    return sums


def _taxes(evidence: Evidence, formats: Formats) -> Facts:
    """The VAT by rate, or in one sum where the quote does not say its rates."""
    by_rate = [(tax_label(one.rate, one.taxable, formats), formats.money(one.tax)) for one in evidence.taxes]
    return by_rate or [(_("VAT"), formats.money(evidence.tax))]


def _consent(evidence: Evidence, index: int) -> dict[str, str]:
    consent = evidence.consents[index]
    return {"statement": consent.statement, "title": consent.title, "sha256": consent.sha256}


def _button(evidence: Evidence) -> dict[str, Any]:
    return {
        "title": _("Shown directly above the button"),
        "label": _("Button"),
        "button": evidence.button,
        "information": evidence.information,
    }


def _caption(evidence: Evidence) -> str:
    if evidence.signature is None:
        return _("Accepted with the button, without a signature.")
    return _("typed as the full name") if evidence.signature.kind == "typed" else _("drawn on the screen")


def _closing(sha256: str) -> str:
    return _(
        "The record can no longer be changed. It is attached to this page as a file (acceptance.json) and has the fingerprint "
        "(SHA-256) %(sha256)s.",
        sha256=sha256,
    )


def _filled(facts: Facts) -> Facts:
    return [(label, value) for label, value in facts if value]

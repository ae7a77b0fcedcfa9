"""A document and its stationery as the template takes them: texts ready to print, drawings, colours."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kontor.documents.v1.documents_pb2_codes import DocumentType
from kontor_documents.content.model import DocumentData
from kontor_documents.rendering.branding import Branding
from kontor_documents.rendering.choices import proposal
from kontor_documents.rendering.errors import RenderingError
from kontor_documents.rendering.footer import footer
from kontor_documents.rendering.formats import Formats
from kontor_documents.rendering.information import information
from kontor_documents.rendering.lines import table
from kontor_documents.rendering.logo import logo_art
from kontor_documents.rendering.payment import payment, qr_code
from kontor_documents.rendering.printable import printable
from kontor_documents.rendering.recipient import recipient, return_line
from kontor_documents.rendering.remarks import remarks
from kontor_documents.rendering.titles import heading, subject
from kontor_documents.rendering.totals import totals
from kontor_service.i18n import N_, Language, pgettext, speaking
from kontor_service.i18n import gettext as _
from kontor_service.theme import theme


@dataclass(frozen=True, slots=True)
class Sheet:
    """`content` is the template's input; `title` names the PDF; `template` is a file of rendering/template."""

    title: str
    language: Language
    content: dict[str, Any]
    template: str = "letter.typ"


def compose(document: DocumentData, branding: Branding, language: Language, prices: bool | None) -> Sheet:
    """`prices` None leaves delivery notes without prices and gives them to everything else."""
    formats = Formats(language, document.currency)
    priced = prices if prices is not None else document.type is not DocumentType.DELIVERY_NOTE
    with speaking(language):
        title = printable(" ".join(filter(None, [heading(document), document.number])))
        text = printable(_texts(document, branding, formats, priced=priced) | {"title": title})
    content = {
        "text": text,
        "language": language,
        "colours": inks(branding.accent),
        "logo": logo_art(branding.logo) if branding.logo and branding.show_logo else None,
        "qr": qr_code(document) if priced else "",
    }
    return Sheet(title, language, content)


@lru_cache(256)
def inks(accent: str) -> dict[str, str]:
    """The merchant's colour as bright pages of the portal have it: for bars, for text, and as a tint behind dark text."""
    try:
        light, _dark = theme(accent)
    except ValueError:
        raise RenderingError(
            "branding.accent", N_("%(colour)s is not a colour of the form #rrggbb."), colour=f"{accent!r}"
        ) from None
    return {"accent": accent, "ink": light["accent-ink"], "wash": light["accent-wash"]}


def _texts(document: DocumentData, branding: Branding, formats: Formats, *, priced: bool) -> dict[str, Any]:
    return {
        "merchant": branding.name,
        "return_line": return_line(branding),
        "recipient": recipient(document, formats.language),
        "information": information(document, formats),
        "heading": heading(document),
        "number": document.number,
        "subject": subject(document),
        "introduction": document.introduction,
        "table": table(document, formats, priced=priced),
        "totals": totals(document, formats) if priced else [],
        "proposal": proposal(document) if priced else "",
        "payment": payment(document, formats),
        "remarks": remarks(document, formats),
        "closing": document.closing,
        "footer": footer(branding),
        "page": _("Page"),
        "of": pgettext("pdf", "of"),
    }

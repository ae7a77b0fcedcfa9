"""A sheet of labels with QR codes, to be stuck beside meters (G3). Made with Typst, as documents' PDFs are."""

import json
import threading
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import fontpkg_ibm_plex_sans
import segno
import typst

from kontor_meters.stickers.inputs import Sticker, StickersWanted
from kontor_meters.stickers.words import WORDS, Words

_TEMPLATE = Path(__file__).parent / "sheet.typ"
_FONTS = Path(fontpkg_ibm_plex_sans.__file__).parent / "files"
# Archival is of no use here; accessible (ISO 14289-1) is.
_STANDARDS: "list[typst.PDFStandard]" = ["ua-1"]
_ACCENT = "#1f5f4b"

# A compiler keeps fonts and template in memory and serves one call at a time.
_thread = threading.local()


def stickers_pdf(wanted: StickersWanted, language: str) -> bytes:
    """In German, or in English for any other language than German."""
    words = WORDS["de" if language.startswith("de") else "en"]
    sheet = {
        "title": words.title,
        "language": words.language,
        "merchant": wanted.merchant.name,
        "accent": wanted.merchant.accent or _ACCENT,
        "invitation": words.invitation,
        "labels": _labels(wanted.items, words),
    }
    inputs = {"sheet": json.dumps(sheet, ensure_ascii=False)}
    pdf = _compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS)
    assert isinstance(pdf, bytes)
    return pdf


def _labels(items: Sequence[Sticker], words: Words) -> list[dict[str, str]]:
    return [
        {
            "number": _breakable(item.number),
            "kind": words.kinds.get(item.kind, item.kind),
            "place": item.place,
            "qr": _qr(item.url),
            "alt": words.alt.format(number=item.number),
        }
        for item in items
    ]


def _breakable(number: str) -> str:
    """A metering location's 33 characters need two lines: zero-width spaces say where they may break."""
    return number if len(number) <= 18 else "\u200b".join(number[at : at + 11] for at in range(0, len(number), 11))


def _qr(url: str) -> str:
    """As SVG. A quarter of it may be worn off (level Q): stickers hang in cellars for years."""
    target = BytesIO()
    segno.make_qr(url, error="q", boost_error=False).save(target, kind="svg", border=0, xmldecl=False, nl=False)
    return target.getvalue().decode()


def _compiler() -> typst.Compiler:
    compiler: typst.Compiler | None = getattr(_thread, "compiler", None)
    if compiler is None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)])
        compiler = typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=fonts, ignore_system_fonts=True)
        _thread.compiler = compiler
    return compiler

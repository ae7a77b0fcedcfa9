"""Receipts as PDF, made with Typst as documents' PDFs are. A compiler keeps fonts and template in memory and serves one call at a time."""

import json
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

import fontpkg_ibm_plex_sans
import typst

_TEMPLATE = Path(__file__).parent / "receipt.typ"
_FONTS = Path(fontpkg_ibm_plex_sans.__file__).parent / "files"
# Archival, and accessible (ISO 14289-1): tagged, titled, in a known language.
_STANDARDS: "list[typst.PDFStandard]" = ["a-3b", "ua-1"]
_thread = threading.local()


def typeset(sheet: dict[str, Any], day: datetime) -> bytes:
    """The PDF; `day`, without microseconds, dates the file."""
    inputs = {"sheet": json.dumps(sheet, ensure_ascii=False)}
    try:
        pdf = _compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS, timestamp=day)
    except typst.TypstError:
        # The standards forbid signs that the typeface lacks: better a box in one name than no receipt.
        pdf = _compiler().compile(format="pdf", sys_inputs=inputs, timestamp=day)
    assert isinstance(pdf, bytes)
    return pdf


def _compiler() -> typst.Compiler:
    compiler: typst.Compiler | None = getattr(_thread, "compiler", None)
    if compiler is None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(_FONTS)])
        compiler = typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=fonts, ignore_system_fonts=True)
        _thread.compiler = compiler
    return compiler

"""Typst, one compiler per thread: a compiler keeps fonts and templates in memory and serves one call at a time."""

import json
import threading
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import typst

from kontor_documents.rendering.errors import RenderingError
from kontor_documents.rendering.printable import FONTS
from kontor_documents.rendering.sheet import Sheet
from kontor_documents.worker import DidNotFinish, Worker
from kontor_service.i18n import N_

TEMPLATES = Path(str(files("kontor_documents.rendering") / "template"))
# Archival, with room for attachments; and accessible (ISO 14289-1): tagged, titled, in a known language.
STANDARDS: "list[typst.PDFStandard]" = ["a-3b", "ua-1"]

# Characters of input: some hundred lines. What is larger is set in a process of its own, so that its memory comes back.
LARGE = 150_000
TIMEOUT_SECONDS = 120.0

_worker = Worker(TIMEOUT_SECONDS, 1)
_thread = threading.local()


def typeset(sheet: Sheet, day: datetime) -> bytes:
    """The sheet as PDF. All input goes in as JSON text, so that nothing in it is read as markup. `day` dates the file."""
    text = json.dumps(sheet.content, ensure_ascii=False)
    try:
        job = (text, day, sheet.template)
        pdf = compiled(*job) if len(text) <= LARGE else _worker.run(compiled, *job)
    except DidNotFinish as error:
        raise RenderingError("document", N_("The document is too large for a PDF to be made of it.")) from error
    if isinstance(pdf, str):
        raise RenderingError("document", N_("The document cannot be typeset: %(reason)s"), reason=pdf)
    return pdf


def compiled(text: str, day: datetime, template: str) -> bytes | str:
    """The PDF, or why there is none."""
    try:
        pdf = _compiler().compile(
            TEMPLATES / template, format="pdf", sys_inputs={"sheet": text}, pdf_standards=STANDARDS, timestamp=day
        )
    except typst.TypstError as error:
        return str(error.message)
    assert isinstance(pdf, bytes)
    return pdf


def _compiler() -> typst.Compiler:
    compiler: typst.Compiler | None = getattr(_thread, "compiler", None)
    if compiler is None:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[*map(str, FONTS)])
        compiler = typst.Compiler(root=TEMPLATES, font_paths=fonts, ignore_system_fonts=True)
        _thread.compiler = compiler
    return compiler

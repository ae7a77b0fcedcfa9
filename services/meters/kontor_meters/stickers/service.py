"""A sheet of labels with QR codes, to be stuck beside meters (G3). Made with Typst, as documents' PDFs are."""

import asyncio
import json
import threading
from io import BytesIO
from pathlib import Path
from typing import Annotated, Literal

import fontpkg_ibm_plex_sans
import segno
import typst
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from kontor.meters.v1.meters_pb2_codes import MeterKind
from kontor_meters.copies import language
from kontor_meters.inputs import Line, Number, Title
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader, speaking
from kontor_service.tokens import Principal, require
from kontor_service.vocabulary import word

router = APIRouter(prefix="/v1", tags=["stickers"])
Editor = Annotated[Principal, Depends(require("meters:edit"))]

_TEMPLATE = Path(__file__).parent / "sheet.typ"
_FONTS = Path(fontpkg_ibm_plex_sans.__file__).parent / "files"
# Archival is of no use here; accessible (ISO 14289-1) is.
_STANDARDS: "list[typst.PDFStandard]" = ["ua-1"]
_ACCENT = "#1f5f4b"

# A compiler keeps fonts and template in memory and serves one call at a time.
_thread = threading.local()


class StickerMerchant(BaseModel):
    name: Title
    accent: Annotated[str, StringConstraints(pattern="^(#[0-9a-fA-F]{6})?$")] = ""


class Sticker(BaseModel):
    number: Number
    # electricity, gas, water, heat; anything else is printed as it is.
    kind: Line = ""
    place: Title | Literal[""] = ""
    # What the code leads to.
    url: Annotated[str, StringConstraints(pattern="^https?://", max_length=500)]


class StickersInput(BaseModel):
    merchant: StickerMerchant
    items: list[Sticker] = Field(min_length=1, max_length=2_000)


@router.post("/stickers")
async def stickers(request: Request, wanted: StickersInput, principal: Editor) -> Response:
    """A PDF of A4 sheets with 21 labels each, in the merchant's language."""
    async with request.app.state.db.transaction(principal.merchant) as session:
        spoken = await language(session, principal.merchant)
    pdf = await asyncio.to_thread(_pdf, wanted, spoken)
    return Response(pdf, media_type="application/pdf", headers={"Cache-Control": "private, no-store"})


def _pdf(wanted: StickersInput, language: str) -> bytes:
    with speaking(language):
        sheet = {
            "title": _("Stickers for meters"),
            "language": reader().language,
            "merchant": wanted.merchant.name,
            "accent": wanted.merchant.accent or _ACCENT,
            "invitation": _("Scan to submit your reading"),
            "labels": [_label(item) for item in wanted.items],
        }
    inputs = {"sheet": json.dumps(sheet, ensure_ascii=False)}
    try:
        pdf = _compiler().compile(format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS)
    except typst.TypstError:
        # The standard forbids signs that the typeface lacks: better a box in one name than no stickers.
        pdf = _compiler().compile(format="pdf", sys_inputs=inputs)
    assert isinstance(pdf, bytes)
    return pdf


def _label(item: Sticker) -> dict[str, str]:
    return {
        "number": _breakable(item.number),
        "kind": word(MeterKind, item.kind),
        "place": item.place,
        "qr": _qr(item.url),
        "alt": _("QR code: submit a reading of %(number)s", number=item.number),
    }


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

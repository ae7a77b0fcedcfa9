"""What staff say of a standing document, and its file: a PDF, or a text."""

import asyncio
import base64
import binascii
import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kontor.documents.v1.documents_pb2_codes import DocumentType, StandingDocumentKind
from kontor_documents.einvoice.pdf import invoice_xmls
from kontor_service.bodies import MEBIBYTE
from kontor_service.errors import Invalid, TooLarge
from kontor_service.i18n import N_, Language
from kontor_service.validation import Line, wrong

MOST_BYTES = 5 * MEBIBYTE
# As base64, with the fields beside it.
MOST_BODY_BYTES = 7 * MEBIBYTE
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")

FileUnusable = Invalid.named("file_unusable", N_("A PDF or a text file is expected here."))
FileTooLarge = TooLarge.named("file_too_large", N_("The file is too large: at most %(megabytes)s MB are possible."))


def _decodable(value: str) -> str:
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise wrong("base64", N_("The file is expected here in base64.")) from None
    return value


class FileInput(BaseModel):
    """`content` in base64."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Line, Field(min_length=1, max_length=200)]
    content: Annotated[str, AfterValidator(_decodable)]


class StandingDocumentInput(BaseModel):
    """The whole of it. Without `file` it keeps the one it has. `sentence` is what a customer agrees to; empty: the usual."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[Line, Field(min_length=1, max_length=120, pattern=r"\S")]
    kind: StandingDocumentKind
    language: Language = "de"
    document_types: Annotated[list[DocumentType], Field(min_length=1, max_length=len(DocumentType))]
    consent: bool = False
    sentence: Annotated[Line, Field(max_length=500)] = ""
    position: Annotated[int, Field(ge=0, le=99)] = 0
    active: bool = True
    file: FileInput | None = None


class Content(BaseModel):
    """A file that has been looked at."""

    name: str
    media_type: str
    content: bytes


async def checked(file: FileInput) -> Content:
    """Raises FileTooLarge, FileUnusable, and what is wrong with a PDF. A text is kept in UTF-8."""
    content = base64.b64decode(file.content)
    if len(content) > MOST_BYTES:
        raise FileTooLarge(field="file", megabytes=MOST_BYTES // MEBIBYTE)
    if content.startswith(b"%PDF-"):
        await asyncio.to_thread(invoice_xmls, content)
        return Content(name=file.name, media_type="application/pdf", content=content)
    return Content(name=file.name, media_type="text/plain", content=_text(content).encode())


def _text(content: bytes) -> str:
    """As UTF-8, else as Windows writes German."""
    try:
        found = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        found = content.decode("cp1252", errors="replace")
    if not found.strip() or _CONTROL.search(found) or "\ufffd" in found:
        raise FileUnusable(field="file")
    return found

"""What a file is, by its first bytes and never by its name."""

from enum import StrEnum

from kontor_documents.einvoice.errors import FileTooLarge, UnknownFileType
from kontor_service.i18n import N_

MAX_UPLOAD_BYTES = 25 * 1024 * 1024


class FileType(StrEnum):
    """The media types that are accepted."""

    PDF = "application/pdf"
    XML = "application/xml"
    JSON = "application/json"
    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    GIF = "image/gif"


IMAGES = frozenset({FileType.PNG, FileType.JPEG, FileType.WEBP, FileType.GIF})
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", FileType.PNG),
    (b"\xff\xd8\xff", FileType.JPEG),
    (b"GIF87a", FileType.GIF),
    (b"GIF89a", FileType.GIF),
)
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
# Readers accept a PDF whose header comes a little late.
_PDF_HEADER_WITHIN = 1024


def file_type(content: bytes, limit: int = MAX_UPLOAD_BYTES) -> FileType:
    """Raises FileTooLarge (limit in bytes) and UnknownFileType."""
    if len(content) > limit:
        raise FileTooLarge(N_("At most %(megabytes)s MiB are accepted."), field="file", megabytes=limit // 1024**2)
    if not content:
        raise UnknownFileType(N_("The file is empty."), code="file_empty", field="file")
    for magic, type in _MAGIC:
        if content.startswith(magic):
            return type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileType.WEBP
    if b"%PDF-" in content[:_PDF_HEADER_WITHIN]:
        return FileType.PDF
    if (text := _text_type(content)) is not None:
        return text
    raise UnknownFileType(N_("This type of file cannot be read. Please send PDF or XML."), field="file")


def _text_type(content: bytes) -> FileType | None:
    start = content[:200]
    for mark in _BYTE_ORDER_MARKS:
        start = start.removeprefix(mark)
    first = start.replace(b"\x00", b"").lstrip()[:1]
    return {b"<": FileType.XML, b"{": FileType.JSON}.get(first)

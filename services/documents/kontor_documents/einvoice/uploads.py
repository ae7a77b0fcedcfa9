"""What a file is, by its first bytes and never by its name; images are decoded and written anew."""

import io
import warnings
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageOps

from kontor_documents.einvoice.errors import BrokenImage, FileTooLarge, HostileImage, UnknownFileType

MAX_UPLOAD_BYTES = 25 * 1024 * 1024
MAX_IMAGE_BYTES = 10 * 1024 * 1024
MAX_IMAGE_PIXELS = 40_000_000
# Longest side, in pixels, of what is kept.
MAX_IMAGE_SIDE = 4_000


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
        raise FileTooLarge(f"Files of at most {limit // 1024**2} MiB are accepted", field="file")
    if not content:
        raise UnknownFileType("The file is empty", code="file_empty", field="file")
    for magic, type in _MAGIC:
        if content.startswith(magic):
            return type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return FileType.WEBP
    if b"%PDF-" in content[:_PDF_HEADER_WITHIN]:
        return FileType.PDF
    if (text := _text_type(content)) is not None:
        return text
    raise UnknownFileType("Neither PDF, XML nor JSON", field="file")


def _text_type(content: bytes) -> FileType | None:
    start = content[:200]
    for mark in _BYTE_ORDER_MARKS:
        start = start.removeprefix(mark)
    first = start.replace(b"\x00", b"").lstrip()[:1]
    return {b"<": FileType.XML, b"{": FileType.JSON}.get(first)


@dataclass(frozen=True)
class SafeImage:
    content: bytes
    type: FileType
    width: int
    height: int


def safe_image(content: bytes) -> SafeImage:
    """The picture alone, as PNG (with transparency or few colours) or JPEG: no metadata, no trailing bytes, upright.

    Raises FileTooLarge, UnknownFileType, BrokenImage and HostileImage (too many pixels, found before decoding).
    """
    if file_type(content, MAX_IMAGE_BYTES) not in IMAGES:
        raise UnknownFileType("This is not an image (PNG, JPEG, WebP, GIF)", field="file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as image:
                _check_pixels(image)
                return _written(image)
    except Image.DecompressionBombError as error:
        raise HostileImage(str(error), field="file") from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise BrokenImage(f"The image cannot be read: {str(error)[:200]}", field="file") from None


def _check_pixels(image: Image.Image) -> None:
    if image.width * image.height > MAX_IMAGE_PIXELS:
        allowed = f"at most {MAX_IMAGE_PIXELS // 10**6} megapixels are accepted"
        raise HostileImage(f"{image.width} × {image.height} pixels; {allowed}", field="file")


def _written(image: Image.Image) -> SafeImage:
    upright = ImageOps.exif_transpose(image)
    keeps_png = image.format != "JPEG"
    plain = upright.convert("RGBA" if keeps_png else "RGB")
    plain.thumbnail((MAX_IMAGE_SIDE, MAX_IMAGE_SIDE))
    # A fresh picture: nothing of the original's metadata can follow.
    fresh = Image.new(plain.mode, plain.size)
    fresh.paste(plain)
    out = io.BytesIO()
    if keeps_png:
        fresh.save(out, "PNG", optimize=True)
    else:
        fresh.save(out, "JPEG", quality=88, optimize=True)
    return SafeImage(out.getvalue(), FileType.PNG if keeps_png else FileType.JPEG, *fresh.size)

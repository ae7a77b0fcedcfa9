"""What may be sent with a comment: told by its content and never by its name, for a program renamed is a program."""

import asyncio
import io
import threading
import zipfile
from pathlib import PurePath

import pillow_heif

from kontor_documents.comments.errors import CommentFileTooLarge, FileNotAccepted
from kontor_service.pictures import redrawn

MOST_FILES = 10
# The largest phones take 200 megapixels, but send fewer.
_MOST_PIXELS = 64_000_000
_LONGEST_SIDE = 2_000
_PICTURES = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
_PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_LONGEST_NAME = 120
# One after the other: a picture of 64 megapixels takes 200 MB while it is decoded.
_decoding = threading.Lock()

_WORD = "application/vnd.openxmlformats-officedocument"
# Of office documents, which are archives: the entry that each kind has, its media type and suffix.
_OFFICE = {
    "word/document.xml": (f"{_WORD}.wordprocessingml.document", ".docx"),
    "xl/workbook.xml": (f"{_WORD}.spreadsheetml.sheet", ".xlsx"),
    "ppt/presentation.xml": (f"{_WORD}.presentationml.presentation", ".pptx"),
}
_OPEN_DOCUMENTS = {
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
}
_PROGRAMS = ("vbaproject.bin", ".exe", ".dll", ".scr", ".js", ".vbs", ".bat", ".cmd", ".com", ".jar", ".class")
_TEXTS = {".txt": "text/plain", ".csv": "text/csv"}
# What makes a text a program or a page wherever it is opened.
_SCRIPT_STARTS = ("#!", "<", "@echo")


async def checked(content: bytes, name: str, *, limit: int) -> tuple[bytes, str, str]:
    """The bytes to be kept, their media type and the file's name with the suffix of what it is. `limit` is in bytes.

    Pictures are drawn anew, at most 2000 px, without metadata. Raises CommentFileTooLarge, FileNotAccepted, and of
    pictures NotAnImage, PictureTooLarge.
    """
    if len(content) > limit:
        raise CommentFileTooLarge(field="file", megabytes=limit // 1024**2)
    if _is_picture(content):
        content, media_type = await asyncio.to_thread(_shrunk_picture, content)
        suffixes: tuple[str, ...] = (".jpg", ".jpeg") if media_type == "image/jpeg" else (".png",)
    else:
        media_type, suffix = _kind(content, name)
        suffixes = (suffix,)
    return content, media_type, _named(name, suffixes)


def _is_picture(content: bytes) -> bool:
    webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    heif = content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1", b"hevc", b"msf1")
    return content.startswith(_PICTURE_STARTS) or webp or heif


def _shrunk_picture(content: bytes) -> tuple[bytes, str]:
    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    side = (_LONGEST_SIDE, _LONGEST_SIDE)
    with _decoding:
        picture = redrawn(content, formats=_PICTURES, fits_into=side, most_pixels=_MOST_PIXELS)
    return picture.content, picture.media_type


def _kind(content: bytes, name: str) -> tuple[str, str]:
    if content.startswith(b"%PDF-"):
        return "application/pdf", ".pdf"
    found = _office(content) if content.startswith(b"PK\x03\x04") else _text(content, name)
    if found is None:
        raise FileNotAccepted(field="file")
    return found


def _office(content: bytes) -> tuple[str, str] | None:
    """An office document without macros; no other archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            if any(entry.lower().endswith(_PROGRAMS) for entry in names):
                return None
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                declared = archive.read("mimetype").decode("latin-1")
                scripted = any(entry.startswith(("Basic/", "Scripts/")) for entry in names)
                suffix = None if scripted else _OPEN_DOCUMENTS.get(declared)
                return (declared, suffix) if suffix else None
            return next((kind for entry, kind in _OFFICE.items() if entry in names), None)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError):
        return None


def _text(content: bytes, name: str) -> tuple[str, str] | None:
    """Plain text that calls itself so."""
    suffix = PurePath(name).suffix.lower()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if suffix not in _TEXTS or not text.strip() or "\0" in text or text.lstrip().lower().startswith(_SCRIPT_STARTS):
        return None
    return _TEXTS[suffix], suffix


def _named(name: str, suffixes: tuple[str, ...]) -> str:
    """The name without folders, ending as a file of its kind does."""
    plain = "".join(sign for sign in name.replace("\\", "/").rpartition("/")[2] if sign.isprintable()).strip(" .")
    stem = plain.rpartition(".")[0]
    if plain.lower().endswith(suffixes):
        return f"{stem[:_LONGEST_NAME]}{plain[len(stem) :].lower()}"
    return f"{(plain or 'file')[:_LONGEST_NAME]}{suffixes[0]}"

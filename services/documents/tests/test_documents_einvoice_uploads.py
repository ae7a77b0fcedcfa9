"""Files are what their content says, and images are drawn anew."""

import io
import struct
import zlib

import pytest
from PIL import Image

from kontor_documents.einvoice.errors import BrokenImage, FileTooLarge, HostileImage, UnknownFileType
from kontor_documents.einvoice.uploads import MAX_IMAGE_BYTES, MAX_IMAGE_SIDE, FileType, file_type, safe_image


def image(kind: str, size: tuple[int, int] = (40, 20), **save: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **save)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7\n", FileType.PDF),
        (b"\n\n%PDF-1.4", FileType.PDF),
        (b"<?xml version='1.0'?><a/>", FileType.XML),
        (b"\xef\xbb\xbf<a/>", FileType.XML),
        ("<a/>".encode("utf-16"), FileType.XML),
        (b'  {"number": "1"}', FileType.JSON),
        (image("PNG"), FileType.PNG),
        (image("JPEG"), FileType.JPEG),
        (image("WEBP"), FileType.WEBP),
        (image("GIF"), FileType.GIF),
    ],
)
def test_the_type_is_found_in_the_content(content: bytes, expected: FileType) -> None:
    assert file_type(content) is expected


@pytest.mark.parametrize("content", [b"MZ\x90\x00", b"PK\x03\x04", b"#!/bin/sh", b"\x00" * 100])
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(UnknownFileType):
        file_type(content)


def test_an_empty_file_is_named_so() -> None:
    with pytest.raises(UnknownFileType) as caught:
        file_type(b"")
    assert caught.value.code == "file_empty"


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(FileTooLarge):
        file_type(b"<" * 11, limit=10)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("PNG", FileType.PNG), ("JPEG", FileType.JPEG), ("WEBP", FileType.PNG), ("GIF", FileType.PNG)],
)
def test_an_image_is_drawn_anew(kind: str, expected: FileType) -> None:
    safe = safe_image(image(kind))
    assert (safe.type, safe.width, safe.height) == (expected, 40, 20)
    assert file_type(safe.content) is expected


def test_nothing_but_the_picture_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    original = image("JPEG", exif=exif) + b"<script>alert(1)</script>"
    safe = safe_image(original)
    assert b"SECRET" in original
    assert b"SECRET" not in safe.content
    assert b"<script>" not in safe.content


def test_a_photo_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    safe = safe_image(image("JPEG", exif=exif))
    assert (safe.width, safe.height) == (20, 40)


def test_transparency_is_kept() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(safe_image(out.getvalue()).content)) as drawn:
        assert drawn.getpixel((0, 0))[3] == 0


def test_a_large_image_is_reduced() -> None:
    assert safe_image(image("PNG", (MAX_IMAGE_SIDE * 2, 100))).width == MAX_IMAGE_SIDE


def test_a_decompression_bomb_is_refused_before_decoding() -> None:
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data = b"IDAT" + zlib.compress(b"\0" * 1000)
    png += struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    with pytest.raises(HostileImage):
        safe_image(png)


def test_a_truncated_image_is_broken() -> None:
    with pytest.raises(BrokenImage):
        safe_image(image("PNG", (400, 400))[:200])


def test_a_pdf_is_no_image() -> None:
    with pytest.raises(UnknownFileType):
        safe_image(b"%PDF-1.7")


def test_an_image_over_the_limit_is_refused() -> None:
    with pytest.raises(FileTooLarge):
        safe_image(b"\x89PNG\r\n\x1a\n" + b"\0" * MAX_IMAGE_BYTES)

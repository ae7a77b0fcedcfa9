"""Files are what their content says."""

import io

import pytest
from PIL import Image

from kontor_documents.einvoice.errors import FileTooLarge, UnknownFileType
from kontor_documents.einvoice.uploads import FileType, file_type


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

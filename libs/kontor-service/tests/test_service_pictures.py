"""Pictures are drawn anew."""

import io
import struct
import zlib

import pytest
from PIL import Image

from kontor_service.pictures import NotAnImage, Picture, PictureTooLarge, redrawn


def image(kind: str, size: tuple[int, int] = (40, 20), mode: str = "RGB", **save: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, kind, **save)
    return out.getvalue()


def drawn(content: bytes, *, side: int = 1600, pixels: int = 10_000_000, as_jpeg: bool = False) -> Picture:
    formats = ("PNG", "JPEG", "WEBP", "GIF")
    return redrawn(content, formats=formats, fits_into=(side, side), most_pixels=pixels, as_jpeg=as_jpeg)


@pytest.mark.parametrize(("kind", "media_type"), [("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "png"), ("GIF", "png")])
def test_a_picture_stays_what_it_is_or_becomes_png(kind: str, media_type: str) -> None:
    picture = drawn(image(kind))
    assert (picture.media_type, picture.width, picture.height) == (f"image/{media_type}", 40, 20)
    with Image.open(io.BytesIO(picture.content)) as opened:
        assert f"image/{opened.format}".lower() == picture.media_type


def test_every_picture_can_become_a_jpeg() -> None:
    assert drawn(image("PNG", mode="RGBA"), as_jpeg=True).media_type == "image/jpeg"


def test_nothing_but_the_picture_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-PLACE"
    original = image("JPEG", exif=exif) + b"<script>alert(1)</script>"
    assert b"SECRET" in original
    picture = drawn(original)
    assert b"SECRET" not in picture.content
    assert b"<script>" not in picture.content


def test_a_photo_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = drawn(image("JPEG", exif=exif))
    assert (picture.width, picture.height) == (20, 40)


def test_transparency_is_kept() -> None:
    with Image.open(io.BytesIO(drawn(image("PNG", mode="RGBA")).content)) as picture:
        assert picture.getpixel((0, 0))[3] == 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_picture_is_reduced(kind: str) -> None:
    assert drawn(image(kind, (3000, 100)), side=300).width == 300


def test_a_decompression_bomb_is_refused_before_decoding() -> None:
    chunk = b"IHDR" + struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data = b"IDAT" + zlib.compress(b"\0" * 1000)
    png += struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    with pytest.raises(PictureTooLarge):
        drawn(png)


def test_more_pixels_than_allowed_are_refused() -> None:
    with pytest.raises(PictureTooLarge):
        drawn(image("PNG", (40, 20)), pixels=799)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", image("PNG", (400, 400))[:200], image("BMP")])
def test_what_cannot_be_read_is_no_picture(content: bytes) -> None:
    with pytest.raises(NotAnImage):
        drawn(content)

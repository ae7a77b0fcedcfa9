"""A logo for the demo merchant, drawn here so that none has to be carried along."""

import io
from pathlib import Path

import fontpkg_ibm_plex_sans
from PIL import Image, ImageDraw, ImageFont

_SCALE = 4
_GREEN, _INK = (11, 93, 78), (28, 31, 33)


def logo() -> bytes:
    """A flame in a ring and the name, as PNG of 600×240 pixels (150×60 points)."""
    image = Image.new("RGBA", (150 * _SCALE, 60 * _SCALE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    _mark(draw)
    font = str(next(Path(fontpkg_ibm_plex_sans.__file__).parent.rglob("IBMPlexSans*.ttf")))
    draw.text((54 * _SCALE, 10 * _SCALE), "Brunner", _GREEN, ImageFont.truetype(font, 21 * _SCALE))
    draw.text((54 * _SCALE, 34 * _SCALE), "Haustechnik", _INK, ImageFont.truetype(font, 13 * _SCALE))
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _mark(draw: ImageDraw.ImageDraw) -> None:
    s = _SCALE
    draw.ellipse((6 * s, 8 * s, 48 * s, 50 * s), fill=_GREEN)
    flame = [(27, 14), (36, 26), (37, 36), (32, 43), (22, 43), (17, 36), (18, 28), (23, 31)]
    draw.polygon([(x * s, y * s) for x, y in flame], fill=(255, 255, 255))
    draw.polygon([(x * s, y * s) for x, y in [(27, 29), (32, 37), (27, 43), (22, 38)]], fill=_GREEN)

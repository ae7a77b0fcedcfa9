"""From the merchant's one accent colour to the inks of a page."""

import re

from kontor_documents.rendering.errors import RenderingError
from kontor_service.i18n import N_

Rgb = tuple[int, int, int]

# WCAG 2.1 AA for normal text (1.4.3)
READABLE = 4.5


def palette(accent: str) -> dict[str, str]:
    """`accent` for bars, `ink` readable on white, `wash` a tint behind dark text."""
    rgb = parse(accent)
    return {
        "accent": to_hex(rgb),
        "ink": to_hex(readable_on_white(rgb)),
        "wash": to_hex(mix(rgb, (255, 255, 255), 0.08)),
    }


def parse(colour: str) -> Rgb:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise RenderingError(
            "branding.accent", N_("%(colour)s is not a colour of the form #rrggbb."), colour=f"{colour!r}"
        )
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def to_hex(rgb: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def mix(first: Rgb, second: Rgb, share: float) -> Rgb:
    """`share` of the first colour, the rest of the second."""
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(first, second, strict=True))
    return red, green, blue


def luminance(rgb: Rgb) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    red, green, blue = (_linear(channel / 255) for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: Rgb, second: Rgb) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on_white(rgb: Rgb) -> Rgb:
    """The same hue, darkened in small steps until text in it can be read on white paper."""
    share = 1.0
    ink = rgb
    while contrast(ink, (255, 255, 255)) < READABLE:
        share -= 0.02
        ink = mix(rgb, (0, 0, 0), share)
    return ink


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

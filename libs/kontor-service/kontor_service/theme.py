"""A merchant's accent colour in pages, mails and PDFs: every ink has at least 4.5 : 1 (WCAG 2.1, 1.4.3) on light and on dark.

Lightness is moved in OKLCH, which keeps the hue that people recognise a brand by.
"""

import re
from collections.abc import Callable
from math import cbrt

HEX = re.compile(r"#?[0-9a-fA-F]{6}\Z")
_LIGHT = {"paper": "#f7f6f3", "card": "#ffffff", "ink": "#1c1f21"}
_DARK = {"paper": "#121415", "card": "#1a1d1f", "ink": "#eceae6"}
READABLE = 4.5
# A filled button carries its own words; on light it keeps the brand's colour unless that is nearly white.
VISIBLE_ON_LIGHT = 1.25
BRIGHT_ON_DARK = 6.0

Rgb = tuple[float, float, float]


def _parse(color: str) -> Rgb:
    digits = color.removeprefix("#")
    return tuple(int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))  # type: ignore[return-value]


def _hex(color: Rgb) -> str:
    return "#" + "".join(f"{round(min(1, max(0, part)) * 255):02x}" for part in color)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    part = min(1, max(0, part))
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two #rrggbb colours as WCAG 2.1 defines it, 1 to 21."""

    def luminance(color: str) -> float:
        red, green, blue = map(_linear, _parse(color))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _to_oklab(color: Rgb) -> Rgb:
    r, g, b = map(_linear, color)
    long, medium, short = (
        cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b),
        cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b),
        cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b),
    )
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _from_oklab(lightness: float, a: float, b: float) -> Rgb:
    """Linear light, possibly outside of 0 to 1."""
    long, medium, short = (
        (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3,
        (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3,
        (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3,
    )
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _moved(color: str, lightness: float) -> str:
    """The colour at another lightness, with as much of its chroma as the screen can show there."""
    _own, a, b = _to_oklab(_parse(color))
    for share in range(20, -1, -1):
        found = _from_oklab(lightness, a * share / 20, b * share / 20)
        if all(-0.001 <= part <= 1.001 for part in found):
            break
    return _hex((_gamma(found[0]), _gamma(found[1]), _gamma(found[2])))


def _until(color: str, step: float, good: Callable[[str], bool]) -> str:
    """The nearest colour in that direction that is good."""
    if good(color):
        return color
    lightness = _to_oklab(_parse(color))[0]
    while 0 <= lightness <= 1:
        lightness += step
        moved = _moved(color, lightness)
        if good(moved):
            return moved
    return "#000000" if step < 0 else "#ffffff"


def _mix(color: str, ground: str, share: float) -> str:
    return _hex(tuple(c * share + g * (1 - share) for c, g in zip(_parse(color), _parse(ground), strict=True)))  # type: ignore[arg-type]


def _scheme(color: str, grounds: dict[str, str], step: float, wash_share: float) -> dict[str, str]:
    fill = _until(
        color, step, lambda c: contrast(c, grounds["card"]) >= (BRIGHT_ON_DARK if step > 0 else VISIBLE_ON_LIGHT)
    )
    wash = _mix(fill, grounds["card"], wash_share)
    on_all = [grounds["paper"], grounds["card"], wash]
    ink = _until(fill, step, lambda c: min(contrast(c, ground) for ground in on_all) >= READABLE)
    # Black and white cannot both fail: the worst fill leaves 4.58 for one of them.
    on_fill = next(c for c in ("#ffffff", "#0d1211", "#000000") if contrast(c, fill) >= READABLE)
    return {"accent": fill, "on-accent": on_fill, "accent-ink": ink, "accent-wash": wash}


def theme(color: str) -> tuple[dict[str, str], dict[str, str]]:
    """The tokens for light and for dark. `color` is #rrggbb; ValueError for anything else."""
    if not HEX.match(color):
        raise ValueError(f"not a colour of the form #rrggbb: {color!r}")
    color = "#" + color.removeprefix("#").lower()
    return _scheme(color, _LIGHT, -0.01, 0.09), _scheme(color, _DARK, 0.01, 0.16)

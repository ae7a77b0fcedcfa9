"""The signature under a quote: typed as the full name, or drawn. Pure functions.

A drawing is kept as its strokes, from which the vector and the picture are made. Strokes are personal data that could be
used to forge a signature: no log and no event carries them.
"""

import math
from io import BytesIO
from itertools import pairwise
from typing import Annotated, Literal, Self

from PIL import Image, ImageDraw
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kontor_service.errors import Invalid
from kontor_service.i18n import N_
from kontor_service.validation import Line, wrong

SignatureInvalid = Invalid.named("signature_invalid", N_("The signature is missing."))

MAX_STROKES = 400
MAX_POINTS = 20_000
# Of a finger's stroke on the pad: less than this in all is a dot or a slip, not a signature.
LEAST_LENGTH = 60.0
LEAST_WIDTH = 20.0
# So far from the straight line between its ends, where there is only one stroke: less is a swipe over the page.
LEAST_BEND = 3.0
INK = "#10243e"
_GREY_INK = (20, 255)
_PEN = 2.2
_MARGIN = 8.0
_PICTURE_SCALE = 3.0
_PICTURE_SIDE = 1500.0

# In pixels of the pad, from its upper left corner.
Coordinate = Annotated[float, Field(ge=0, le=4_000, allow_inf_nan=False)]
Point = tuple[Coordinate, Coordinate]
Stroke = Annotated[list[Point], Field(min_length=1, max_length=MAX_POINTS)]


class Signature(BaseModel):
    """`text` is the full name of who signs by typing; `strokes` are the lines of a drawing, each a list of [x, y] in pixels
    of the pad (a pad is some 300 to 700 pixels wide)."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    kind: Literal["typed", "drawn"]
    text: Annotated[Line, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    strokes: Annotated[list[Stroke], Field(max_length=MAX_STROKES, repr=False)] = []

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if sum(map(len, self.strokes)) > MAX_POINTS:
            raise wrong("signature_too_long", N_("The signature has too many points. Please sign again."))
        return self


def check_signature(signature: Signature, name: str) -> None:
    """Raises SignatureInvalid where nobody could have signed like this: a blank or dotted drawing, or a typed text that is
    not the full name of `name`."""
    if signature.kind == "drawn":
        if _is_blank(signature.strokes):
            raise SignatureInvalid(
                N_(
                    "What was drawn is no signature. Please sign once more in the field, or type your full name instead."
                ),
                field="signature.strokes",
            )
        return
    if _spelled(signature.text) != _spelled(name):
        raise SignatureInvalid(
            N_("Please type your full name as the signature, as you gave it: %(name)s"),
            field="signature.text",
            name=name,
        )
    if len([word for word in signature.text.split() if any(map(str.isalpha, word))]) < 2:
        raise SignatureInvalid(N_("Please type your first and last name as the signature."), field="signature.text")


def _is_blank(strokes: list[list[Point]]) -> bool:
    length = sum(math.dist(a, b) for stroke in strokes for a, b in pairwise(stroke))
    left, _, right, _ = bounds(strokes) if strokes else (0.0, 0.0, 0.0, 0.0)
    return length < LEAST_LENGTH or right - left < LEAST_WIDTH or _is_straight(strokes)


def _is_straight(strokes: list[list[Point]]) -> bool:
    if len(strokes) != 1:
        return False
    (x, y), (end_x, end_y) = strokes[0][0], strokes[0][-1]
    span = math.hypot(end_x - x, end_y - y)
    if not span:
        return False
    return all(abs((end_x - x) * (y - b) - (x - a) * (end_y - y)) / span < LEAST_BEND for a, b in strokes[0])


def _spelled(text: str) -> str:
    return " ".join(text.split()).casefold()


def bounds(strokes: list[list[Point]]) -> tuple[float, float, float, float]:
    xs, ys = [x for stroke in strokes for x, _ in stroke], [y for stroke in strokes for _, y in stroke]
    return min(xs), min(ys), max(xs), max(ys)


def svg(strokes: list[list[Point]]) -> str:
    """The drawing as a vector, cut to its ink."""
    left, top, right, bottom = bounds(strokes)
    width, height = right - left + 2 * _MARGIN, bottom - top + 2 * _MARGIN
    path = " ".join(_path(stroke, left - _MARGIN, top - _MARGIN) for stroke in strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {height:.1f}" width="{width:.1f}" '
        f'height="{height:.1f}"><path d="{path}" fill="none" stroke="{INK}" stroke-width="{_PEN}" '
        'stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def _path(stroke: list[Point], left: float, top: float) -> str:
    """One stroke as a path through the middles between its points, which rounds the corners of a fast hand."""
    points = [(x - left, y - top) for x, y in stroke]
    (x, y), *rest = points
    if not rest:
        return f"M{x:.1f} {y:.1f}h0.1"
    curves = [
        f"Q{x:.1f} {y:.1f} {(x + later_x) / 2:.1f} {(y + later_y) / 2:.1f}"
        for (x, y), (later_x, later_y) in pairwise(points)
    ]
    return f"M{x:.1f} {y:.1f}{''.join(curves)}L{rest[-1][0]:.1f} {rest[-1][1]:.1f}"


def png(strokes: list[list[Point]]) -> bytes:
    """The drawing as a picture with a transparent ground, cut to its ink: three pixels for one of the pad, at most some
    1500 in all."""
    left, top, right, bottom = bounds(strokes)
    width, height = right - left + 2 * _MARGIN, bottom - top + 2 * _MARGIN
    scale = min(_PICTURE_SCALE, _PICTURE_SIDE / max(width, height))
    picture = Image.new("LA", (math.ceil(width * scale), math.ceil(height * scale)))
    brush, radius = ImageDraw.Draw(picture), _PEN * scale / 2
    for stroke in strokes:
        points = [((x - left + _MARGIN) * scale, (y - top + _MARGIN) * scale) for x, y in stroke]
        brush.line(points, fill=_GREY_INK, width=round(2 * radius), joint="curve")
        for x, y in (points[0], points[-1]):
            brush.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_GREY_INK)
    target = BytesIO()
    picture.save(target, "PNG", optimize=True)
    return target.getvalue()

"""The picture of a bar chart: scale, axes, bars. Coordinates are those of the viewBox, with y downwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log10

from markupsafe import Markup, escape

from kontor_service.i18n import reader
from kontor_web.amounts import fixed

_TOP = 26
_RIGHT = 4
_WIDEST_BAR = 56.0
_STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Frame:
    """`labels`: so many fit below the bars."""

    width: int
    height: int
    labels: int
    label_height: int


@dataclass(frozen=True, slots=True)
class Bar:
    """`parts` are stacked from below; `said` shows when a pointer rests on it."""

    parts: Sequence[int]
    before: int | None
    estimated: bool
    expected: tuple[int, int, int] | None
    said: str


@dataclass(frozen=True, slots=True)
class _Scale:
    """`ticks` from 0 on; the last one is the top of the picture."""

    frame: Frame
    left: int
    ticks: Sequence[int]

    @property
    def bottom(self) -> int:
        return self.frame.height - self.frame.label_height - 8

    def y(self, parts: int) -> float:
        return self.bottom - (self.bottom - _TOP) * parts / self.ticks[-1]

    def slot(self, count: int) -> float:
        return (self.frame.width - self.left - _RIGHT) / max(count, 1)


def draw(
    key: str, title: str, description: str, unit: str, most: int, frame: Frame, bars: Sequence[Bar], labels: Sequence[str],
    variant: str,
) -> Markup:  # fmt: skip
    """One SVG. `variant` is its class and part of its ids.

    Put together from strings, for a page draws a few hundred shapes; every text in it is escaped where it is put in.
    """
    ticks = nice_ticks(most)
    places = next((places for places in range(3) if all(tick % 10 ** (3 - places) == 0 for tick in ticks)), 3)
    said = [fixed(tick, places, reader().language) for tick in ticks]
    left = max(len(text) for text in said) * (frame.label_height // 2 + 1) + 8
    scale = _Scale(frame, left, ticks)
    id_ = escape(f"{key}-{variant}")
    shapes = [*_axes(scale, said, unit), *_drawn(scale, bars, id_), *_labels(scale, labels)]
    return Markup(  # noqa: S704 - texts are escaped
        f'<svg class="{variant}" viewBox="0 0 {frame.width} {frame.height}" role="img" aria-labelledby="{id_}-t {id_}-d">'
        f'<title id="{id_}-t">{escape(title)}</title><desc id="{id_}-d">{escape(description)}</desc>'
        f"{_hatch(id_) if any(bar.estimated for bar in bars) else ''}{''.join(shapes)}</svg>"
    )


def nice_ticks(most: int) -> list[int]:
    """Three to six round steps from 0 to at least `most`, in thousandths."""
    if most <= 0:
        return [0, 1000]
    least = most / 5
    power = 10 ** int(log10(least)) if least >= 1 else 1
    step = next(ceil(power * s) for s in (*_STEPS, 20) if power * s >= least)
    count = max(1, ceil(most / step))
    return [step * i for i in range(count + 1)]


def _axes(scale: _Scale, labels: Sequence[str], unit: str) -> Iterator[str]:
    beside = scale.left - 6
    yield f'<text class="tick" x="{beside}" y="12" text-anchor="end">{escape(unit)}</text>'
    for tick, text in zip(scale.ticks, labels, strict=True):
        kind, y = "grid" if tick else "axis", scale.y(tick)
        yield f'<path class="{kind}" d="M{scale.left} {y:.1f}H{scale.frame.width - _RIGHT}"/>'
        yield f'<text class="tick" x="{beside}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'


def _labels(scale: _Scale, labels: Sequence[str]) -> Iterator[str]:
    """Every so many that they do not run into each other; empty ones are left out."""
    slot = scale.slot(len(labels))
    every = max(1, ceil(len(labels) / scale.frame.labels)) if all(labels) else 1
    y = scale.frame.height - 4
    for place, label in enumerate(labels):
        if label and place % every == 0:
            x = scale.left + slot * (place + 0.5)
            yield f'<text class="tick" x="{x:.1f}" y="{y}" text-anchor="middle">{escape(label)}</text>'


def _drawn(scale: _Scale, bars: Sequence[Bar], key: str) -> Iterator[str]:
    slot = scale.slot(len(bars))
    beside = any(bar.before is not None for bar in bars)
    width = min(_WIDEST_BAR, slot * (0.36 if beside else 0.72 if slot > 6 else 0.9))
    for place, bar in enumerate(bars):
        left = scale.left + slot * place + (slot - width * (2 if beside else 1)) / 2
        yield f"<g><title>{escape(bar.said)}</title>{_reach(scale, slot, place)}"
        if beside:
            yield from _rect(scale, 'class="before"', left, width * 0.92, 0, bar.before or 0)
            left += width
        yield from _stack(scale, bar, left, width, key)
        yield "</g>"


def _reach(scale: _Scale, slot: float, place: int) -> str:
    """The whole column answers to the pointer, however small its bar."""
    x, height = scale.left + slot * place, scale.bottom - _TOP
    return f'<rect class="reach" x="{x:.1f}" y="{_TOP}" width="{slot:.1f}" height="{height}"/>'


def _stack(scale: _Scale, bar: Bar, left: float, width: float, key: str) -> Iterator[str]:
    reached = 0
    if bar.expected is not None:
        yield from _rect(scale, 'class="expected"', left, width, sum(bar.parts), bar.expected[1])
    for number, part in enumerate(bar.parts):
        yield from _rect(scale, f'class="part part-{number}"', left, width, reached, reached + part)
        reached += part
    if bar.estimated and reached:
        yield from _rect(scale, f'fill="url(#{key}-hatch)"', left, width, 0, reached)
    if bar.expected is not None:
        yield _whisker(scale, left + width / 2, width, bar.expected)


def _rect(scale: _Scale, look: str, left: float, width: float, low: int, high: int) -> Iterator[str]:
    if high > low:
        top = scale.y(high)
        yield f'<rect {look} x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{scale.y(low) - top:.1f}"/>'


def _whisker(scale: _Scale, middle: float, width: float, expected: tuple[int, int, int]) -> str:
    low, high, arm = scale.y(expected[0]), scale.y(expected[2]), min(width / 4, 6)
    start, end = middle - arm, middle + arm
    path = f"M{start:.1f} {low:.1f}H{end:.1f}M{middle:.1f} {low:.1f}V{high:.1f}M{start:.1f} {high:.1f}H{end:.1f}"
    return f'<path class="whisker" d="{path}"/>'


def _hatch(key: str) -> str:
    return (
        f'<defs><pattern id="{key}-hatch" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path class="hatch" d="M-1 7 7 -1M-1 1 1 -1M5 7 7 5"/></pattern></defs>'
    )

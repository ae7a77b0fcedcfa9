"""The picture of a bar chart: scale, axes, bars. Coordinates are those of the viewBox, with y downwards."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log10

from markupsafe import Markup

from kontor_web.meters import fixed

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
class Drawing:
    key: str
    title: str
    description: str
    unit: str
    most: int


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
    drawing: Drawing, frame: Frame, bars: Sequence[Bar], labels: Sequence[str], variant: str, language: str
) -> Markup:
    """One SVG. `variant` is its class and part of its ids."""
    ticks = nice_ticks(drawing.most)
    said = [fixed(tick, _places(ticks), language) for tick in ticks]
    left = max(len(text) for text in said) * (frame.label_height // 2 + 1) + 8
    scale = _Scale(frame, left, ticks)
    key = f"{drawing.key}-{variant}"
    body = Markup("\n").join([_axes(scale, said, drawing.unit), *_drawn(scale, bars, key), *_labels(scale, labels)])
    return Markup(
        '<svg class="{variant}" viewBox="0 0 {width} {height}" role="img" aria-labelledby="{key}-t {key}-d">'
        '<title id="{key}-t">{title}</title><desc id="{key}-d">{description}</desc>{defs}{body}</svg>'
    ).format(
        variant=variant, width=frame.width, height=frame.height, key=key, title=drawing.title,
        description=drawing.description, defs=_hatch(key) if any(bar.estimated for bar in bars) else Markup(), body=body,
    )  # fmt: skip


def nice_ticks(most: int) -> list[int]:
    """Three to six round steps from 0 to at least `most`, in thousandths."""
    if most <= 0:
        return [0, 1000]
    least = most / 5
    power = 10 ** int(log10(least)) if least >= 1 else 1
    step = next(ceil(power * s) for s in (*_STEPS, 20) if power * s >= least)
    count = max(1, ceil(most / step))
    return [step * i for i in range(count + 1)]


def _places(ticks: Sequence[int]) -> int:
    """Decimals that tell the ticks apart."""
    return next((places for places in range(3) if all(tick % 10 ** (3 - places) == 0 for tick in ticks)), 3)


def _axes(scale: _Scale, said: Sequence[str], unit: str) -> Markup:
    lines = [
        Markup('<path class="{}" d="M{} {:.1f}H{}"/><text class="tick" x="{}" y="{:.1f}" text-anchor="end">{}</text>').format(
            "axis" if tick == 0 else "grid", scale.left, scale.y(tick), scale.frame.width - _RIGHT, scale.left - 6,
            scale.y(tick) + 4, text,
        )
        for tick, text in zip(scale.ticks, said, strict=True)
    ]  # fmt: skip
    named = Markup('<text class="tick" x="{}" y="12" text-anchor="end">{}</text>').format(scale.left - 6, unit)
    return named + Markup().join(lines)


def _labels(scale: _Scale, labels: Sequence[str]) -> Iterator[Markup]:
    """Every so many that they do not run into each other; empty ones are left out."""
    slot = scale.slot(len(labels))
    every = max(1, ceil(len(labels) / scale.frame.labels)) if all(labels) else 1
    for place, label in enumerate(labels):
        if label and place % every == 0:
            middle = scale.left + slot * (place + 0.5)
            yield Markup('<text class="tick" x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(
                middle, scale.frame.height - 4, label
            )


def _drawn(scale: _Scale, bars: Sequence[Bar], key: str) -> Iterator[Markup]:
    slot = scale.slot(len(bars))
    beside = any(bar.before is not None for bar in bars)
    width = min(_WIDEST_BAR, slot * (0.36 if beside else 0.72 if slot > 6 else 0.9))
    for place, bar in enumerate(bars):
        left = scale.left + slot * place + (slot - width * (2 if beside else 1)) / 2
        shapes: list[Markup] = []
        if beside:
            shapes += _rect(scale, "before", left, width * 0.92, 0, bar.before or 0)
            left += width
        shapes += _stack(scale, bar, left, width, key)
        yield Markup("<g><title>{}</title>{}{}</g>").format(bar.said, _reach(scale, slot, place), Markup().join(shapes))


def _reach(scale: _Scale, slot: float, place: int) -> Markup:
    """The whole column answers to the pointer, however small its bar."""
    return Markup('<rect class="reach" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>').format(
        scale.left + slot * place, _TOP, slot, scale.bottom - _TOP
    )


def _stack(scale: _Scale, bar: Bar, left: float, width: float, key: str) -> Iterator[Markup]:
    reached = 0
    if bar.expected is not None:
        yield from _rect(scale, "expected", left, width, sum(bar.parts), bar.expected[1])
    for number, part in enumerate(bar.parts):
        yield from _rect(scale, f"part part-{number}", left, width, reached, reached + part)
        reached += part
    if bar.estimated and reached:
        yield from _rect(scale, "", left, width, 0, reached, fill=f"url(#{key}-hatch)")
    if bar.expected is not None:
        yield _whisker(scale, left + width / 2, width, bar.expected)


def _rect(
    scale: _Scale, classes: str, left: float, width: float, low: int, high: int, fill: str = ""
) -> Iterator[Markup]:
    if high > low:
        top = scale.y(high)
        filled = Markup(' fill="{}"').format(fill) if fill else Markup(' class="{}"').format(classes)
        yield Markup('<rect{} x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
            filled, left, top, width, scale.y(low) - top
        )


def _whisker(scale: _Scale, middle: float, width: float, expected: tuple[int, int, int]) -> Markup:
    low, high, arm = scale.y(expected[0]), scale.y(expected[2]), min(width / 4, 6)
    return Markup(
        '<path class="whisker" d="M{0:.1f} {2:.1f}H{1:.1f}M{4:.1f} {2:.1f}V{3:.1f}M{0:.1f} {3:.1f}H{1:.1f}"/>'
    ).format(middle - arm, middle + arm, low, high, middle)


def _hatch(key: str) -> Markup:
    return Markup(
        '<defs><pattern id="{}-hatch" width="6" height="6" patternUnits="userSpaceOnUse">'
        '<path class="hatch" d="M-1 7 7 -1M-1 1 1 -1M5 7 7 5"/></pattern></defs>'
    ).format(key)

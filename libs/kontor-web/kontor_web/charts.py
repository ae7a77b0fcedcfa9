"""Charts of amounts over time, drawn on the server as SVG: no script, no inline style, colours from the stylesheet.

Each chart is a figure with a picture for wide and one for narrow pages (the stylesheet shows one), a legend in words and
patterns, and the same values as a table. Amounts are thousandths of the unit, None where nothing is known.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates
from markupsafe import Markup, escape

from kontor_service import formats
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_web.amounts import amount, places_for, unit_name
from kontor_web.chart_drawing import Bar, Drawing, Frame, draw

Amounts = Sequence[int | None]
Expected = tuple[int, int, int]
# Where fewer labels fit, every so many of them is shown.
_WIDE = Frame(720, 270, labels=16, label_height=13)
_NARROW = Frame(280, 220, labels=12, label_height=12)
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Chart:
    """What a bar chart shows. `parts` are stacked: HT below NT."""

    key: str
    title: str
    unit: str
    labels: Sequence[str]
    short: Sequence[str]
    parts: Sequence[tuple[str, Amounts]]
    name: str
    before: Amounts
    before_name: str
    bases: Sequence[tuple[str, bool]]
    expected: Sequence[Expected | None]
    links: Sequence[str | None]
    table: bool

    @cached_property
    def totals(self) -> list[int | None]:
        return [_total([amounts[place] for _name, amounts in self.parts]) for place in range(len(self.labels))]

    @cached_property
    def most(self) -> int:
        """The highest thing in the picture."""
        seen = [part for part in (*self.totals, *self.before) if part is not None]
        return max([0, *seen, *(high for found in self.expected if found for high in found)])


def bars(
    key: str,
    labels: Sequence[str],
    parts: Sequence[tuple[str, Amounts]],
    *,
    unit: str,
    title: str,
    name: str = "",
    before: Amounts | None = None,
    before_name: str = "",
    bases: Sequence[tuple[str, bool]] | None = None,
    expected: Sequence[Expected | None] | None = None,
    short: Sequence[str] | None = None,
    links: Sequence[str | None] | None = None,
    table: bool = True,
) -> Markup:
    """Bars of months, days or years: this period's parts stacked, the one before beside them.

    `key` is unique on the page. `bases` say how each bar came about, in words and whether it is estimated: those
    are hatched. `expected` is what a bar will come to in all: (low, expected, high), drawn as an outline with a whisker.
    `short` are labels for narrow pages; `links` lead on from the table's rows.
    """
    chart = Chart(
        key, title, unit, labels, short or labels, parts, name, before or (), before_name, bases or (), expected or (),
        links or (), table,
    )  # fmt: skip
    return _figure(chart, labels, chart.short)


def _total(parts: Amounts) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def _bar(chart: Chart, place: int) -> Bar:
    return Bar(
        parts=[amounts[place] or 0 for _name, amounts in chart.parts],
        before=chart.before[place] if place < len(chart.before) else None,
        estimated=place < len(chart.bases) and chart.bases[place][1],
        expected=chart.expected[place] if place < len(chart.expected) else None,
        said=_said(chart, place),
    )


def _said(chart: Chart, place: int) -> str:
    """What a pointer resting on the bar shows."""
    places = places_for(chart.most)
    total = chart.totals[place]
    said = [f"{chart.labels[place]}: {amount(total, chart.unit, places)}"]
    if place < len(chart.before) and chart.before[place] is not None:
        said.append(f"{chart.before_name}: {amount(chart.before[place], chart.unit, places)}")
    found = chart.expected[place] if place < len(chart.expected) else None
    if found:
        said.append(_("expected: %(amount)s", amount=amount(found[1], chart.unit, places)))
    return " · ".join(said)


def _figure(chart: Chart, labels: Sequence[str], short: Sequence[str]) -> Markup:
    """`labels` and `short` stand below the bars; empty ones are left out."""
    if not chart.most and all(part is None for part in (*chart.totals, *chart.before)):
        return Markup('<p class="muted">{}</p>').format(_("Nothing is known for this time."))
    drawn = [_bar(chart, place) for place in range(len(chart.labels))]
    below = _details(_table(chart)) if chart.table else Markup()
    return Markup('<figure class="chart">{}{}{}</figure>').format(
        _pictures(chart, drawn, labels, short), _legend(chart), below
    )


def _pictures(chart: Chart, bars_: Sequence[Bar], labels: Sequence[str], short: Sequence[str]) -> Markup:
    """Both sizes. Only one of them is shown, so only one is read out."""
    drawing = Drawing(chart.key, chart.title, _description(chart), unit_name(chart.unit), chart.most)
    wide = draw(drawing, _WIDE, bars_, labels, "wide", reader().language)
    return wide + draw(drawing, _NARROW, bars_, short, "slim", reader().language)


def _description(chart: Chart) -> str:
    """The chart in two sentences, for whom it is read out."""
    known = [(part, label) for part, label in zip(chart.totals, chart.labels, strict=True) if part is not None]
    if not known:
        return _("Nothing is known for this time.")
    places = places_for(chart.most)
    most, where = max(known, key=lambda pair: pair[0])
    whole = sum(part for part, _label in known)
    said = _(
        "Together %(sum)s. Most in %(where)s: %(most)s.",
        sum=amount(whole, chart.unit, places), where=where, most=amount(most, chart.unit, places),
    )  # fmt: skip
    return " ".join([said, _("All values are in the table below.")]) if chart.table else said


def _legend(chart: Chart) -> Markup:
    named = [(f"part part-{i}", name) for i, (name, _amounts) in enumerate(chart.parts)]
    if len(named) == 1:
        named = [("part part-0", chart.parts[0][0] or chart.name)]
    entries = [entry for entry in named if entry[1]]
    if any(part is not None for part in chart.before):
        entries.append(("before", chart.before_name))
    if any(estimated for _word, estimated in chart.bases):
        entries.append(("part part-0 hatched", _("estimated")))
    if any(chart.expected):
        entries.append(("expected", _("expected, with range")))
    if len(entries) < 2:
        return Markup()
    rows = Markup().join(
        Markup('<li><svg class="swatch" viewBox="0 0 16 12" aria-hidden="true">{}</svg>{}</li>').format(
            _swatch(classes, chart.key), name
        )
        for classes, name in entries
    )
    return Markup('<ul class="legend">{}</ul>').format(rows)


def _swatch(classes: str, key: str) -> Markup:
    drawn = Markup('<rect class="{}" x="1" y="1" width="14" height="10" rx="1"/>').format(
        classes.replace(" hatched", "")
    )
    if "hatched" in classes:
        drawn += Markup('<path class="hatch" d="M1 8 8 1M5 11 15 1M11 11 15 7"/>')
    return drawn


def _table(chart: Chart) -> Markup:
    places = places_for(chart.most)
    stacked = len(chart.parts) > 1
    heads = [name for name, _amounts in chart.parts] if stacked else []
    heads.append(_("Together") if stacked else chart.name or chart.parts[0][0] or _("Quantity"))
    heads += [chart.before_name] if chart.before else []
    heads += [_("Expected")] if any(chart.expected) else []
    heads += [_("How it came about")] if chart.bases else []
    rows = Markup().join(_row(chart, place, places, stacked) for place in range(len(chart.labels)))
    return _as_table(f"{chart.title} ({unit_name(chart.unit)})", heads, rows, words=bool(chart.bases))


def _row(chart: Chart, place: int, places: int, stacked: bool) -> Markup:
    cells = [amounts[place] for _name, amounts in chart.parts] if stacked else []
    cells.append(chart.totals[place])
    cells += [chart.before[place]] if chart.before else []
    said = Markup().join(_cell(amount(cell, "", places)) for cell in cells)
    if any(chart.expected):
        found = chart.expected[place]
        said += _cell("") if found is None else _cell(amount(found[1], "", places), _range(found, places))
    if chart.bases:
        said += Markup("<td>{}</td>").format(chart.bases[place][0])
    label: Any = escape(chart.labels[place])
    link = chart.links[place] if place < len(chart.links) else None
    if link:
        label = Markup('<a href="{}">{}</a>').format(link, label)
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(label, said)


def _range(found: Expected, places: int) -> str:
    return f"{amount(found[0], '', places)}–{amount(found[2], '', places)}"


def _cell(text: str, below: str = "") -> Markup:
    small = Markup('<span class="sub">{}</span>').format(below) if below else ""
    return Markup('<td class="num">{}{}</td>').format(text, small)


def _as_table(caption: str, heads: Sequence[str], rows: Markup, *, words: bool = False) -> Markup:
    last = len(heads) - 1
    cells = Markup().join(
        Markup('<th scope="col"{}>{}</th>').format(Markup("") if words and i == last else Markup(' class="num"'), head)
        for i, head in enumerate(heads)
    )
    return Markup(
        '<table class="values"><caption>{}</caption><thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(caption, cells, rows)


def _details(table: Markup) -> Markup:
    return Markup(
        '<details class="more"><summary>{}</summary><div class="scroll" tabindex="0" role="group" aria-label="{}">{}</div>'
        "</details>"
    ).format(_("Show as a table"), _("Table"), table)


def quarter_hours(
    key: str,
    values: Sequence[dict[str, Any] | None],
    *,
    day: date | str,
    zone: str,
    unit: str,
    title: str,
    table: bool = True,
) -> Markup:
    """A day's 15-minute values: [{"from": ISO 8601, "value": decimal string} or None], from midnight in the zone on.

    On the days on which clocks change there are 92 or 100 of them; the labels follow the clock.
    """
    found = day if isinstance(day, date) else date.fromisoformat(day)
    labels = _clock(found, zone, len(values))
    amounts = [None if value is None else round(Decimal(str(value["value"])) * 1000) for value in values]
    chart = Chart(key, title, unit, labels, labels, [(title, amounts)], "", (), "", (), (), (), table)
    every_six_hours = [label if label[:2] in ("00", "06", "12", "18") and label[3:] == "00" else "" for label in labels]
    return _figure(chart, every_six_hours, every_six_hours)


def _clock(day: date, zone: str, count: int) -> list[str]:
    here = formats.zone_of(zone)
    first = datetime.combine(day, time.min, here).astimezone(ZoneInfo("UTC"))
    return [f"{(first + i * _QUARTER).astimezone(here):%H:%M}" for i in range(count)]


def month_labels(*, short: bool = False) -> list[str]:
    """Jan, Feb, … (short: J, F, …) in the reader's language."""
    locale = formats.locale_of(reader().language)
    names = dates.get_month_names("narrow" if short else "abbreviated", context="stand-alone", locale=locale)
    return [names[month].rstrip(".") for month in range(1, 13)]


def day_labels(year: int, month: int) -> list[str]:
    return [str(day) for day in range(1, monthrange(year, month)[1] + 1)]

"""Charts of amounts over time, drawn on the server as SVG: no script, no inline style, colours from the stylesheet.

Each chart is a figure with a picture for wide and one for narrow pages (the stylesheet shows one), a legend in words and
patterns, and the same values as a table. Amounts are thousandths of the unit, None where nothing is known.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from babel import dates
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from kontor_service import formats
from kontor_service.i18n import gettext as _
from kontor_service.i18n import reader
from kontor_web.amounts import amount, places_for, unit_name
from kontor_web.chart_drawing import Bar, Frame, draw

Amounts = Sequence[int | None]
Expected = tuple[int, int, int]
# Where fewer labels fit, every so many of them is shown.
_WIDE = Frame(720, 270, labels=16, label_height=13)
_NARROW = Frame(280, 220, labels=12, label_height=12)
_QUARTER = timedelta(minutes=15)
_environment = Environment(
    loader=PackageLoader("kontor_web"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    extensions=["jinja2.ext.i18n"],
)
_environment.globals |= {"_": _, "unit_name": unit_name}
_Any = TypeVar("_Any")


@dataclass(frozen=True)
class Chart:
    """Bars of months, days or years: this period's parts stacked (HT below NT), the one before beside them.

    `key` is unique on the page. `bases` say how each bar came about, in words and whether it is estimated: those
    are hatched. `expected` is what a bar will come to in all: (low, expected, high), drawn as an outline with a whisker.
    `below` stands below the bars, `short` on narrow pages; empty ones are left out. `links` lead on from the table's rows.
    """

    key: str
    labels: Sequence[str]
    parts: Sequence[tuple[str, Amounts]]
    _: KW_ONLY
    unit: str
    title: str
    name: str = ""
    before: Amounts | None = None
    before_name: str = ""
    bases: Sequence[tuple[str, bool]] | None = None
    expected: Sequence[Expected | None] | None = None
    below: Sequence[str] | None = None
    short: Sequence[str] | None = None
    links: Sequence[str | None] | None = None
    table: bool = True

    def __html__(self) -> Markup:
        return Markup(_environment.get_template("kontor/chart.html").render(c=self))  # noqa: S704 - escaped there

    __str__ = __html__

    @cached_property
    def totals(self) -> list[int | None]:
        columns = zip(*(amounts for _name, amounts in self.parts), strict=True)
        known = [[part for part in column if part is not None] for column in columns]
        return [sum(column) if column else None for column in known]

    @property
    def empty(self) -> bool:
        return all(part is None for part in (*self.totals, *(self.before or ())))

    @cached_property
    def most(self) -> int:
        """The highest thing in the picture."""
        seen = [part for part in (*self.totals, *(self.before or ())) if part is not None]
        return max([0, *seen, *(high for found in self.expected or () if found for high in found)])

    def amount(self, parts: int | None, unit: str = "") -> str:
        """The amount with the number of decimals that all amounts of this chart have."""
        return amount(parts, unit, places_for(self.most))

    @property
    def pictures(self) -> Markup:
        """The chart as SVG, wide and narrow. The page shows only one of the two, so a screen reader reads only one."""
        bars = [self._bar(place) for place in range(len(self.labels))]
        below, short = self.below or self.labels, self.short or self.below or self.labels
        parts = (self.key, self.title, self._description, unit_name(self.unit), self.most)
        return draw(*parts, _WIDE, bars, below, "wide") + draw(*parts, _NARROW, bars, short, "slim")

    def _bar(self, place: int) -> Bar:
        before, expected = _at(self.before, place), _at(self.expected, place)
        lines = [f"{self.labels[place]}: {self.amount(self.totals[place], self.unit)}"]
        if before is not None:
            lines.append(f"{self.before_name}: {self.amount(before, self.unit)}")
        if expected:
            lines.append(_("expected: %(amount)s", amount=self.amount(expected[1], self.unit)))
        parts = [amounts[place] or 0 for _name, amounts in self.parts]
        return Bar(parts, before, bool(self.bases and self.bases[place][1]), expected, " · ".join(lines))

    @property
    def _description(self) -> str:
        """The chart in two sentences, for whom it is read out."""
        known = [(part, label) for part, label in zip(self.totals, self.labels, strict=True) if part is not None]
        if not known:
            return _("Nothing is known for this time.")
        most, where = max(known, key=lambda pair: pair[0])
        whole = self.amount(sum(part for part, _label in known), self.unit)
        sentence = _(
            "Together %(sum)s. Most in %(where)s: %(most)s.", sum=whole, where=where, most=self.amount(most, self.unit)
        )
        return " ".join([sentence, _("All values are in the table below.")]) if self.table else sentence

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Pairs of CSS class and label; empty if the chart shows only one kind of value."""
        named = [name for name, _amounts in self.parts] if len(self.parts) > 1 else [self.parts[0][0] or self.name]
        entries = [(f"part part-{number}", name) for number, name in enumerate(named) if name]
        if any(part is not None for part in self.before or ()):
            entries.append(("before", self.before_name))
        if any(estimated for _word, estimated in self.bases or ()):
            entries.append(("hatched", _("estimated")))
        if any(self.expected or ()):
            entries.append(("expected", _("expected, with range")))
        return entries if len(entries) > 1 else []


def _at(values: Sequence[_Any | None] | None, place: int) -> _Any | None:
    return values[place] if values else None


def quarter_hours(
    key: str, values: Sequence[dict[str, Any] | None], *, day: date | str, zone: str, unit: str, title: str
) -> Chart:
    """A day's 15-minute values: [{"from": ISO 8601, "value": decimal string} or None], from midnight in the zone on.

    On the days on which clocks change there are 92 or 100 of them; the labels follow the clock.
    """
    labels = _clock(day if isinstance(day, date) else date.fromisoformat(day), zone, len(values))
    amounts = [None if value is None else round(Decimal(str(value["value"])) * 1000) for value in values]
    every_six_hours = [label if label in ("00:00", "06:00", "12:00", "18:00") else "" for label in labels]
    return Chart(key, labels, [(title, amounts)], unit=unit, title=title, below=every_six_hours)


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

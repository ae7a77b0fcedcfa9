"""Charts: pictures that can be read out, tables behind them, nothing the page's policy forbids."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kontor_gallery import kontor_charts
from kontor_service.i18n import speak
from kontor_testing.browser import async_chromium
from kontor_web.chart_drawing import nice_ticks
from kontor_web.charts import Chart, month_labels, quarter_hours


def parsed(chart: object) -> ElementTree.Element:
    return ElementTree.fromstring(str(chart))


def cells(chart: object) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row] for row in parsed(chart).iter("tr")]


def year(**more: object) -> str:
    values = {"unit": "kWh", "title": "Strom", "name": "2026"} | more
    return str(Chart("k", ["Jan", "Feb"], [("", [1_500_000, None])], **values))  # type: ignore[arg-type]


def test_a_chart_names_and_describes_itself() -> None:
    for picture in parsed(year()).iter("svg"):
        named = picture.get("aria-labelledby", "").split()
        texts = {part.get("id"): part.text for part in picture if part.tag in ("title", "desc")}
        assert picture.get("role") == "img"
        assert texts[named[0]] == "Strom"
        assert "Höchster Wert bei Jan: 1.500\u00a0kWh" in (texts[named[1]] or "")


def test_the_table_behind_has_every_value() -> None:
    table = cells(
        year(
            before=[1_400_000, 900_000],
            before_name="2025",
            bases=[("aus Ablesungen", False), ("nichts bekannt", False)],
        )
    )
    assert table == [
        ["", "2026", "2025", "Grundlage"],
        ["Jan", "1.500", "1.400", "aus Ablesungen"],
        ["Feb", "–", "900", "nichts bekannt"],
    ]


def test_two_tariffs_are_stacked_and_summed() -> None:
    chart = str(Chart("k", ["Jan"], [("HT", [200_000]), ("NT", [100_000])], unit="kWh", title="Strom", name="2026"))
    assert cells(chart)[1] == ["Jan", "200", "100", "300"]
    high, low = [
        r
        for r in parsed(chart).iter("rect")
        if r.get("class", "").startswith("part ") and float(r.get("width", 0)) < 60
    ][:2]
    assert float(low.get("y", 0)) + float(low.get("height", 0)) == pytest.approx(float(high.get("y", 0)), abs=0.11)


def test_what_is_estimated_is_hatched_and_what_is_expected_outlined_with_a_whisker() -> None:
    chart = year(
        bases=[("geschätzt", True), ("nichts bekannt", False)], expected=[None, (800_000, 1_000_000, 1_200_000)]
    )
    assert 'fill="url(#k-wide-hatch)"' in chart
    assert 'class="whisker"' in chart
    assert "geschätzt" in chart
    assert "1.000800–1.200" in "".join(cells(chart)[2])


def test_nothing_known_is_a_sentence_and_no_empty_picture() -> None:
    chart = str(Chart("k", ["Jan"], [("", [None])], unit="kWh", title="Strom"))
    assert "<svg" not in chart
    assert "nichts bekannt" in chart


def test_no_chart_has_what_the_pages_policy_forbids() -> None:
    for chart in kontor_charts().values():
        assert not re.search(r"\sstyle=|<style|<script|\son\w+=|https?://", str(chart))


def test_ids_are_unique_on_a_page_of_many_charts() -> None:
    ids = re.findall(r'\sid="([^"]+)"', "".join(map(str, kontor_charts().values())))
    assert len(ids) == len(set(ids)) > 10


def test_what_people_typed_is_escaped() -> None:
    chart = str(Chart("k", ["<b>"], [("<i>", [1])], unit="kWh", title='"><script>'))
    assert "<script" not in chart
    assert "<b>" not in chart


def test_the_hours_of_a_long_day_follow_the_clock() -> None:
    values = [{"from": "", "value": "0.25"}] * 100
    chart = quarter_hours("k", values, day="2026-10-25", zone="Europe/Berlin", unit="kWh", title="Tag")
    hours = [row[0] for row in cells(chart)[1:]]
    assert (len(hours), hours[0], hours[-1], hours.count("02:15")) == (100, "00:00", "23:45", 2)


def test_a_missing_quarter_hour_is_not_a_zero() -> None:
    chart = quarter_hours(
        "k", [{"from": "", "value": "0"}, None], day="2026-05-01", zone="Europe/Berlin", unit="kWh", title="Tag"
    )
    assert [row[1] for row in cells(chart)[1:]] == ["0,000", "–"]


@settings(deadline=None)
@given(st.integers(0, 10**12))
def test_the_scale_holds_the_highest_bar_in_a_few_round_steps(most: int) -> None:
    ticks = nice_ticks(most)
    assert ticks[0] == 0
    assert ticks[-1] >= most
    assert 2 <= len(ticks) <= 7
    assert len({b - a for a, b in zip(ticks, ticks[1:], strict=False)}) == 1  # noqa: RUF007 - pairs of the list itself


def test_months_are_named_in_the_readers_language() -> None:
    assert month_labels()[2] == "Mär"
    speak("en")
    assert (month_labels()[2], month_labels(short=True)[2]) == ("Mar", "M")


@pytest.mark.parametrize(("width", "shown"), [(320, "slim"), (1280, "wide")])
async def test_each_width_shows_one_picture_whose_letters_can_be_read(gallery: str, width: int, shown: str) -> None:
    async with async_chromium() as browser:
        page = await browser.new_page(viewport={"width": width, "height": 800})
        problems: list[str] = []
        page.on("console", lambda message: problems.append(message.text))
        await page.goto(gallery + "/charts")
        seen = await page.locator(".chart:first-of-type > svg:visible").evaluate_all(
            "all => all.map(s => s.classList[0])"
        )
        assert set(seen) == {shown}
        heights = await page.locator(f".chart > svg.{shown} text.tick").evaluate_all(
            "all => all.map(t => t.getBoundingClientRect().height)"
        )
        assert min(heights) >= 11
        assert problems == []

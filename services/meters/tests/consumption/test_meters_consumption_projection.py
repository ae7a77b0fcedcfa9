"""What a running year will come to, and how months came about."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kontor_meters.consumption.days import ESTIMATED, MEASURED, PARTLY, READ, READ_FAR, UNKNOWN, Day
from kontor_meters.consumption.projection import project, season
from kontor_meters.consumption.years import Year, by_month, empty, length, months, with_days


def year_of(year: int, amounts: list[int], basis: str = MEASURED, *, first: int = 0) -> Year:
    days = {date(year, 1, 1) + timedelta(days=first + i): Day(amount, basis) for i, amount in enumerate(amounts)}
    return with_days(empty(year), days)


def shaped(year: int, kind: str, total: int, days: int, basis: str = MEASURED, direction: str = "consumption") -> Year:
    return year_of(year, [round(total * share) for share in season(kind, direction, year)[:days]], basis)


amounts = st.lists(st.integers(0, 50_000), min_size=1, max_size=365)


@settings(deadline=None)
@given(amounts, amounts, st.sampled_from(["electricity", "gas", "water", "heat"]))
def test_a_projection_never_falls_below_what_is_known_and_adds_up(now: list[int], then: list[int], kind: str) -> None:
    this, last = year_of(2026, now), year_of(2025, then)
    found = project(this, last, kind, "consumption")
    assert found is not None
    if found.method == "days":
        assert (found.low, found.expected, found.high) == (0, 0, 0)
    else:
        assert sum(now) <= found.low <= found.expected <= found.high
        assert sum(now) + sum(found.months) == found.expected


@settings(deadline=None)
# Days are whole thousandths: of a smaller total sixty days in winter would say little.
@given(st.integers(100_000, 9_000_000), st.integers(60, 360), st.sampled_from(["electricity", "gas", "feed_in"]))
def test_a_year_that_goes_by_its_profile_is_foreseen(total: int, days: int, kind: str) -> None:
    direction = "feed_in" if kind == "feed_in" else "consumption"
    found = project(shaped(2026, kind, total, days, direction=direction), None, kind, direction)
    assert found is not None
    assert found.method == "season"
    assert found.expected == pytest.approx(total, rel=0.02, abs=400)


def test_last_years_shape_is_scaled_by_how_this_year_compares() -> None:
    last = year_of(2025, [1000] * 181 + [3000] * 184)
    found = project(year_of(2026, [2000] * 181), last, "electricity", "consumption")
    assert found is not None
    assert (found.method, found.expected) == ("last_year", 2000 * 181 + 6000 * 184)
    assert found.months[:6] == (0,) * 6
    assert found.months[6] == 6000 * 31


def test_a_steady_comparison_has_the_narrowest_range_and_an_unsteady_one_a_wider() -> None:
    last = year_of(2025, [1000] * 365)
    steady = project(year_of(2026, [1000] * 200), last, "electricity", "consumption")
    unsteady = project(year_of(2026, [500, 1500] * 14 + [2000] * 28 + [100] * 144), last, "electricity", "consumption")
    assert steady is not None
    assert unsteady is not None
    assert steady.high - steady.expected == round(165_000 * 0.05)
    assert unsteady.high - unsteady.expected > 0.05 * sum(unsteady.months)


def test_one_reading_a_year_has_no_season_to_go_by() -> None:
    last = year_of(2025, [1000] * 365, READ_FAR)
    found = project(year_of(2026, [2000] * 150), last, "gas", "consumption")
    assert found is not None
    assert found.method == "season"


def test_after_a_cold_half_year_gas_is_not_simply_doubled() -> None:
    found = project(shaped(2026, "gas", 10_000_000, 181), None, "gas", "consumption")
    assert found is not None
    assert found.expected < sum(a for a in shaped(2026, "gas", 10_000_000, 181).days if a > 0) * 1.9


def test_too_few_days_are_no_year() -> None:
    found = project(year_of(2026, [1000] * 27), None, "electricity", "consumption")
    assert found is not None
    assert (found.method, found.expected, found.based_until) == ("days", 0, date(2026, 1, 27))


def test_a_summer_month_says_too_little_about_heating() -> None:
    found = project(year_of(2026, [1000] * 31, first=181), None, "heat", "consumption")
    assert found is not None
    assert found.method == "days"


def test_nothing_known_is_nothing_projected() -> None:
    assert project(empty(2026), None, "gas", "consumption") is None


def test_who_moved_in_in_july_is_not_charged_with_the_spring() -> None:
    found = project(year_of(2026, [1000] * 100, first=181), None, "water", "consumption")
    assert found is not None
    assert found.expected == 1000 * 184
    assert found.months[:6] == (0,) * 6


def test_after_the_meter_ended_nothing_more_comes() -> None:
    found = project(year_of(2026, [1000] * 100), None, "water", "consumption", ends=date(2026, 5, 1))
    assert found is not None
    assert found.expected == 1000 * 120


def test_a_gap_is_filled_like_the_rest() -> None:
    days = {date(2026, 1, 1) + timedelta(days=i): Day(1000, MEASURED) for i in range(365) if i not in range(100, 110)}
    found = project(with_days(empty(2026), days), None, "water", "consumption")
    assert found is not None
    assert found.expected == 365_000


def test_a_leap_year_compares_its_29th_of_february_with_the_28th() -> None:
    found = project(year_of(2028, [1000] * 50), year_of(2027, [1000] * 365), "water", "consumption")
    assert found is not None
    assert found.expected == 366_000


@pytest.mark.parametrize("kind", ["electricity", "gas", "heat", "water"])
def test_profiles_are_whole_years(kind: str) -> None:
    for year in (2027, 2028):
        assert len(season(kind, "consumption", year)) == length(year)
        assert sum(season(kind, "consumption", year)) == pytest.approx(1)
        assert min(season(kind, "consumption", year)) > 0


def test_heating_is_for_winter_and_the_sun_for_summer() -> None:
    def share(kind: str, direction: str, month: int) -> int:
        return by_month(2026, [round(s * 1e9) for s in season(kind, direction, 2026)])[month - 1]

    assert share("gas", "consumption", 1) / share("gas", "consumption", 7) == pytest.approx(170 / (40 / 3), rel=0.001)
    assert share("electricity", "feed_in", 7) > 5 * share("electricity", "feed_in", 12)
    assert share("electricity", "consumption", 1) > share("electricity", "consumption", 7)


@pytest.mark.parametrize(
    ("bases", "word"),
    [
        (MEASURED * 31, "measured"),
        (READ * 31, "read"),
        (MEASURED * 10 + READ_FAR * 21, "read"),
        (MEASURED * 30 + UNKNOWN, "partly"),
        (MEASURED * 30 + PARTLY, "partly"),
        (READ * 30 + ESTIMATED, "estimated"),
        (UNKNOWN * 31, "missing"),
    ],
)
def test_a_month_says_how_it_came_about(bases: str, word: str) -> None:
    assert months(Year(2026, (0,) * 365, bases + UNKNOWN * 334)) == [word, *["missing"] * 11]


def test_only_the_days_asked_for_are_rewritten() -> None:
    before = year_of(2026, [1] * 10)
    after = with_days(before, {date(2026, 1, 4): Day(9, READ)}, date(2026, 1, 3), date(2026, 1, 5))
    assert after.days[:10] == (1, 1, -1, 9, -1, 1, 1, 1, 1, 1)
    assert after.bases[:6] == "mm.l.m".replace("l", "r")

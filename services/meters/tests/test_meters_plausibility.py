"""What speaks against a value, with its code."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontor_meters.readings.plausibility import (
    Face,
    Finding,
    Point,
    Span,
    Surroundings,
    check,
    most_per_day,
    spans_of,
    used_between,
)

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FACE = Face("electricity", "kWh", digits_before=6, digits_after=1)
START = datetime(2020, 1, 1, tzinfo=UTC)


def at(days: float, value: Any) -> Point:
    """So many days ago."""
    return Point(NOW - timedelta(days=days), Decimal(str(value)))


def found(point: Point, **around: Any) -> dict[str, Finding]:
    surroundings = replace(Surroundings(now=NOW, in_use_from=START), **around)
    return {finding.code: finding for finding in check(FACE, point, surroundings)}


# About 10 kWh a day.
HISTORY = [Span(Decimal(100), Decimal(1000)), Span(Decimal(100), Decimal(900)), Span(Decimal(100), Decimal(1100))]


def test_an_ordinary_value_is_nothing_to_talk_about() -> None:
    assert found(at(0, 2000), before=at(100, 1000), spans=HISTORY) == {}


def test_a_first_reading_counts_from_zero_unless_it_is_the_start_value() -> None:
    assert found(at(10, 1999), in_use_from=at(20, 0).taken_at) == {}
    jump = found(at(10, 2001), in_use_from=at(20, 0).taken_at)["jump"]
    assert (jump.severity, jump.values["before_on"], jump.values["most"]) == ("warning", "2026-10-31", "2000")
    assert found(at(10, 19999), in_use_from=at(20, 0).taken_at).keys() == {"jump"}
    assert found(at(20, 45000), in_use_from=at(20, 0).taken_at) == {}
    assert found(at(10, 45000), in_use_from=at(20, 0).taken_at, after=at(5, 45100)) == {}


def test_the_first_reading_of_a_meter_that_was_used_before_is_no_jump() -> None:
    assert found(at(10, 54321), in_use_from=at(20, 0).taken_at) == {}


def test_the_future_is_unknown() -> None:
    assert found(at(-1, 2000))["future"].severity == "blocker"


def test_a_clock_may_run_ahead_a_little() -> None:
    assert found(at(-0.003, 2000)) == {}


def test_before_its_use_a_meter_shows_nothing() -> None:
    finding = found(at(10, 5), in_use_from=NOW - timedelta(days=5))["before_use"]
    assert (finding.severity, finding.values) == ("blocker", {"in_use_from": "2026-11-15"})


def test_after_its_use_a_meter_shows_nothing() -> None:
    finding = found(at(1, 5), in_use_to=NOW - timedelta(days=5))["after_use"]
    assert (finding.severity, finding.values) == ("blocker", {"in_use_to": "2026-11-15"})


def test_a_value_below_the_last_one_is_falling() -> None:
    finding = found(at(0, 900), before=at(100, 1000), spans=HISTORY)["falling"]
    assert (finding.severity, finding.values) == ("warning", {"before": "1000", "before_on": "2026-08-12"})


def test_through_zero_is_noted() -> None:
    finding = found(at(0, 12), before=at(10, 999987), spans=HISTORY)["rollover"]
    assert (finding.severity, finding.values["used"]) == ("note", "25")


def test_through_zero_by_more_than_the_meter_uses_is_falling() -> None:
    assert set(found(at(0, 5000), before=at(10, 999987), spans=HISTORY)) == {"falling"}


def test_a_value_above_the_next_one_is_noticed() -> None:
    finding = found(at(10, 2100), after=at(0, 2000), spans=HISTORY)["above_next"]
    assert (finding.severity, finding.values) == ("warning", {"next": "2000", "next_on": "2026-11-20"})


def test_before_a_rollover_a_value_may_be_above_the_next_one() -> None:
    assert found(at(10, 999987), after=at(0, 12), spans=HISTORY) == {}


def test_a_jump_names_what_would_be_the_most() -> None:
    finding = found(at(0, 9000), before=at(100, 1000), spans=HISTORY)["jump"]
    # Three times 11 kWh a day, for 100 days.
    assert (finding.severity, finding.values["used"], finding.values["most"]) == ("warning", "8000", "3300")


def test_a_new_meter_may_use_what_its_kind_uses() -> None:
    assert found(at(0, 15000), before=at(100, 0)) == {}
    assert set(found(at(0, 25000), before=at(100, 0))) == {"jump"}


@pytest.mark.parametrize(
    ("kind", "unit", "used", "misread"),
    [("electricity", "kWh", 450, 3150), ("gas", "m3", 400, 1400), ("water", "m3", 12, 112), ("heat", "MWh", 3, 13)],
)
def test_a_misread_digit_on_the_young_meter_of_a_household_is_noticed(
    kind: str, unit: str, used: int, misread: int
) -> None:
    face = Face(kind, unit, 6, 1, household=True)
    around = Surroundings(now=NOW, in_use_from=START, before=at(30, 0))
    assert check(face, at(0, used), around) == []
    assert [finding.code for finding in check(face, at(0, misread), around)] == ["jump"]


def test_a_digit_too_many_is_noticed_from_the_second_reading_on() -> None:
    one = [Span(Decimal(30), Decimal(300))]
    assert found(at(0, 1000), before=at(30, 300), spans=one) == {}
    assert set(found(at(0, 3300), before=at(30, 300), spans=one)) == {"jump"}


def test_a_gas_meter_read_in_summer_may_heat_in_winter() -> None:
    summer = Surroundings(now=NOW, in_use_from=START, before=at(30, 15), spans=[Span(Decimal(30), Decimal(15))])
    assert check(Face("gas", "m3", 6, 1, household=True), at(0, 515), summer) == []


def test_the_same_value_of_the_day_is_noted() -> None:
    assert found(at(0, 1000), same_day=at(0, 1000))["duplicate"].severity == "note"


def test_another_value_of_the_day_is_asked_back() -> None:
    finding = found(at(0, 1000), same_day=at(0, 1001))["duplicate"]
    assert (finding.severity, finding.values) == ("warning", {"value": "1001", "on": "2026-11-20"})


@pytest.mark.parametrize("value", ["1000000", "1.25"])
def test_digits_that_the_meter_does_not_have_are_noticed(value: str) -> None:
    assert found(at(0, value))["digits"].values == {"digits_before": "6", "digits_after": "1"}


def test_far_too_many_digits_are_not_insisted_on() -> None:
    assert found(at(0, 9_999_999))["digits"].severity == "warning"
    assert found(at(0, 10_000_000))["digits"].severity == "blocker"


def test_short_spans_do_not_raise_what_is_believed() -> None:
    party = Span(Decimal(1), Decimal(5000))
    assert most_per_day(FACE, [*HISTORY, party]) == most_per_day(FACE, HISTORY)


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        ("gas", "m3"),
        ("gas", "kWh"),
        ("water", "m3"),
        ("heat", "MWh"),
        ("heat", "GJ"),
        ("electricity", "MWh"),
        ("heat", "m3"),
    ],
)
def test_every_kind_has_a_floor(kind: str, unit: str) -> None:
    assert most_per_day(Face(kind, unit, 6, 0), []) > 0


values = st.decimals(0, 999999, places=1)
days = st.floats(0.01, 3000)


@given(values, values, days, days)
def test_a_fall_is_either_told_or_a_rollover(earlier: Decimal, later: Decimal, one: float, other: float) -> None:
    before, point = at(max(one, other), earlier), at(min(one, other), later)
    codes = set(found(point, before=before, spans=HISTORY))
    assert ("falling" in codes) + ("rollover" in codes) == (later < earlier)


@given(values, values, days)
def test_used_is_never_negative_nor_beyond_the_most_through_zero(earlier: Decimal, later: Decimal, ago: float) -> None:
    most = most_per_day(FACE, HISTORY)
    used = used_between(FACE, at(ago, earlier), at(0, later), most)
    if used is None:
        assert later < earlier
    else:
        assert used >= 0
        assert (earlier + used) % FACE.rolls_over_at == later % FACE.rolls_over_at


@given(st.lists(values, min_size=2, max_size=20, unique=True))
def test_more_of_the_same_history_never_makes_it_odd(shown: list[Decimal]) -> None:
    points = [at(30 * (len(shown) - index), value) for index, value in enumerate(sorted(shown))]
    spans = spans_of(points)
    for earlier, later in pairwise(points):
        assert "jump" not in found(later, before=earlier, spans=spans)


@given(values, st.integers(1, 400))
def test_every_finding_has_a_severity_that_says_what_follows(value: Decimal, ago: int) -> None:
    for finding in found(at(0, value), before=at(ago, 5000), after=at(-1, 6000), spans=HISTORY).values():
        assert finding.severity in ("blocker", "warning", "note")
        assert all(isinstance(text, str) and text for text in finding.values.values())

"""What a meter shows on a day on which nobody read it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from kontor_meters.readings.plausibility import Face, Point
from kontor_meters.requests.estimates import Estimate, curve_of, estimate

FACE = Face("electricity", "kWh", digits_before=6, digits_after=0)
START = datetime(2024, 1, 1, tzinfo=UTC)


def on(day: int, value: int) -> Point:
    return Point(START + timedelta(days=day), Decimal(value))


def shown(points: list[Point], day: int, *others: list[Point]) -> Estimate | None:
    return estimate(FACE, points[-1], curve_of(FACE, [*others, points]), START + timedelta(days=day))


def test_with_little_history_the_average_goes_on() -> None:
    assert shown([on(0, 1000), on(100, 2000)], 150) == Estimate(Decimal(2500), "average")


def test_the_same_time_of_last_year_tells_the_season() -> None:
    # 300 in the first hundred days of each year, 100 in each hundred days after.
    year = [on(0, 0), on(100, 300), on(200, 400), on(365, 565)]
    assert shown(year, 465) == Estimate(Decimal(865), "last_year")


def test_last_year_is_scaled_by_how_this_year_compares() -> None:
    first = [on(0, 0), on(183, 1000), on(365, 2000)]
    second = [on(548, 4000)]
    guess = shown([*first, *second], 730)
    assert guess is not None
    assert (guess.value, guess.method) == (Decimal(6000), "last_year")


def test_one_odd_year_moves_the_estimate_by_half_or_double_at_most() -> None:
    guess = shown([on(0, 0), on(183, 100), on(365, 200), on(548, 50_200)], 730)
    assert guess is not None
    assert guess.value == 50_200 + 2 * 100


def test_an_exchange_does_not_break_the_line() -> None:
    old = [on(0, 90_000), on(100, 91_000)]
    new = [on(100, 0), on(200, 1000)]
    assert shown(new, 250, old) == Estimate(Decimal(1500), "average")


def test_the_estimate_goes_through_zero_as_the_meter_does() -> None:
    guess = shown([on(0, 998_000), on(100, 999_000)], 250)
    assert guess == Estimate(Decimal(500), "average")


def test_one_reading_says_nothing() -> None:
    assert shown([on(0, 1000)], 50) is None


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=15), st.integers(1, 400))
def test_an_estimate_never_falls(used: list[int], ahead: int) -> None:
    total, points = 0, [on(0, 0)]
    for index, step in enumerate(used, 1):
        total += step
        points.append(on(60 * index, total))
    guess = shown(points, 60 * len(used) + ahead)
    assert guess is not None
    assert guess.value >= total

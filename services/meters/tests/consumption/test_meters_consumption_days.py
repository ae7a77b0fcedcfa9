"""What readings and quarter hours say of each day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kontor_meters.consumption.days import (
    ESTIMATED,
    MEASURED,
    PARTLY,
    READ,
    READ_FAR,
    GasPeriod,
    Line,
    Measure,
    Measured,
    days_of,
    spread,
)
from kontor_meters.consumption.holders import CountedReading, Tenures
from kontor_meters.readings.plausibility import Face

BERLIN = ZoneInfo("Europe/Berlin")
KWH = Measure("kWh")
FACE = Face("electricity", "kWh", 6, 3)
ANNA, BEN = UUID(int=1), UUID(int=2)


def at(text: str) -> datetime:
    """An hour of the merchant's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def line(*readings: tuple[str, str] | CountedReading, measure: Measure = KWH, **more: object) -> Line:
    taken = [r if isinstance(r, CountedReading) else CountedReading(at(r[0]), Decimal(r[1])) for r in readings]
    return Line(measure, FACE, Decimal(200), taken, **more)  # type: ignore[arg-type]


def amounts(*lines: Line, holder: UUID | None = None, **options: object) -> dict[str, int]:
    found = days_of(lines, BERLIN, **options).get(holder, {})  # type: ignore[arg-type]
    return {day.isoformat(): value.amount for day, value in sorted(found.items())}


def bases(*lines: Line, **options: object) -> dict[str, str]:
    found = days_of(lines, BERLIN, **options).get(None, {})  # type: ignore[arg-type]
    return {day.isoformat(): value.basis for day, value in sorted(found.items())}


instants = st.datetimes(datetime(2023, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
values = st.decimals(0, 999_999, places=3)


@settings(deadline=None)
@given(st.lists(instants, min_size=2, max_size=6, unique=True), st.data())
def test_the_days_of_all_readings_add_up_to_what_the_register_went(when: list[datetime], data: st.DataObject) -> None:
    faces = sorted(data.draw(st.lists(values, min_size=len(when), max_size=len(when))))
    readings = [CountedReading(moment, face) for moment, face in zip(sorted(when), faces, strict=True)]
    total = sum(amounts(Line(KWH, FACE, Decimal(200), readings)).values())
    # Within the same second nothing is spread.
    gone = sum(
        after.value - before.value
        for before, after in pairwise(readings)
        if int(after.at.timestamp()) > int(before.at.timestamp())
    )
    assert total == gone * 1000


@settings(deadline=None)
@given(instants, st.integers(1, 3 * 366 * 86400), values, st.decimals("0.0001", 400, places=4))
def test_no_factor_makes_the_days_drift_from_the_rounded_whole(
    start: datetime, seconds: int, distance: Decimal, factor: Decimal
) -> None:
    days = list(spread(start, start + timedelta(seconds=seconds), distance, Measure("GJ", factor), BERLIN))
    exact = Fraction(distance) * Fraction(factor) * Fraction(10_000, 36) * 1000
    assert abs(sum(amount for _, amount, _ in days) - exact) <= Fraction(1, 2)
    assert all(amount >= 0 for _, amount, _ in days)
    # The first second is a whole one.
    assert sum(s for _, _, s in days) == int((start + timedelta(seconds=seconds)).timestamp()) - int(start.timestamp())


@settings(deadline=None)
@given(instants, st.integers(86400, 400 * 86400), values)
def test_days_between_the_same_readings_differ_by_a_thousandth_at_most(
    start: datetime, seconds: int, distance: Decimal
) -> None:
    days = list(spread(start, start + timedelta(seconds=seconds), distance, KWH, BERLIN))
    whole = {amount for _, amount, length in days if length == 86400}
    assert not whole or max(whole) - min(whole) <= 1


def test_a_stretch_is_spread_by_the_hours_of_the_merchants_days() -> None:
    assert amounts(line(("2026-03-01T12:00", "100"), ("2026-03-04T00:00", "105"))) == {
        "2026-03-01": 1000,
        "2026-03-02": 2000,
        "2026-03-03": 2000,
    }


def test_the_day_on_which_clocks_go_forward_has_an_hour_less() -> None:
    assert amounts(line(("2026-03-28T00:00", "0"), ("2026-03-30T00:00", "47"))) == {
        "2026-03-28": 24000,
        "2026-03-29": 23000,
    }


def test_a_reading_in_the_middle_of_a_day_leaves_its_hours_on_either_side() -> None:
    readings = line(("2026-05-01T00:00", "0"), ("2026-05-02T12:00", "36"), ("2026-05-03T00:00", "36.5"))
    assert amounts(readings) == {"2026-05-01": 24000, "2026-05-02": 12500}


def test_through_zero_the_count_goes_on() -> None:
    assert amounts(line(("2026-05-01T00:00", "999990"), ("2026-05-02T00:00", "12"))) == {"2026-05-01": 22000}


def test_a_fall_that_is_no_rollover_is_not_counted() -> None:
    readings = line(("2026-05-01T00:00", "1300"), ("2026-05-02T00:00", "1234"), ("2026-05-03T00:00", "1240"))
    assert amounts(readings) == {"2026-05-02": 6000}


def test_the_transformer_ratio_multiplies_what_stands_on_the_register() -> None:
    assert amounts(
        line(("2026-05-01T00:00", "10"), ("2026-05-02T00:00", "11"), measure=Measure("kWh", Decimal(40)))
    ) == {"2026-05-01": 40000}


def test_gas_becomes_energy_by_the_period_in_which_it_flowed() -> None:
    periods = (
        GasPeriod(date(2025, 10, 1), Decimal("11"), Decimal("0.95")),
        GasPeriod(date(2026, 5, 2), Decimal("10"), Decimal("0.9")),
    )
    gas = Measure("m3", gas_periods=periods)
    assert gas.stated_in == "kWh"
    assert amounts(line(("2026-05-01T00:00", "0"), ("2026-05-03T00:00", "20"), measure=gas)) == {
        "2026-05-01": 104500,
        "2026-05-02": 90000,
    }


def test_gas_before_its_first_period_counts_by_that_period() -> None:
    gas = Measure("m3", gas_periods=(GasPeriod(date(2026, 1, 1), Decimal("10"), Decimal("1")),))
    assert amounts(line(("2025-05-01T00:00", "0"), ("2025-05-02T00:00", "1"), measure=gas)) == {"2025-05-01": 10000}


def test_without_calorific_values_gas_stays_cubic_metres() -> None:
    assert Measure("m3").stated_in == "m3"
    assert amounts(line(("2026-05-01T00:00", "0"), ("2026-05-02T00:00", "1.5"), measure=Measure("m3"))) == {
        "2026-05-01": 1500
    }


def test_through_an_exchange_nothing_is_lost_and_nothing_counted_twice() -> None:
    old = line(("2026-05-01T00:00", "99000"), ("2026-05-03T12:00", "99025"))
    new = line(("2026-05-03T12:00", "3"), ("2026-05-05T00:00", "18"))
    assert amounts(old, new) == {
        "2026-05-01": 10000,
        "2026-05-02": 10000,
        "2026-05-03": 10000,
        "2026-05-04": 10000,
    }


def test_days_that_rest_on_an_estimate_say_so() -> None:
    estimate = CountedReading(at("2026-05-02T00:00"), Decimal(5), estimated=True)
    assert bases(line(("2026-05-01T00:00", "0"), estimate)) == {"2026-05-01": ESTIMATED}


def test_readings_far_apart_are_told_from_those_that_show_a_season() -> None:
    assert set(bases(line(("2026-01-01T00:00", "0"), ("2026-02-01T00:00", "5"))).values()) == {READ}
    assert set(bases(line(("2026-01-01T00:00", "0"), ("2026-04-01T00:00", "5"))).values()) == {READ_FAR}


def quarters(count: int, total: str) -> Measured:
    return Measured(int(Decimal(total) * 1_000_000), count)


def test_a_full_day_of_quarter_hours_counts_before_readings() -> None:
    measured = {date(2026, 5, 1): quarters(96, "7.5")}
    both = line(("2026-05-01T00:00", "0"), ("2026-05-03T00:00", "20"), measured=measured)
    assert amounts(both) == {"2026-05-01": 7500, "2026-05-02": 10000}
    assert bases(both) == {"2026-05-01": MEASURED, "2026-05-02": READ}


@pytest.mark.parametrize(("day", "count"), [("2026-03-29", 92), ("2026-10-25", 100), ("2026-05-01", 96)])
def test_a_day_has_the_quarter_hours_of_its_clock(day: str, count: int) -> None:
    full = line(measured={date.fromisoformat(day): quarters(count, "1")})
    part = line(measured={date.fromisoformat(day): quarters(count - 1, "1")})
    assert (bases(full)[day], bases(part)[day]) == (MEASURED, PARTLY)


def test_read_until_a_day_and_smart_from_then_on_the_day_itself_has_both() -> None:
    smart = line(("2026-05-01T00:00", "0"), ("2026-05-02T12:00", "36"), measured={date(2026, 5, 2): quarters(48, "6")})
    assert amounts(smart) == {"2026-05-01": 24000, "2026-05-02": 18000}
    assert bases(smart)["2026-05-02"] == READ


def test_missing_quarter_hours_are_filled_from_readings_around_them() -> None:
    gap = line(("2026-05-01T00:00", "0"), ("2026-05-02T00:00", "24"), measured={date(2026, 5, 1): quarters(90, "9")})
    assert amounts(gap) == {"2026-05-01": 24000}


def test_quantities_of_the_operator_are_not_multiplied_again() -> None:
    smart = line(measure=Measure("kWh", Decimal(40)), measured={date(2026, 5, 1): quarters(96, "2")})
    assert amounts(smart) == {"2026-05-01": 2000}


def moved(day: str, value: int, reason: str, customer: UUID) -> CountedReading:
    return CountedReading(at(day), Decimal(value), reason=reason, customer=customer)


def test_who_moves_in_sees_nothing_of_who_lived_there_before() -> None:
    house = line(
        moved("2026-05-01T00:00", 0, "regular", ANNA),
        moved("2026-05-02T00:00", 10, "move_out", ANNA),
        moved("2026-05-04T00:00", 11, "move_in", BEN),
        moved("2026-05-05T00:00", 15, "regular", BEN),
    )
    assert amounts(house, holder=ANNA) == {"2026-05-01": 10000}
    assert amounts(house, holder=BEN) == {"2026-05-04": 4000}
    assert set(days_of([house], BERLIN)) == {ANNA, BEN}


def test_one_reading_at_the_handover_ends_and_begins() -> None:
    house = line(
        moved("2026-05-01T00:00", 0, "regular", ANNA),
        moved("2026-05-02T00:00", 10, "move_in", BEN),
        moved("2026-05-03T00:00", 15, "regular", BEN),
    )
    assert amounts(house, holder=ANNA) == {"2026-05-01": 10000}
    assert amounts(house, holder=BEN) == {"2026-05-02": 5000}


def test_quarter_hours_follow_the_readings_of_moving() -> None:
    measured = {date(2026, 5, day): quarters(96, "1") for day in range(1, 6)}
    house = line(
        moved("2026-05-02T12:00", 10, "move_out", ANNA),
        moved("2026-05-04T12:00", 10, "move_in", BEN),
        measured=measured,
    )
    assert list(amounts(house, holder=ANNA)) == ["2026-05-01", "2026-05-02"]
    assert list(amounts(house, holder=BEN)) == ["2026-05-04", "2026-05-05"]


def test_a_change_in_the_books_alone_keeps_earlier_quarter_hours_with_the_earlier_customer() -> None:
    books = Tenures(((date.min, ANNA), (date(2026, 5, 2), BEN)))
    measured = {date(2026, 5, day): quarters(96, "1") for day in range(1, 4)}
    assert list(amounts(line(measured=measured), holder=ANNA, tenures=books)) == ["2026-05-01"]
    assert list(amounts(line(measured=measured), holder=BEN, tenures=books)) == ["2026-05-02", "2026-05-03"]

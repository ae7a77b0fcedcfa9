"""What makes a meter's data right, and what people type as a value."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kontor_meters.meters.rules import market_location_is_valid, obis, series_of
from kontor_meters.readings.assessment import candidates


@pytest.mark.parametrize("code", ["41373559241", "57685676748"])
def test_the_check_digit_of_a_market_location_is_the_bdews(code: str) -> None:
    assert market_location_is_valid(code)


@given(st.integers(1_000_000_000, 9_999_999_999))
def test_every_market_location_has_exactly_one_check_digit(stem: int) -> None:
    assert sum(market_location_is_valid(f"{stem}{digit}") for digit in range(10)) == 1


@given(st.integers(1_000_000_000, 9_999_999_999), st.integers(0, 9), st.integers(0, 9))
def test_a_mistyped_digit_of_a_market_location_at_an_odd_place_is_noticed(stem: int, place: int, digit: int) -> None:
    code = next(f"{stem}{last}" for last in range(10) if market_location_is_valid(f"{stem}{last}"))
    place -= place % 2
    assume(code[place] != str(digit))
    assert not market_location_is_valid(code[:place] + str(digit) + code[place + 1 :])


@pytest.mark.parametrize("code", ["", "4137355924", "413735592411", "0" * 11, "4137355924x", "٤1373559241"])
def test_anything_but_eleven_digits_is_no_market_location(code: str) -> None:
    assert not market_location_is_valid(code)


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("1-0:1.8.0", (1, 0, 1, 8, 0, -1)),
        ("1.8.0", (-1, -1, 1, 8, 0, -1)),
        ("1-1:1.29.0*255", (1, 1, 1, 29, 0, 255)),
        ("7-0:3.0", (7, 0, 3, 0, -1, -1)),
    ],
)
def test_obis_codes_are_read(code: str, groups: tuple[int, ...]) -> None:
    assert obis(code) == groups


@pytest.mark.parametrize("code", ["", "1.8.", "1-0:1.8.0*", "1-0-1.8.0", "1-0:256.8.0", "1:8:0", "1.8.0.0"])
def test_what_only_looks_like_obis_is_refused(code: str) -> None:
    assert obis(code) is None


@given(st.uuids(), st.sampled_from(["consumption", "feed_in"]), st.sampled_from(["single", "high", "low"]))
def test_a_series_is_the_same_over_every_exchange(point: UUID, direction: str, tariff: str) -> None:
    assert series_of(point, direction, tariff) == series_of(UUID(str(point)), direction, tariff)
    assert series_of(point, direction, tariff) != series_of(point, direction, tariff + "x")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12345", ["12345"]),
        ("12.345,6", ["12345.6"]),
        ("12345,6", ["12345.6"]),
        ("12345.6", ["12345.6"]),
        ("12 345,6", ["12345.6"]),
        ("12\u00a0345", ["12345"]),
        ("12'345.5", ["12345.5"]),
        ("12.345", ["12.345", "12345"]),
        ("1.234.567", ["1234567"]),
        ("0.123", ["0.123"]),
        ("12,345", ["12.345"]),
        ("012345", ["12345"]),
        ("7,", ["7"]),
        (" 7 ", ["7"]),
    ],
)
def test_german_and_plain_numbers_are_understood(typed: str, meant: list[str]) -> None:
    assert candidates(typed) == [Decimal(text) for text in meant]


@pytest.mark.parametrize(
    "typed", ["", "zwölf", "-5", "1e5", "1,2,3", "1.2,3", "12.34.567", "1,234.5", "NaN", "٣", "1" * 15, "0,12345678"]
)
def test_what_is_no_number_means_nothing(typed: str) -> None:
    assert candidates(typed) == []


@given(st.text(max_size=40))
def test_whatever_is_typed_never_breaks(typed: str) -> None:
    assert all(value >= 0 for value in candidates(typed))


@given(st.decimals(0, 10**9, places=3))
def test_a_value_written_in_german_is_read_back(value: Decimal) -> None:
    written = f"{value:,.3f}".translate(str.maketrans(",.", ".,"))
    assert candidates(written) == [value]

"""Runs of quarter hours, checked and cut at midnight: whatever comes, every value has one end and one day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kontor_meters.intervals.quantities import GAP, NOT_A_NUMBER, Quantities, decimal_of, worth
from kontor_meters.intervals.rules import STEP, Block, Run, checked, merged
from kontor_meters.times import start_of

REGISTERS = [UUID(int=n) for n in range(3)]
NOW = datetime(2026, 11, 22, tzinfo=UTC)
ZONES = st.sampled_from(["Europe/Berlin", "UTC", "Asia/Kathmandu", "America/New_York", "Australia/Lord_Howe"]).map(
    ZoneInfo
)
STARTS = st.integers(0, 4 * 24 * 800).map(lambda n: datetime(2025, 1, 1, tzinfo=UTC) + n * STEP)
WRITTEN = st.one_of(
    st.decimals(0, 1000, places=3).map(str),
    st.floats(0, 1000).map(lambda f: round(f, 3)),
    st.integers(-2, 1000),
    st.sampled_from([None, "x", "-1", True, "1,5", "0.0000001", "9999999", [], {}]),
)


@given(st.lists(WRITTEN, max_size=300), STARTS, ZONES, STARTS, st.none() | STARTS)
def test_every_value_is_taken_refused_or_a_gap(
    values: list[object], start: datetime, zone: ZoneInfo, used_from: datetime, used_to: datetime | None
) -> None:
    result = checked(Run(REGISTERS[0], start, values, used_from, used_to), Quantities("kWh"), zone, NOW)
    taken = sum(block.number for block in result.blocks)
    assert taken + sum(found.count for found in result.found) == sum(value is not None for value in values)


@given(st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=300), STARTS, ZONES)
def test_blocks_lie_within_their_days_and_add_up(values: list[Decimal], start: datetime, zone: ZoneInfo) -> None:
    run = Run(REGISTERS[0], start, [str(value) for value in values], start, None)
    result = checked(run, Quantities("kWh"), zone, datetime(2030, 1, 1, tzinfo=UTC))
    assert sum(block.total for block in result.blocks) == sum(values) * 1_000_000
    for block in result.blocks:
        ends = block.starts_at + len(block.quantities) * STEP
        assert start_of(block.day, zone) <= block.starts_at < ends <= start_of(block.day + timedelta(days=1), zone)
        assert block.total == sum(quantity for quantity in block.quantities if quantity is not None)


BLOCKS = st.builds(
    lambda register, hour, values: _block(register, datetime(2026, 3, 2, tzinfo=UTC) + hour * STEP, values),
    st.sampled_from(REGISTERS), st.integers(0, 90), st.lists(st.none() | st.integers(0, 9), min_size=1, max_size=6),
)  # fmt: skip


def _block(register: UUID, start: datetime, values: list[int | None]) -> Block:
    known = [value for value in values if value is not None]
    return Block(register, start.date(), start, values, sum(known), len(known))


@given(st.lists(BLOCKS, max_size=12))
def test_of_values_told_twice_the_last_holds(blocks: list[Block]) -> None:
    last: dict[tuple[UUID, datetime], int] = {}
    for block in blocks:
        for place, value in enumerate(block.quantities):
            if value is not None:
                last[block.register_id, block.starts_at + place * STEP] = value
    result, duplicates = merged(blocks)
    found = {
        (block.register_id, block.starts_at + place * STEP): value
        for block in result
        for place, value in enumerate(block.quantities)
        if value is not None
    }
    assert found == last
    assert duplicates == sum(block.number for block in blocks) - len(last)
    assert len({(block.register_id, block.day) for block in result}) == len(result)


@given(st.decimals(0, 1000, places=6))
def test_six_decimals_survive(value: Decimal) -> None:
    [parts] = Quantities("kWh").read([str(value)])
    assert Decimal(decimal_of(parts)) == value


def test_true_is_no_number_even_after_a_one() -> None:
    assert Quantities("kWh").read([1, True, 1.0, "1", None]) == [1_000_000, NOT_A_NUMBER, 1_000_000, 1_000_000, GAP]


@pytest.mark.parametrize(
    ("sent_in", "unit", "one"), [("Wh", "kWh", "0.001"), ("", "m3", "1"), ("m³", "m3", "1"), ("kwh", "kWh", "1")]
)
def test_units_of_the_same_thing_are_turned_into_each_other(sent_in: str, unit: str, one: str) -> None:
    assert worth(sent_in, unit) == Decimal(one)


def test_units_of_other_things_are_not() -> None:
    assert worth("m3", "kWh") is None

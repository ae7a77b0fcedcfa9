"""15-minute values over HTTP: stored once, corrected with history, summed by day and month from what changed."""

from datetime import date, timedelta
from typing import Any

import pytest

from kontor_testing.waiting import eventually

DAY = "2026-03-02T00:00:00+01:00"


async def test_a_day_of_values_is_stored_and_summed(world: Any) -> None:
    register = await world.meter("Z1")
    answer = await world.intervals("Z1", DAY, ["0.25"] * 96)
    assert (answer["total"], answer["stored"], answer["refused"]) == (96, 96, 0)
    assert await world.days(register) == {"2026-03-02": (24_000_000, 96)}
    assert await world.months(register) == {"2026-03-01": (24_000_000, 96)}


async def test_the_same_body_again_changes_nothing(world: Any) -> None:
    register = await world.meter("Z1")
    first = await world.intervals("Z1", DAY, ["0.25"] * 96)
    again = await world.intervals("Z1", DAY, ["0.25"] * 96)
    assert (again["id"], again["version"], again["stored"]) == (first["id"], first["version"], 96)
    assert await world.days(register) == {"2026-03-02": (24_000_000, 96)}


async def test_values_that_are_there_are_dropped_by_their_key(world: Any) -> None:
    register = await world.meter("Z1")
    await world.intervals("Z1", DAY, ["0.25"] * 96)
    answer = await world.intervals("Z1", "2026-03-02T12:00:00+01:00", ["0.25"] * 96)
    assert (answer["stored"], answer["duplicates"]) == (48, 48)
    assert await world.days(register) == {"2026-03-02": (24_000_000, 96), "2026-03-03": (12_000_000, 48)}


async def test_late_values_of_a_month_long_gone_find_their_place(world: Any) -> None:
    register = await world.meter("Z1", used_from=date(2021, 1, 1))
    await world.intervals("Z1", DAY, ["1"] * 4)
    answer = await world.intervals("Z1", "2021-07-01T00:00:00+02:00", ["2"] * 96)
    assert answer["stored"] == 96
    assert (await world.days(register))["2021-07-01"] == (192_000_000, 96)


async def test_another_value_replaces_and_the_old_one_is_kept(world: Any) -> None:
    register = await world.meter("Z1")
    await world.intervals("Z1", DAY, ["0.25"] * 96)
    answer = await world.intervals("Z1", DAY, ["0.25", "0.5", "0.25"])
    assert (answer["stored"], answer["duplicates"], answer["corrected"]) == (0, 2, 1)
    assert await world.days(register) == {"2026-03-02": (24_250_000, 96)}
    assert await world.months(register) == {"2026-03-01": (24_250_000, 96)}
    [old] = await world.sql("SELECT value, batch_id FROM interval_replaced WHERE register_id = $1", register)
    assert (old["value"], str(old["batch_id"])) == (250_000, answer["id"])


async def test_a_body_that_comes_again_after_a_correction_does_not_undo_it(world: Any) -> None:
    register = await world.meter("Z1")
    await world.intervals("Z1", DAY, ["0.25", "-1"])
    await world.intervals("Z1", DAY, ["0.5"])
    again = await world.intervals("Z1", DAY, ["0.25", "-1"])
    assert (again["total"], again["stored"], again["refused"]) == (2, 1, 1)
    assert await world.days(register) == {"2026-03-02": (500_000, 1)}


async def test_what_was_refused_is_tried_again_when_the_body_comes_again(world: Any) -> None:
    register = await world.meter("Z1", interval=False)
    first = await world.intervals("Z1", DAY, ["0.25"] * 4)
    assert (first["refused"], first["problems"][0]["code"]) == (4, "not_interval")
    await world.sql("UPDATE register SET interval = true WHERE id = $1 RETURNING id", register)
    again = await world.intervals("Z1", DAY, ["0.25"] * 4)
    assert (again["id"], again["stored"], again["refused"], again["problems"]) == (first["id"], 4, 0, [])


@pytest.mark.parametrize(("day", "quarters"), [("2026-03-29", 92), ("2025-10-26", 100), ("2026-03-30", 96)])
async def test_days_on_which_the_clocks_change_have_their_own_length(world: Any, day: str, quarters: int) -> None:
    register = await world.meter("Z1")
    # 23:00 UTC of the day before is midnight at the merchant in winter, 22:00 in summer.
    before = date.fromisoformat(day) - timedelta(days=1)
    hour = "23" if day == "2026-03-29" else "22"
    await world.intervals("Z1", f"{before}T{hour}:00:00Z", ["1"] * 120)
    days = await world.days(register)
    assert days[day] == (quarters * 1_000_000, quarters)
    assert days == await world.recounted(register)


async def test_a_day_told_twice_in_one_body_counts_once_and_the_last_word_holds(world: Any) -> None:
    register = await world.meter("Z1")
    runs = [
        {"meter": "Z1", "start": DAY, "values": ["1", "1", "1", "1"]},
        {"meter": "Z1", "start": "2026-03-02T00:30:00+01:00", "values": ["1", "3"]},
    ]
    answer = await world.send({"intervals": runs})
    assert (answer["total"], answer["stored"], answer["duplicates"]) == (6, 4, 2)
    assert await world.days(register) == {"2026-03-02": (6_000_000, 4)}


async def test_bad_values_are_named_and_the_rest_is_stored(world: Any) -> None:
    register = await world.meter("Z1")
    values = ["0.25", "-1", "x", None, 0.5, True, "999999999", "0.1234567", "1,5", [1]]
    answer = await world.intervals("Z1", DAY, values)
    found = {p["code"]: p["field"] for p in answer["problems"]}
    assert found == {
        "negative": "intervals[0].values[1]",
        "not_a_number": "intervals[0].values[2]",
        "too_high": "intervals[0].values[6]",
        "too_many_decimals": "intervals[0].values[7]",
    }
    assert (answer["total"], answer["stored"], answer["refused"]) == (9, 3, 6)
    assert await world.days(register) == {"2026-03-02": (2_250_000, 3)}
    assert all(problem["detail"].endswith(".") for problem in answer["problems"])


@pytest.mark.parametrize(
    ("start", "more", "code"),
    [
        ("2026-03-02T00:05:00+01:00", {}, "off_grid"),
        ("2026-03-02T00:00:00", {}, "no_time_zone"),
        ("gestern", {}, "no_instant"),
        (DAY, {"step_minutes": 60}, "step"),
        (DAY, {"unit": "m3"}, "unit"),
        (DAY, {"obis": "1-0:2.8.0"}, "unknown_register"),
        ("1999-01-01T00:00:00Z", {}, "too_old"),
        ("2023-12-31T00:00:00Z", {}, "before_use"),
        ("2099-12-31T00:00:00Z", {}, "future"),
    ],
)
async def test_a_run_that_cannot_be_right_is_refused_as_a_whole(world: Any, start: str, more: Any, code: str) -> None:
    register = await world.meter("Z1")
    answer = await world.intervals("Z1", start, ["1"] * 4, **more)
    assert [problem["code"] for problem in answer["problems"]] == [code]
    assert (answer["total"], answer["refused"], await world.days(register)) == (4, 4, {})


async def test_values_after_the_meters_end_are_refused(world: Any) -> None:
    register = await world.meter("Z1", used_to=date(2026, 3, 3))
    answer = await world.intervals("Z1", "2026-03-02T23:00:00+01:00", ["1"] * 8)
    assert (answer["stored"], answer["problems"][0]["code"], answer["refused"]) == (4, "after_use", 4)
    assert await world.days(register) == {"2026-03-02": (4_000_000, 4)}


async def test_watt_hours_become_the_registers_unit(world: Any) -> None:
    register = await world.meter("Z1")
    await world.intervals("Z1", DAY, [250, 125], unit="Wh")
    assert await world.days(register) == {"2026-03-02": (375_000, 2)}


async def test_sums_follow_whatever_comes_in_whatever_order(world: Any) -> None:
    register = await world.meter("Z1")
    for hour, value in ((5, "1"), (3, "2"), (7, "0.5"), (4, "0.75"), (3, "0.1")):
        await world.intervals("Z1", f"2026-03-31T{hour:02d}:00:00Z", [value] * 90)
    assert await world.days(register) == await world.recounted(register)
    assert sum(total for total, _ in (await world.months(register)).values()) == sum(
        total for total, _ in (await world.days(register)).values()
    )


async def test_somebody_elses_meter_is_unknown(world: Any, neighbour: Any) -> None:
    register = await neighbour.meter("Z1", external_id="erp-1")
    by_number = await world.intervals("Z1", DAY, ["1"])
    by_id = await world.send({"intervals": [{"register": str(register), "start": DAY, "values": ["1"]}]})
    assert (by_number["parked"], by_number["problems"][0]["code"]) == (1, "unknown_meter")
    assert (by_id["refused"], by_id["problems"][0]["code"]) == (1, "unknown_register")
    assert await neighbour.days(register) == {}


async def test_values_mark_their_days_for_consumption(world: Any) -> None:
    register = await world.meter("Z1")
    await world.intervals("Z1", "2026-03-02T00:00:00+01:00", ["1"] * 97)
    [series] = await world.sql("SELECT series_id FROM register WHERE id = $1", register)

    async def years() -> list[int]:
        rows = await world.sql("SELECT year FROM consumption WHERE series_id = $1", series["series_id"])
        return [row["year"] for row in rows]

    assert await eventually(years) == [2026]

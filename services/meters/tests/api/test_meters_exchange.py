"""A meter is taken down, and another one hangs there (G5)."""

from typing import Any

import httpx
import pytest

from kontor.meters.v1 import meters_pb2 as pb
from kontor_service.ids import uuid7

NEW = {
    "number": "NEU-1",
    "registers": [{"obis": "1-0:1.8.0", "unit": "kWh", "digits_before": 6, "digits_after": 1, "start_value": "3,2"}],
}


async def exchange(world: Any, old: dict[str, Any], value: str, **fields: Any) -> httpx.Response:
    headers = fields.pop("headers", None) or world.staff()
    body = {
        "exchanged_on": "2026-11-01",
        "readings": [{"register_id": old["registers"][0]["id"], "value": value}],
        "meter": NEW,
    }
    return await world.http.post(f"/v1/meters/{old['id']}/exchange", json=body | fields, headers=headers)


async def old_meter(world: Any, **fields: Any) -> dict[str, Any]:
    meter = await world.add(market_location_id="41373559241", place={"city": "Ulm"}, label="Haus", **fields)
    await world.read(meter, ("2026-01-01", "1000"), ("2026-07-01", "2000"))
    return meter


async def test_the_new_meter_hangs_where_the_old_one_hung(world: Any) -> None:
    meter = await old_meter(world)
    answer = await exchange(world, meter, "2500")
    assert answer.status_code == 201, answer.text
    new = world.state(answer.json())
    assert (new["number"], new["in_use_from"], new["predecessor_id"]) == ("NEU-1", "2026-11-01", meter["id"])
    for same in ("point_id", "kind", "place", "label", "market_location_id", "customer_id"):
        assert new[same] == meter[same], same
    assert new["registers"][0]["series_id"] == meter["registers"][0]["series_id"]
    assert new["registers"][0]["last_value"] == "3.2"


async def test_the_old_meter_ends_with_its_end_reading(world: Any) -> None:
    meter = await old_meter(world)
    new = (await exchange(world, meter, "2500")).json()
    [event] = await world.told(pb.MeterExchanged)
    assert (event.meter.id, event.meter.in_use_to, event.meter.successor_id) == (meter["id"], "2026-11-01", new["id"])
    assert event.meter.registers[0].last_value == "2500.0"
    assert [event.meter.id for event in await world.told(pb.MeterAdded)] == [meter["id"], new["id"]]


async def test_end_and_start_reading_are_of_the_same_instant_and_series(world: Any) -> None:
    meter = await old_meter(world)
    await exchange(world, meter, "2500")
    rows = await world.sql("SELECT value, taken_at, series_id FROM reading WHERE reason = 'exchange' ORDER BY value")
    assert [str(row["value"]) for row in rows] == ["3.2", "2500"]
    assert len({(row["taken_at"], row["series_id"]) for row in rows}) == 1


async def test_every_state_that_changed_is_in_the_answer(world: Any) -> None:
    meter = await old_meter(world)
    results = (await exchange(world, meter, "2500")).json()["results"]
    assert sorted(result["kind"] for result in results) == ["meters.meter"] * 2 + ["meters.reading"] * 2


async def test_an_exchange_without_end_reading_would_break_the_line(world: Any) -> None:
    meter = await old_meter(world)
    answer = await exchange(world, meter, "", readings=[])
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "missing", "readings")


async def test_an_odd_end_reading_is_asked_back(world: Any) -> None:
    meter = await old_meter(world)
    answer = await exchange(world, meter, "1500")
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"]) == (422, "falling", "readings[0].value")
    assert problem["values"]["before"] == "2000"
    assert await world.sql("SELECT count(*) AS n FROM meter") == [(1,)]


async def test_staff_may_insist_on_an_odd_end_reading(world: Any) -> None:
    meter = await old_meter(world)
    assert (await exchange(world, meter, "1500", insist=True)).status_code == 201


async def test_a_wrong_start_value_changes_nothing(world: Any) -> None:
    meter = await old_meter(world)
    wrong = NEW | {"registers": [NEW["registers"][0] | {"start_value": "null"}]}
    answer = await exchange(world, meter, "2500", meter=wrong)
    assert (answer.status_code, answer.json()["field"]) == (422, "meter.registers[0].start_value")
    assert await world.sql("SELECT in_use_to FROM meter") == [(None,)]


@pytest.mark.parametrize(
    ("day", "status", "code"),
    [
        ("2026-11-21", 422, "future"),
        ("2023-12-31", 422, "before_use"),
        ("2026-06-30", 409, "readings_later"),
    ],
)
async def test_the_day_of_the_exchange_is_checked(world: Any, day: str, status: int, code: str) -> None:
    meter = await old_meter(world)
    answer = await exchange(world, meter, "2500", exchanged_on=day)
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (status, code, "exchanged_on")


async def test_a_reading_of_the_same_morning_stands_before_the_end_reading(world: Any) -> None:
    meter = await old_meter(world)
    await world.enter(meter, "2400", taken_at="2026-11-01T08:00:00")
    assert (await exchange(world, meter, "2440")).status_code == 201
    rows = await world.sql(
        "SELECT value FROM reading WHERE register_id = $1 ORDER BY taken_at", meter["registers"][0]["id"]
    )
    assert [str(row["value"]) for row in rows] == ["1000", "2000", "2400", "2440"]


async def test_a_meter_is_exchanged_once(world: Any) -> None:
    meter = await old_meter(world)
    await exchange(world, meter, "2500")
    answer = await exchange(world, meter, "2600", meter=NEW | {"number": "NEU-2"})
    assert (answer.status_code, answer.json()["code"]) == (409, "meter_ended")


async def test_two_clicks_are_one_exchange(world: Any) -> None:
    meter = await old_meter(world)
    headers = world.staff() | {"Idempotency-Key": "click"}
    first = await exchange(world, meter, "2500", headers=headers)
    second = await exchange(world, meter, "2500", headers=headers)
    assert second.json() == first.json()
    assert await world.sql("SELECT count(*) AS n FROM meter") == [(2,)]


async def test_the_new_meter_may_carry_the_old_number(world: Any) -> None:
    meter = await old_meter(world, number="SAME")
    assert (await exchange(world, meter, "2500", meter=NEW | {"number": "SAME"})).status_code == 201


async def test_a_number_in_use_elsewhere_changes_nothing(world: Any) -> None:
    meter = await old_meter(world)
    await world.add(number="TAKEN")
    answer = await exchange(world, meter, "2500", meter=NEW | {"number": "TAKEN"})
    assert (answer.status_code, answer.json()["code"]) == (409, "number_in_use")
    assert await world.sql("SELECT id FROM reading WHERE reason = 'exchange'") == []


async def test_the_old_meter_takes_no_more_readings(world: Any) -> None:
    meter = await old_meter(world)
    await exchange(world, meter, "2500")
    result = await world.enter(meter, "2600", insist=True)
    assert [found["code"] for found in result["findings"] if found["severity"] == "blocker"] == ["after_use"]


async def test_another_exchange_carries_the_point_on(world: Any) -> None:
    meter = await old_meter(world)
    second = world.state((await exchange(world, meter, "2500")).json())
    third = await exchange(world, second, "400", exchanged_on="2026-11-20", meter=NEW | {"number": "NEU-3"})
    assert world.state(third.json())["point_id"] == meter["point_id"]


async def test_a_meter_ends_with_its_final_reading(world: Any) -> None:
    meter = await old_meter(world)
    body = {"in_use_to": "2026-11-15", "readings": [{"register_id": meter["registers"][0]["id"], "value": "2500"}]}
    answer = await world.http.post(f"/v1/meters/{meter['id']}/end", json=body, headers=world.staff())
    ended = world.state(answer.json())
    assert (ended["in_use_to"], ended["registers"][0]["last_value"]) == ("2026-11-15", "2500.0")
    [row] = await world.sql("SELECT reason FROM reading WHERE value = 2500")
    assert row["reason"] == "final"


async def test_a_register_of_another_meter_is_named(world: Any) -> None:
    meter, other = await old_meter(world), await world.add()
    readings = [{"register_id": other["registers"][0]["id"], "value": "1"}]
    body = {"in_use_to": "2026-11-15", "readings": readings}
    answer = await world.http.post(f"/v1/meters/{meter['id']}/end", json=body, headers=world.staff())
    assert (answer.status_code, answer.json()["field"]) == (422, "readings[0].register_id")


async def test_an_exchange_reading_is_not_rejected(world: Any) -> None:
    meter = await old_meter(world)
    results = (await exchange(world, meter, "2500")).json()["results"]
    reading = next(result["id"] for result in results if result["kind"] == "meters.reading")
    answer = await world.decide(reading, "reject")
    assert (answer.status_code, answer.json()["code"]) == (422, "exchange_reading")


async def test_customers_exchange_nothing(world: Any) -> None:
    meter = await old_meter(world)
    assert (await exchange(world, meter, "2500", headers=world.person())).status_code == 403


async def test_a_meter_that_is_not_there_is_not_exchanged(world: Any) -> None:
    meter = await old_meter(world)
    assert (await exchange(world, meter | {"id": str(uuid7())}, "2500")).status_code == 404

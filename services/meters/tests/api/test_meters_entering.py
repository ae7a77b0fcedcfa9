"""Readings are entered by customers, by link and by staff (G3)."""

import asyncio
import base64
from typing import Any

import pytest

from kontor.meters.v1 import meters_pb2 as pb
from kontor_service.ids import uuid7
from kontor_testing.waiting import eventually


def codes(result: dict[str, Any]) -> list[str]:
    return [found["code"] for found in result["findings"]]


async def test_a_reading_is_stored_and_told_of(world: Any) -> None:
    meter = await world.add()
    result = await world.enter(meter, "12.345,6")
    reading = world.state(result)
    assert (result["outcome"], codes(result)) == ("stored", [])
    assert (reading["value"], reading["state"], reading["source"], reading["channel"]) == (
        "12345.6", "valid", "customer", "account",
    )  # fmt: skip
    assert reading["customer_id"] == str(world.customer)
    assert [event.reading.id for event in await world.told(pb.ReadingTaken)] == [reading["id"]]


async def test_the_meter_shows_its_last_value(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "100"), ("2026-02-01", "300"), ("2025-12-01", "50"))
    [*_, last] = await world.told(pb.MeterChanged)
    assert (last.meter.registers[0].last_value, last.meter.version) == ("300.0", 3)


async def test_the_answer_has_the_meter_for_the_copy(world: Any) -> None:
    meter = await world.add()
    body = {"readings": [{"register_id": meter["registers"][0]["id"], "value": "7"}]}
    answer = await world.http.post("/v1/readings", json=body, headers=world.person())
    [told] = answer.json()["meters"]
    assert world.state(told)["registers"][0]["last_value"] == "7.0"


async def test_a_day_alone_means_noon_at_the_merchant(world: Any) -> None:
    meter = await world.add()
    result = await world.enter(meter, "10", taken_on="2026-07-01")
    assert world.state(result)["taken_at"] == "2026-07-01T10:00:00Z"


async def test_a_time_without_zone_is_the_merchants(world: Any) -> None:
    meter = await world.add()
    result = await world.enter(meter, "10", taken_at="2026-01-01T08:30:00")
    assert world.state(result)["taken_at"] == "2026-01-01T07:30:00Z"


async def test_a_time_that_the_clocks_skip_is_named(world: Any) -> None:
    meter = await world.add()
    asked = {"register_id": meter["registers"][0]["id"], "value": "1000", "taken_at": "2026-03-29T02:30:00"}
    answer = await world.http.post("/v1/readings", json={"readings": [asked]}, headers=world.person())
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "no_such_time", "taken_at")


async def test_what_is_odd_is_asked_back_and_not_stored(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "1000"))
    result = await world.enter(meter, "900")
    assert (result["outcome"], codes(result), "id" in result) == ("asks_back", ["falling"], False)
    assert result["findings"][0]["values"] == {"before": "1000", "before_on": "2026-01-01"}
    assert await world.sql("SELECT count(*) AS n FROM reading") == [(1,)]


@pytest.mark.parametrize(("kind", "outcome"), [("consumer", "asks_back"), ("business", "stored")])
async def test_a_young_meter_may_use_what_its_customer_uses(world: Any, kind: str, outcome: str) -> None:
    await world.meet(world.customer, "K-7", kind=kind)
    meter = await world.add()
    await world.read(meter, ("2026-10-01", "0"))
    # 150 kWh a day.
    result = await world.enter(meter, "4500", taken_on="2026-10-31")
    assert result["outcome"] == outcome
    assert [finding["code"] for finding in result["findings"]] == (["jump"] if outcome == "asks_back" else [])


async def test_who_insists_is_heard_and_staff_decide(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "1000"))
    result = await world.enter(meter, "900", insist=True)
    reading = world.state(result)
    assert (result["outcome"], reading["state"], reading["insisted"]) == ("questioned", "to_be_checked", True)
    assert [event.reading.id for event in await world.told(pb.ReadingQuestioned)] == [reading["id"]]
    [row] = await world.sql("SELECT last_value FROM register WHERE meter_id = $1", meter["id"])
    assert row["last_value"] == 1000


async def test_who_insists_twice_is_heard_once(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "1000"))
    results = [await world.enter(meter, "900", insist=True) for _ in range(2)]
    assert [result["outcome"] for result in results] == ["questioned", "questioned"]
    assert results[0]["id"] == results[1]["id"]


async def test_nobody_insists_on_the_future(world: Any) -> None:
    meter = await world.add()
    result = await world.enter(meter, "900", taken_on="2026-11-21", insist=True)
    assert (result["outcome"], codes(result)) == ("refused", ["future"])


async def test_staff_who_insist_decide(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "1000"))
    result = await world.enter(meter, "900", insist=True, headers=world.staff())
    reading = world.state(result)
    assert (result["outcome"], reading["state"], reading["source"], reading["decided_by"]) == (
        "stored", "valid", "staff", "Eva",
    )  # fmt: skip


async def test_each_reading_stands_by_itself(world: Any) -> None:
    two = [{"unit": "kWh", "tariff": "high"}, {"unit": "kWh", "tariff": "low"}]
    meter = await world.add(registers=two)
    high, low = (register["id"] for register in meter["registers"])
    readings = [{"register_id": high, "value": "zwölf"}, {"register_id": low, "value": "12"}]
    answer = await world.http.post("/v1/readings", json={"readings": readings}, headers=world.person())
    refused, stored = answer.json()["results"]
    assert (refused["outcome"], codes(refused), stored["outcome"]) == ("refused", ["not_a_number"], "stored")


async def test_somebody_elses_register_is_not_there(world: Any) -> None:
    meter = await world.add()
    for headers in (
        world.person(uuid7()),
        world.person(world.customer, document=uuid7()),
        world.link(f"meters.meter:{uuid7()}"),
    ):
        result = await world.enter(meter, "10", headers=headers)
        assert (result["outcome"], codes(result)) == ("refused", ["unknown_register"])


async def test_another_merchants_register_is_not_there(world: Any) -> None:
    meter = await world.add()
    result = await world.enter(meter, "10", headers=world.staff(uuid7()))
    assert (result["outcome"], codes(result)) == ("refused", ["unknown_register"])


async def test_two_clicks_are_one_reading(world: Any) -> None:
    meter = await world.add()
    body = {"readings": [{"register_id": meter["registers"][0]["id"], "value": "10"}]}
    headers = world.person() | {"Idempotency-Key": "click"}
    first, second = await asyncio.gather(
        *(world.http.post("/v1/readings", json=body, headers=headers) for _ in range(2))
    )
    assert first.json() == second.json()
    assert await world.sql("SELECT count(*) AS n FROM reading") == [(1,)]


async def test_a_key_stands_for_one_request(world: Any) -> None:
    meter = await world.add()
    headers = world.person() | {"Idempotency-Key": "click"}
    await world.enter(meter, "10", headers=headers)
    body = {"readings": [{"register_id": meter["registers"][0]["id"], "value": "11"}]}
    answer = await world.http.post("/v1/readings", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")


async def test_the_same_value_on_the_same_day_is_the_same_reading(world: Any) -> None:
    meter = await world.add()
    first = await world.enter(meter, "10")
    second = await world.enter(meter, "10")
    assert (second["outcome"], codes(second), second["id"]) == ("stored", ["duplicate"], first["id"])


async def test_a_handover_is_read_by_who_leaves_and_by_who_comes(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "1000"))
    for reason in ("regular", "move_in", "move_out"):
        result = await world.enter(meter, "1500", taken_on="2026-06-30", reason=reason, headers=world.staff())
        assert (result["outcome"], codes(result), world.state(result)["reason"]) == ("stored", [], reason)
    rows = await world.sql("SELECT reason FROM reading WHERE value = 1500 AND state = 'valid' ORDER BY taken_at")
    assert [row["reason"] for row in rows] == ["move_out", "regular", "move_in"]


async def test_who_moves_in_is_not_given_the_reading_of_who_left(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "1000"))
    left = await world.enter(meter, "1500", taken_on="2026-06-30")
    comer = uuid7()
    await world.meet(comer, f"K-{comer.hex[-8:]}")
    body = {"customer_id": str(comer)}
    await world.http.post(f"/v1/meters/{meter['id']}", json=body, headers=world.staff())
    came = await world.enter(meter, "1500", taken_on="2026-06-30", headers=world.person(comer))
    assert (came["outcome"], codes(came), world.state(came)["customer_id"]) == ("stored", [], str(comer))
    corrected = {"taken_on": "2026-06-30", "insist": True, "headers": world.staff()}
    await world.enter(meter, "1503", **corrected)
    rows = await world.sql("SELECT id FROM reading WHERE state = 'valid' AND customer_id = $1", world.customer)
    assert left["id"] in {str(row["id"]) for row in rows}


async def test_staff_who_insist_leave_the_other_half_of_a_handover(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "1000"))
    await world.enter(meter, "1500", taken_on="2026-06-30", reason="move_out", headers=world.staff())
    await world.enter(meter, "1499", taken_on="2026-06-30", reason="move_in", insist=True, headers=world.staff())
    rows = await world.sql("SELECT reason FROM reading WHERE state = 'valid' AND value > 1000 ORDER BY taken_at")
    assert [row["reason"] for row in rows] == ["move_out", "move_in"]


async def test_at_the_same_moment_one_of_two_different_values_is_asked_back(world: Any) -> None:
    meter = await world.add()
    results = await asyncio.gather(*(world.enter(meter, value) for value in ("10", "20")))
    assert sorted(result["outcome"] for result in results) == ["asks_back", "stored"]
    assert "duplicate" in codes(next(result for result in results if result["outcome"] == "asks_back"))


async def test_a_link_of_a_meter_enters_its_readings(world: Any) -> None:
    meter = await world.add()
    result = await world.enter(meter, "10", headers=world.link(f"meters.meter:{meter['id']}"))
    [event] = await world.told(pb.ReadingTaken)
    assert (result["outcome"], event.reading.channel, event.reading.source) == ("stored", "link", "customer")


async def test_a_link_learns_nothing_of_what_was_read(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "87654"), ("2026-11-20", "88765"))
    headers = world.link(f"meters.meter:{meter['id']}")
    for value in ("1", "900000", "88765"):
        body = {"readings": [{"register_id": meter["registers"][0]["id"], "value": value, "insist": True}]}
        answer = await world.http.post("/v1/readings", json=body, headers=headers)
        told = answer.text.replace('"value": "88765"', "")
        assert answer.json()["results"][0]["findings"]
        assert "snapshot" not in told
        assert not [secret for secret in ("87654", "2026-01-01", "2026-11-20") if secret in told]


async def test_a_number_with_two_meanings_is_asked_back(world: Any) -> None:
    water = [{"unit": "m3", "digits_before": 5, "digits_after": 3}]
    meter = await world.add(kind="water", registers=water)
    result = await world.enter(meter, "2.345")
    assert (result["outcome"], codes(result)) == ("asks_back", ["ambiguous"])
    assert result["findings"][0]["values"] == {"read_as": "2.345", "or": "2345"}


async def test_a_number_with_two_meanings_is_the_one_that_fits(world: Any) -> None:
    water = [{"unit": "m3", "digits_before": 5, "digits_after": 3}]
    meter = await world.add(kind="water", registers=water)
    await world.read(meter, ("2026-10-01", "12,000"))
    result = await world.enter(meter, "12.345")
    assert (result["outcome"], world.state(result)["value"]) == ("stored", "12.345")


async def test_an_unknown_photo_is_named(world: Any) -> None:
    meter = await world.add()
    result = await world.enter(meter, "10", photo_sha256="a" * 64)
    assert (result["outcome"], codes(result)) == ("refused", ["unknown_photo"])


async def test_a_million_readings_are_no_request(world: Any) -> None:
    meter = await world.add()
    body = {"readings": [{"register_id": meter["registers"][0]["id"], "value": "1"}] * 501}
    answer = await world.http.post("/v1/readings", json=body, headers=world.person())
    assert (answer.status_code, answer.json()["field"]) == (422, "readings")


@pytest.mark.parametrize("snapshot", ["meters.meter", "meters.reading"])
async def test_what_is_there_is_told_again(world: Any, snapshot: str) -> None:
    meter = await world.add()
    await world.enter(meter, "10")
    answer = await world.http.post("/v1/snapshots", headers=world.service())
    assert answer.json()["counts"][snapshot] >= 1
    kind = {"meters.meter": pb.MeterSnapshot, "meters.reading": pb.ReadingSnapshot}[snapshot]
    assert len(await eventually(lambda: world.told(kind))) == 1


async def test_the_snapshot_in_an_answer_is_the_events_state(world: Any) -> None:
    meter = await world.add()
    result = await world.enter(meter, "10")
    [event] = await world.told(pb.ReadingTaken)
    assert pb.ReadingSnapshot.FromString(base64.b64decode(result["snapshot"]["data"])).reading == event.reading


@pytest.mark.parametrize(
    "fields",
    [{"taken_on": "0001-01-01"}, {"taken_on": "9999-12-31"}, {"taken_at": "0001-01-01T00:00:00"}, {"note": "\u0000"}],
)
async def test_what_no_calendar_and_no_table_holds_is_named(world: Any, fields: dict[str, Any]) -> None:
    meter = await world.add()
    body = {"readings": [{"register_id": meter["registers"][0]["id"], "value": "1"} | fields]}
    answer = await world.http.post("/v1/readings", json=body, headers=world.person())
    assert (answer.status_code, answer.json()["field"]) == (422, f"readings[0].{next(iter(fields))}")

"""Meters are added, changed and matched with their customers (G1)."""

from typing import Any

import httpx
import pytest

from kontor.meters.v1 import meters_pb2 as pb
from kontor_service.ids import uuid7


async def test_a_meter_is_added_and_told_of(world: Any) -> None:
    meter = await world.add(number="1ESY1160012345", place={"street": "Weg 1", "city": "Ulm", "detail": "Keller"})
    assert meter["number"] == "1ESY1160012345"
    assert meter["point_id"] == meter["id"]
    assert [event.meter.id for event in await world.told(pb.MeterAdded)] == [meter["id"]]


async def add(world: Any, **fields: Any) -> httpx.Response:
    body = world.wanted(world.customer, **fields)
    return await world.http.post("/v1/meters", json=body, headers=world.staff())


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"number": None}, "number", "missing"),
        ({"in_use_from": None}, "in_use_from", "missing"),
        ({"registers": []}, "registers", "missing"),
        ({"market_location_id": "41373559242"}, "market_location_id", "check_digit"),
        ({"registers": [{"unit": "m3"}]}, "registers[0].unit", "unit"),
        ({"registers": [{"unit": "kWh", "obis": "1.8"}, {"unit": "kWh", "obis": "x"}]}, "registers[1].obis", "obis"),
        ({"registers": [{"unit": "kWh", "obis": "7-0:3.0.0"}]}, "registers[0].obis", "obis_kind"),
        ({"registers": [{"unit": "kWh", "obis": "1-0:2.8.0"}]}, "registers[0].obis", "obis_direction"),
        ({"registers": [{"unit": "kWh"}, {"unit": "kWh"}]}, "registers[1].tariff", "duplicate"),
        ({"registers": [{"unit": "kWh", "factor": "0"}]}, "registers[0].factor", "greater_than"),
        ({"registers": [{"unit": "kWh", "digits_before": 0}]}, "registers[0].digits_before", "greater_than_equal"),
        ({"registers": [{"unit": "kWh", "digits_before": 9, "factor": "100000"}]}, "registers[0].factor", "too_much"),
        ({"kind": "steam"}, "kind", "literal_error"),
        ({"number": "47\u000011"}, "number", "control_characters"),
        ({"number": "  "}, "number", "too_short"),
        ({"in_use_from": "0001-01-01"}, "in_use_from", "greater_than_equal"),
        ({"registers": [{"unit": "kWh", "factor": "NaN"}]}, "registers[0].factor", "finite_number"),
        ({"customer_id": str(uuid7())}, "customer_id", "customer_unknown"),
    ],
)
async def test_what_is_wrong_is_named_by_its_field(world: Any, fields: dict[str, Any], field: str, code: str) -> None:
    answer = await add(world, **fields)
    problem = answer.json()
    assert answer.status_code == 422
    named = {(error["field"], error["code"]) for error in problem.get("errors", [])} | {
        (problem.get("field"), problem["code"])
    }
    assert (field, code) in named
    assert await world.sql("SELECT id FROM meter") == []


async def test_two_meters_in_use_have_two_numbers(world: Any) -> None:
    await world.add(number="4711")
    answer = await add(world, number="4711")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (409, "number_in_use", "number")


async def test_two_clicks_are_one_meter(world: Any) -> None:
    body, headers = world.wanted(world.customer), world.staff() | {"Idempotency-Key": "click"}
    answers = [await world.http.post("/v1/meters", json=body, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(await world.told(pb.MeterAdded)) == 1


async def test_another_kind_may_have_the_same_number(world: Any) -> None:
    await world.add(number="4711")
    assert (await add(world, number="4711", kind="water", registers=[{"unit": "m3"}])).status_code == 201


async def test_a_number_is_free_again_when_its_meter_ended(world: Any) -> None:
    meter = await world.add(number="4711")
    body = {"in_use_to": "2026-11-01"}
    assert (await world.http.post(f"/v1/meters/{meter['id']}/end", json=body, headers=world.staff())).status_code == 200
    assert (await add(world, number="4711", in_use_from="2026-11-01")).status_code == 201


async def test_a_change_leaves_what_it_does_not_name(world: Any) -> None:
    meter = await world.add(label="Wärmepumpe", place={"city": "Ulm", "street": "Weg 1"})
    body = {"place": {"street": "Weg 2"}}
    answer = await world.http.post(f"/v1/meters/{meter['id']}", json=body, headers=world.staff())
    changed = world.state(answer.json())
    assert (changed["label"], changed["place"]["city"], changed["place"]["street"]) == ("Wärmepumpe", "Ulm", "Weg 2")
    assert (changed["version"], changed["registers"][0]["id"]) == ("2", meter["registers"][0]["id"])


async def test_a_change_that_changes_nothing_is_no_news(world: Any) -> None:
    meter = await world.add(label="Halle")
    answer = await world.http.post(f"/v1/meters/{meter['id']}", json={"label": "Halle"}, headers=world.staff())
    assert answer.json()["version"] == 1
    assert await world.told(pb.MeterChanged) == []


async def test_a_register_that_was_read_stays(world: Any) -> None:
    two = [{"unit": "kWh", "tariff": "high"}, {"unit": "kWh", "tariff": "low"}]
    meter = await world.add(registers=two)
    await world.enter(meter, "10")
    answer = await world.http.post(f"/v1/meters/{meter['id']}", json={"registers": two[1:]}, headers=world.staff())
    assert (answer.status_code, answer.json()["code"]) == (409, "register_has_readings")


async def test_a_register_that_was_never_read_may_go(world: Any) -> None:
    two = [{"unit": "kWh", "tariff": "high"}, {"unit": "kWh", "tariff": "low"}]
    meter = await world.add(registers=two)
    answer = await world.http.post(f"/v1/meters/{meter['id']}", json={"registers": two[:1]}, headers=world.staff())
    assert [register["tariff"] for register in world.state(answer.json())["registers"]] == ["high"]


async def test_a_meter_is_not_in_use_only_after_its_readings(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2025-03-01", "10"))
    body = {"in_use_from": "2025-03-02"}
    answer = await world.http.post(f"/v1/meters/{meter['id']}", json=body, headers=world.staff())
    assert (answer.status_code, answer.json()["code"]) == (409, "readings_later")


async def test_a_meter_waits_for_its_customer(world: Any) -> None:
    customer, number = uuid7(), f"K-{uuid7().hex[-8:]}"
    answer = await add(world, customer_id=None, customer_number=number)
    assert world.state(answer.json())["customer_id"] == ""
    await world.meet(customer, number)
    [event] = await world.told(pb.MeterChanged)
    assert (event.meter.id, event.meter.customer_id) == (answer.json()["id"], str(customer))


async def test_what_was_read_before_the_customer_came_is_the_customers(world: Any) -> None:
    customer, number = uuid7(), f"K-{uuid7().hex[-8:]}"
    answer = await add(world, customer_id=None, customer_number=number)
    await world.read(world.state(answer.json()), ("2026-01-01", "10"))
    await world.meet(customer, number)
    [row] = await world.sql("SELECT customer_id, version FROM reading")
    assert tuple(row) == (customer, 2)
    [event] = await world.told(pb.ReadingSnapshot)
    assert event.reading.customer_id == str(customer)


async def test_a_known_customer_is_found_by_number(world: Any) -> None:
    customer, number = uuid7(), f"K-{uuid7().hex[-8:]}"
    await world.meet(customer, number)
    answer = await add(world, customer_id=None, customer_number=number)
    assert world.state(answer.json())["customer_id"] == str(customer)


async def test_another_merchants_meter_is_not_there(world: Any) -> None:
    meter = await world.add()
    for path, body in (
        (f"/v1/meters/{meter['id']}", {"label": "x"}),
        (f"/v1/meters/{meter['id']}/end", {"in_use_to": "2026-11-01"}),
        (f"/v1/meters/{meter['id']}/exchange",
         {"exchanged_on": "2026-11-01", "meter": {"number": "1", "registers": [{"unit": "kWh"}]}}),
    ):  # fmt: skip
        answer = await world.http.post(path, json=body, headers=world.staff(uuid7()))
        assert (answer.status_code, answer.json()["code"]) == (404, "meter_not_found")


async def test_customers_change_no_meters(world: Any) -> None:
    meter = await world.add()
    answer = await world.http.post(f"/v1/meters/{meter['id']}", json={"label": "x"}, headers=world.person())
    assert answer.status_code == 403


async def test_another_system_brings_a_meter_up_to_date(world: Any) -> None:
    body = world.wanted(world.customer, external_id="erp-1", number="7")
    first = await world.http.post("/v1/incoming-meters", json=body, headers=world.system())
    again = await world.http.post("/v1/incoming-meters", json=body | {"label": "Halle"}, headers=world.system())
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.json()["id"], world.state(again.json())["label"]) == (first.json()["id"], "Halle")


async def test_a_list_of_meters_is_kept_one_by_one(world: Any) -> None:
    good = world.wanted(world.customer, external_id="erp-1")
    bad = world.wanted(world.customer, external_id="erp-2", market_location_id="12345678901")
    answer = await world.http.post("/v1/incoming-meters", json=[bad, good], headers=world.system())
    refused, kept = answer.json()["results"]
    assert (refused["error"]["field"], kept["kind"], answer.json()["failed"]) == (
        "market_location_id",
        "meters.meter",
        1,
    )


async def test_what_is_no_meter_does_not_keep_out_the_others(world: Any) -> None:
    good = world.wanted(world.customer, external_id="erp-1")
    answer = await world.http.post("/v1/incoming-meters", json=["x", {}, good, None], headers=world.system())
    assert ["error" in result for result in answer.json()["results"]] == [True, True, False, True]
    assert answer.json()["results"][1]["error"]["field"] == "external_id"


async def test_too_many_meters_at_once_are_refused(world: Any) -> None:
    answer = await world.http.post("/v1/incoming-meters", json=[{}] * 501, headers=world.system())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many")


@pytest.mark.parametrize("body", [None, 1, "x", {}])
async def test_one_thing_that_is_no_meter_is_refused(world: Any, body: Any) -> None:
    answer = await world.http.post("/v1/incoming-meters", json=body, headers=world.system())
    assert answer.status_code == 422

"""What comes in over HTTP becomes consumption by itself."""

from typing import Any

from kontor.meters.v1 import meters_pb2 as pb
from kontor_testing.waiting import eventually


async def used(world: Any, year: int, amount: int) -> pb.Consumption:
    """The latest state of the year, as soon as it says so many thousandths."""

    async def says() -> pb.Consumption | None:
        facts = [e.consumption for e in await world.told(pb.ConsumptionChanged) if e.consumption.year == year]
        latest = max(facts, key=lambda state: state.version, default=None)
        return latest if latest and sum(day for day in latest.days if day >= 0) == amount else None

    return await eventually(says)


async def test_two_readings_become_days_and_a_fact(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-05-01", "100"), ("2026-05-11", "400"))
    state = await used(world, 2026, 300_000)
    assert list(state.days[119:132]) == [-1, 15_000, *[30_000] * 9, 15_000, -1]
    assert (state.customer_id, state.meter_id, state.unit) == (str(world.customer), meter["id"], "kWh")
    assert state.projection.method == "days"


async def test_a_correction_by_staff_is_seen_in_the_days(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-05-01", "100"))
    reading = await world.enter(meter, "400", taken_on="2026-05-11")
    await used(world, 2026, 300_000)
    assert (await world.decide(reading["id"], "correct", value="350")).status_code == 200
    await used(world, 2026, 250_000)


async def test_an_exchanged_meter_runs_on_in_one_year(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "1000"), ("2026-07-01", "2000"))
    body = {
        "exchanged_on": "2026-11-01",
        "readings": [{"register_id": meter["registers"][0]["id"], "value": "2500"}],
        "meter": {"number": "NEU-2", "registers": [{**meter["registers"][0], "start_value": "3"}]},
    }
    answer = await world.http.post(f"/v1/meters/{meter['id']}/exchange", json=body, headers=world.staff())
    assert answer.status_code == 201, answer.text
    new = world.state(answer.json())
    await world.read(new, ("2026-11-15", "53"))
    state = await used(world, 2026, 1_550_000)
    assert state.meter_id == new["id"]
    assert [day for day in state.days if day >= 0] == list(
        state.days[: 31 + 28 + 31 + 30 + 31 + 30 + 31 + 31 + 30 + 31 + 15]
    )


async def test_a_copy_that_is_rebuilt_is_told_all_consumption_again(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2025-05-01", "100"), ("2026-05-11", "400"))
    assert await used_in(world, 2026) + await used_in(world, 2025) == 300_000
    answer = await world.http.post("/v1/snapshots", headers=world.service())
    assert answer.json()["counts"]["meters.consumption"] >= 2
    told = [event.consumption.year for event in await world.told(pb.ConsumptionSnapshot)]
    assert sorted(told) == [2025, 2026]


async def used_in(world: Any, year: int) -> int:
    async def there() -> int:
        facts = [e.consumption for e in await world.told(pb.ConsumptionChanged) if e.consumption.year == year]
        return sum(day for day in facts[-1].days if day >= 0) if facts else 0

    return await eventually(there)

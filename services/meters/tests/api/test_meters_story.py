"""A meter's year, as its customer and its merchant live it."""

from typing import Any

from kontor.meters.v1 import meters_pb2 as pb
from kontor_testing.waiting import eventually


async def used(world: Any, series: str, year: int) -> int | None:
    """Whole thousandths of a kWh that the copies were told of; None where nothing was told yet."""
    told = [event.consumption for event in await world.told(pb.ConsumptionChanged)]
    mine = [state for state in told if (state.series_id, state.year) == (series, year)]
    return sum(day for day in max(mine, key=lambda state: state.version).days if day >= 0) if mine else None


async def test_a_customer_insists_staff_accept_and_the_year_runs_through_the_exchange(world: Any) -> None:
    meter = await world.add()
    series = meter["registers"][0]["series_id"]
    await world.read(meter, ("2025-12-31", "1000"), ("2026-01-31", "1300"))

    asked_back = await world.enter(meter, "90000", taken_on="2026-03-31")
    assert (asked_back["outcome"], asked_back["findings"][0]["code"]) == ("asks_back", "jump")
    insisted = await world.enter(meter, "90000", taken_on="2026-03-31", insist=True)
    assert insisted["outcome"] == "questioned"
    await world.decide(insisted["id"], "correct", value="1.900", note="Foto: 1900")
    result = await world.enter(meter, "2.500", taken_on="2026-07-31")
    assert result["outcome"] == "stored"

    exchange = {
        "exchanged_on": "2026-11-01",
        "readings": [{"register_id": meter["registers"][0]["id"], "value": "3400"}],
        "meter": {"number": "NEU", "registers": [{"unit": "kWh", "digits_after": 1, "start_value": "0,4"}]},
    }
    answer = await world.http.post(f"/v1/meters/{meter['id']}/exchange", json=exchange, headers=world.staff())
    new = world.state(answer.json())
    await world.enter(new, "190,4", taken_on="2026-11-19")

    async def is_summed() -> bool:
        # 2400 on the old meter and 190 on the new one, but for the first half of 31 December, which was last year's.
        this_year, before = await used(world, series, 2026), await used(world, series, 2025)
        return (this_year or 0) + (before or 0) == 2_590_000

    await eventually(is_summed)

"""Meters of the demo: handed in as an ERP and a metering point operator do, exchanged and asked for as staff do."""

import asyncio
from datetime import date, timedelta
from typing import Any

from kontor_standalone.demo.calls import Calls, SetupFailed
from kontor_standalone.demo.meters import (
    EXCHANGED,
    HUNG,
    SMART,
    WATER,
    as_handed_in,
    doubtful,
    exchanged_on,
    last_value,
    quarters,
    readings,
    today_there,
    too_much,
)
from kontor_standalone.home import Home

_TIMES = 10


async def measure(home: Home, calls: Calls, customer: Calls, api_key: str) -> None:
    """Three years of readings, a smart meter since a few months, two odd readings, and a request that is open."""
    today = today_there()
    door = f"{home.url('gateway')}/api/ingest/v1"
    key = {"Authorization": f"Bearer {api_key}"}
    made = await _hand_in(calls, f"{door}/meters", key, [as_handed_in(hung, today) for hung in HUNG])
    values = {"readings": [*(one for hung in HUNG for one in readings(hung, today)), doubtful(today)]}
    await calls.public("POST", f"{door}/readings", headers=key, json=values)
    await _exchange(calls, made[EXCHANGED], today)
    await calls.public("POST", f"{door}/readings", headers=key, json={"intervals": [quarters(today)]})
    await _insist(customer, made[WATER], today)
    await calls("meters", "meters:edit", "POST", "/v1/requests", json=_request(today))


async def _hand_in(
    calls: Calls, door: str, key: dict[str, str], meters: list[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """What became of each, by its number. The same list again where a customer who arrived was in the way of some."""
    for _ in range(_TIMES):
        results = (await calls.public("POST", door, headers=key, json=meters))["results"]
        refused = [result["error"] for result in results if "error" in result]
        if not refused:
            return {meter["number"]: result for meter, result in zip(meters, results, strict=True)}
        await asyncio.sleep(0.5)
    raise SetupFailed(f"{len(refused)} meters were refused: {refused[0]}")


async def _insist(customer: Calls, water: dict[str, Any], today: date) -> None:
    """The customer was asked back, and says that it is right: staff decide."""
    reading = {"register_id": water["registers"][0]["id"], "value": too_much(WATER, today), "insist": True}
    await customer("meters", "meters:enter", "POST", "/v1/readings", json={"readings": [reading]})


async def _exchange(calls: Calls, old: dict[str, Any], today: date) -> None:
    """The shop's old meter went; the new one says by itself what it counts."""
    exchanged = next(hung for hung in HUNG if hung.number == EXCHANGED)
    register = {
        "obis": "1-0:1.8.0", "unit": "kWh", "digits_before": 6, "digits_after": 3, "interval": True, "start_value": "0",
    }  # fmt: skip
    wanted = {
        "exchanged_on": exchanged_on(today).isoformat(),
        "readings": [{"register_id": old["registers"][0]["id"], "value": last_value(exchanged, today)}],
        "meter": {"number": SMART, "external_id": f"demo-{SMART}", "registers": [register]},
    }
    await calls("meters", "meters:edit", "POST", f"/v1/meters/{old['id']}/exchange", json=wanted)


def _request(today: date) -> dict[str, Any]:
    return {
        "title": f"Ablesung Gas {today.year}", "due_on": (today + timedelta(days=14)).isoformat(),
        "remind_on": (today + timedelta(days=9)).isoformat(), "estimate": True, "kinds": ["gas"],
    }  # fmt: skip

"""Meters of the demo: handed in as an ERP and a metering point operator do, exchanged and asked for as staff do."""

from datetime import date, timedelta
from typing import Any

from kontor_standalone.demo.calls import Calls, SetupFailed
from kontor_standalone.demo.meters import (
    EXCHANGED,
    HUNG,
    SMART,
    as_handed_in,
    doubtful,
    exchanged_on,
    last_value,
    quarters,
    readings,
    today_there,
)
from kontor_standalone.home import Home


async def measure(home: Home, calls: Calls, api_key: str) -> None:
    """Three years of readings, a smart meter since a few months, and a request that is open."""
    today = today_there()
    door = f"{home.url('gateway')}/api/ingest/v1"
    key = {"Authorization": f"Bearer {api_key}"}
    made = await calls.public("POST", f"{door}/meters", headers=key, json=[as_handed_in(hung, today) for hung in HUNG])
    refused = [result["error"] for result in made["results"] if "error" in result]
    if refused:
        raise SetupFailed(f"{len(refused)} meters were refused: {refused[0]}")
    values = {"readings": [*(one for hung in HUNG for one in readings(hung, today)), doubtful(today)]}
    await calls.public("POST", f"{door}/readings", headers=key, json=values)
    await _exchange(calls, made["results"], today)
    await calls.public("POST", f"{door}/readings", headers=key, json={"intervals": [quarters(today)]})
    await calls("meters", "meters:edit", "POST", "/v1/requests", json=_request(today))


async def _exchange(calls: Calls, made: list[dict[str, Any]], today: date) -> None:
    """The shop's old meter went; the new one says by itself what it counts."""
    place = next(index for index, hung in enumerate(HUNG) if hung.number == EXCHANGED)
    old = made[place]
    register = {
        "obis": "1-0:1.8.0", "unit": "kWh", "digits_before": 6, "digits_after": 3, "interval": True, "start_value": "0",
    }  # fmt: skip
    wanted = {
        "exchanged_on": exchanged_on(today).isoformat(),
        "readings": [{"register_id": old["registers"][0]["id"], "value": last_value(HUNG[place], today)}],
        "meter": {"number": SMART, "external_id": f"demo-{SMART}", "registers": [register]},
    }
    await calls("meters", "meters:edit", "POST", f"/v1/meters/{old['id']}/exchange", json=wanted)


def _request(today: date) -> dict[str, Any]:
    return {
        "title": f"Ablesung Gas {today.year}", "due_on": (today + timedelta(days=14)).isoformat(),
        "remind_on": (today + timedelta(days=9)).isoformat(), "estimate": True, "kinds": ["gas"],
    }  # fmt: skip

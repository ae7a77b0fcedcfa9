"""Many at the same moment."""

import asyncio
import secrets
from typing import Any

from kontor.meters.v1 import meters_pb2 as pb
from kontor_service.ids import uuid7


async def test_a_request_counts_every_reading_of_everybody(world: Any) -> None:
    meters = []
    for _ in range(6):
        customer = uuid7()
        await world.meet(customer, f"K-{secrets.token_hex(4)}")
        meters += [(customer, await world.add(customer_id=str(customer))) for _ in range(2)]
    body = {"title": "Ablesung", "due_on": "2026-12-10", "kinds": ["electricity"]}
    await world.http.post("/v1/requests", json=body, headers=world.staff())
    results = await asyncio.gather(
        *(world.enter(meter, "10", headers=world.person(customer)) for customer, meter in meters)
    )
    assert {result["outcome"] for result in results} == {"stored"}
    [row] = await world.sql("SELECT meters, read FROM reading_request")
    assert tuple(row) == (12, 12)
    states = await world.sql("SELECT state, count(*) AS n FROM reading_invitation GROUP BY state")
    assert [tuple(row) for row in states] == [("done", 6)]
    versions = [event.request.version for event in await world.told(pb.ReadingRequestChanged)]
    assert sorted(versions) == list(range(2, 14))


async def test_the_same_meters_in_any_order_wait_for_each_other_without_end(world: Any) -> None:
    meters = [await world.add() for _ in range(4)]
    readings = [{"register_id": meter["registers"][0]["id"], "value": "10"} for meter in meters]
    answers = await asyncio.gather(
        *(
            world.http.post("/v1/readings", json={"readings": order}, headers=world.person())
            for order in (readings, readings[::-1], readings, readings[::-1])
        )
    )
    assert {result["outcome"] for answer in answers for result in answer.json()["results"]} == {"stored"}
    assert await world.sql("SELECT count(*) AS n FROM reading") == [(4,)]


async def test_a_meter_and_its_customer_find_each_other_however_they_meet(world: Any) -> None:
    pairs = [(uuid7(), f"K-{secrets.token_hex(5)}") for _ in range(8)]
    await asyncio.gather(
        *(world.add(customer_id=None, customer_number=number) for _, number in pairs),
        *(world.meet(customer, number) for customer, number in pairs),
    )
    rows = await world.sql("SELECT customer_id, customer_number FROM meter")
    assert {(row["customer_id"], row["customer_number"]) for row in rows} == set(pairs)


async def test_of_two_exchanges_one_is_done(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "1000"))
    readings = [{"register_id": meter["registers"][0]["id"], "value": "2500"}]

    async def exchange(number: str) -> int:
        new = {"number": number, "registers": [{"unit": "kWh"}]}
        body = {"exchanged_on": "2026-11-01", "readings": readings, "meter": new}
        path = f"/v1/meters/{meter['id']}/exchange"
        return int((await world.http.post(path, json=body, headers=world.staff())).status_code)

    assert sorted(await asyncio.gather(exchange("A"), exchange("B"))) == [201, 409]
    assert await world.sql("SELECT count(*) AS n FROM meter") == [(2,)]


async def test_one_number_is_given_once(world: Any) -> None:
    async def add() -> int:
        body = world.wanted(world.customer, number="4711")
        return int((await world.http.post("/v1/meters", json=body, headers=world.staff())).status_code)

    assert sorted(await asyncio.gather(add(), add(), add())) == [201, 409, 409]

"""Staff decide about readings, and correct them with history."""

from decimal import Decimal
from typing import Any

from kontor.meters.v1 import meters_pb2 as pb
from kontor_service.ids import uuid7


async def questioned(world: Any) -> tuple[dict[str, Any], str]:
    """A meter with 1000 in January, and 900 insisted on in November."""
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "1000"))
    result = await world.enter(meter, "900", insist=True)
    assert result["outcome"] == "questioned"
    return meter, result["id"]


async def last_value(world: Any, meter: dict[str, Any]) -> Any:
    [row] = await world.sql("SELECT last_value FROM register WHERE meter_id = $1", meter["id"])
    return row["last_value"]


async def test_what_is_accepted_counts(world: Any) -> None:
    meter, reading = await questioned(world)
    answer = await world.decide(reading, "accept", note="Foto gesehen")
    told = world.state(answer.json()["results"][0])
    assert (told["state"], told["decided_by"], told["note"], told["version"]) == ("valid", "Eva", "Foto gesehen", "2")
    assert await last_value(world, meter) == 900
    assert [event.reading.id for event in await world.told(pb.ReadingAccepted)] == [reading]


async def test_accepting_twice_is_accepting_once(world: Any) -> None:
    _, reading = await questioned(world)
    await world.decide(reading, "accept")
    assert (await world.decide(reading, "accept")).json()["results"][0]["version"] == 2


async def test_what_is_rejected_does_not_count(world: Any) -> None:
    meter, reading = await questioned(world)
    answer = await world.decide(reading, "reject", note="Bitte noch einmal ablesen")
    assert world.state(answer.json()["results"][0])["state"] == "rejected"
    [event] = await world.told(pb.ReadingRejected)
    assert (event.reading.id, event.reason) == (reading, "Bitte noch einmal ablesen")
    assert await last_value(world, meter) == 1000


async def test_a_valid_reading_can_be_rejected_later(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2026-01-01", "1000"))
    result = await world.enter(meter, "1100")
    await world.decide(result["id"], "reject")
    assert await last_value(world, meter) == 1000


async def test_what_was_rejected_is_not_accepted(world: Any) -> None:
    _, reading = await questioned(world)
    await world.decide(reading, "reject")
    answer = await world.decide(reading, "accept")
    assert (answer.status_code, answer.json()["code"]) == (409, "reading_decided")


async def test_a_correction_keeps_the_old_value_as_history(world: Any) -> None:
    meter = await world.add()
    first = await world.enter(meter, "1000", note="Keller")
    answer = await world.decide(first["id"], "correct", value="1.010,5", note="Zahlendreher")
    fresh, old = (world.state(result) for result in answer.json()["results"][:2])
    assert (fresh["value"], fresh["state"], fresh["source"], fresh["taken_at"]) == (
        "1010.5", "valid", "staff", old["taken_at"],
    )  # fmt: skip
    assert (old["id"], old["state"], old["value"]) == (first["id"], "replaced", "1000")
    assert await last_value(world, meter) == Decimal("1010.5")
    [row] = await world.sql("SELECT replaced_by FROM reading WHERE id = $1", first["id"])
    assert str(row["replaced_by"]) == fresh["id"]


async def test_a_correction_is_a_number(world: Any) -> None:
    meter = await world.add()
    first = await world.enter(meter, "1000")
    answer = await world.decide(first["id"], "correct", value="viel")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "not_a_number", "value")


async def test_accepting_another_value_of_the_day_replaces_the_first(world: Any) -> None:
    meter = await world.add()
    wrong = await world.enter(meter, "1234")
    right = await world.enter(meter, "1243", insist=True)
    assert right["outcome"] == "questioned"
    await world.decide(right["id"], "accept")
    rows = await world.sql("SELECT id, state FROM reading ORDER BY id")
    assert {str(row["id"]): row["state"] for row in rows} == {wrong["id"]: "replaced", right["id"]: "valid"}


async def test_another_merchants_reading_is_not_there(world: Any) -> None:
    _, reading = await questioned(world)
    for what, body in (("accept", {}), ("reject", {}), ("correct", {"value": "1"})):
        answer = await world.http.post(f"/v1/readings/{reading}/{what}", json=body, headers=world.staff(uuid7()))
        assert (answer.status_code, answer.json()["code"]) == (404, "reading_not_found")


async def test_customers_decide_nothing(world: Any) -> None:
    _, reading = await questioned(world)
    answer = await world.http.post(f"/v1/readings/{reading}/accept", headers=world.person())
    assert answer.status_code == 403

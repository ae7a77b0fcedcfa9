"""The merchant asks for readings, reminds, and estimates what does not come."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus.envelope import MAX_BODY_BYTES
from kontor_meters.requests import jobs, service
from kontor_service.ids import uuid7
from kontor_testing.waiting import eventually

REMIND_DAY = datetime(2026, 12, 1, 8, tzinfo=UTC)
DAY_AFTER = datetime(2026, 12, 11, 8, tzinfo=UTC)


async def ask(world: Any, **fields: Any) -> httpx.Response:
    headers = fields.pop("headers", None) or world.staff()
    body = {"title": "Jahresablesung", "due_on": "2026-12-10", "kinds": ["electricity", "water"]} | fields
    return await world.http.post("/v1/requests", json=body, headers=headers)


async def asked(world: Any, **fields: Any) -> dict[str, Any]:
    answer = await ask(world, **fields)
    assert answer.status_code == 201, answer.text
    return dict(world.state(answer.json()))


async def request_state(world: Any, request: dict[str, Any]) -> Any:
    [row] = await world.sql("SELECT * FROM reading_request WHERE id = $1", request["id"])
    return row


async def water(world: Any) -> dict[str, Any]:
    return dict(await world.add(kind="water", registers=[{"unit": "m3", "digits_before": 5}]))


async def test_each_customer_is_asked_once(world: Any) -> None:
    first, second = await world.add(number="A"), await world.add(number="B")
    other = uuid7()
    await world.meet(other, f"K-{other.hex[-6:]}")
    await world.add(customer_id=str(other))
    request = await asked(world)
    events = {event.invitation.customer_id: event.invitation for event in await world.told(pb.ReadingInvitationSent)}
    assert request["meters"] == 3
    assert set(events) == {str(world.customer), str(other)}
    mine = events[str(world.customer)]
    assert [(part.meter_id, part.number, part.state) for part in mine.meters] == [
        (first["id"], "A", "invited"),
        (second["id"], "B", "invited"),
    ]
    assert (mine.title, mine.due_on, mine.request_id) == ("Jahresablesung", "2026-12-10", request["id"])


async def test_a_great_property_manager_is_asked_in_parts(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "METERS_PER_INVITATION", 2)
    for _ in range(3):
        await world.add()
    await asked(world)
    assert [len(event.invitation.meters) for event in await world.told(pb.ReadingInvitationSent)] == [2, 1]


def test_the_largest_part_fits_the_bus() -> None:
    long = "🔌" * 40
    parts = [pb.InvitedMeter(meter_id=str(uuid7()), number=long, kind="electricity", state="left_out")]
    invitation = pb.ReadingInvitation(id=str(uuid7()), title="🔌" * 200, meters=parts * service.METERS_PER_INVITATION)
    assert invitation.ByteSize() < MAX_BODY_BYTES - 1_000


async def test_only_the_group_is_asked(world: Any) -> None:
    await world.add()
    wet = await water(world)
    request = await asked(world, kinds=["water"])
    [event] = await world.told(pb.ReadingInvitationSent)
    assert (request["meters"], [part.meter_id for part in event.invitation.meters]) == (1, [wet["id"]])


async def test_meters_that_nobody_reads_are_not_asked_for(world: Any) -> None:
    await world.add(registers=[{"unit": "kWh", "interval": True}])
    ended = await world.add()
    await world.http.post(f"/v1/meters/{ended['id']}/end", json={"in_use_to": "2026-11-01"}, headers=world.staff())
    await world.add(customer_id=None, customer_number="unknown")
    answer = await ask(world)
    assert (answer.status_code, answer.json()["code"]) == (422, "nobody_to_ask")


async def test_a_request_is_for_somebody(world: Any) -> None:
    answer = await ask(world, kinds=[])
    assert answer.status_code == 422


async def test_a_due_date_lies_ahead(world: Any) -> None:
    await world.add()
    answer = await ask(world, due_on="2026-11-19")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "due_over", "due_on")


async def test_two_clicks_are_one_request(world: Any) -> None:
    await world.add()
    headers = world.staff() | {"Idempotency-Key": "click"}
    first, second = await ask(world, headers=headers), await ask(world, headers=headers)
    assert first.json() == second.json()
    assert len(await world.told(pb.ReadingInvitationSent)) == 1


async def test_an_invitation_is_done_when_all_its_meters_are_read(world: Any) -> None:
    power, wet = await world.add(), await water(world)
    request = await asked(world, reason="interim")
    await world.enter(power, "10")
    assert (await request_state(world, request))["read"] == 1
    await world.enter(wet, "10")
    *_, last = await world.told(pb.ReadingInvitationChanged)
    assert (last.invitation.state, [part.state for part in last.invitation.meters]) == ("done", ["read", "read"])
    assert (await request_state(world, request))["read"] == 2


async def test_a_reading_that_is_asked_for_gets_the_requests_reason(world: Any) -> None:
    meter = await world.add()
    await asked(world, reason="interim")
    assert world.state(await world.enter(meter, "10"))["reason"] == "interim"


async def test_a_meter_with_two_registers_needs_both(world: Any) -> None:
    meter = await world.add(registers=[{"unit": "kWh", "tariff": "high"}, {"unit": "kWh", "tariff": "low"}])
    request = await asked(world)
    await world.enter(meter, "10")
    assert (await request_state(world, request))["read"] == 0
    low = meter | {"registers": meter["registers"][1:]}
    await world.enter(low, "10")
    assert (await request_state(world, request))["read"] == 1


async def test_a_reading_from_before_does_not_count(world: Any) -> None:
    meter = await world.add()
    request = await asked(world)
    await world.enter(meter, "10", taken_on="2026-11-19")
    assert (await request_state(world, request))["read"] == 0


async def test_a_rejected_reading_is_asked_for_again(world: Any) -> None:
    meter = await world.add()
    request = await asked(world)
    result = await world.enter(meter, "10")
    await world.decide(result["id"], "reject")
    *_, last = await world.told(pb.ReadingInvitationChanged)
    assert (last.invitation.state, last.invitation.meters[0].state) == ("invited", "invited")
    assert (await request_state(world, request))["read"] == 0


async def test_the_link_of_an_invitation_enters_readings_of_its_meters_alone(world: Any) -> None:
    meter, wet = await world.add(), await water(world)
    await asked(world, kinds=["water"])
    [event] = await world.told(pb.ReadingInvitationSent)
    link = world.link(f"meters.invitation:{event.invitation.id}")
    assert (await world.enter(wet, "10", headers=link))["outcome"] == "stored"
    assert (await world.enter(meter, "10", headers=link))["outcome"] == "refused"


async def test_who_is_missing_is_reminded_on_the_day(world: Any) -> None:
    meter = await world.add()
    other = uuid7()
    await world.meet(other, f"K-{other.hex[-6:]}")
    await world.add(customer_id=str(other))
    await asked(world, remind_on="2026-12-01")
    await world.enter(meter, "10")
    assert await world.told(pb.ReadingInvitationReminded) == []
    world.clock.travel_to(REMIND_DAY)
    [event] = await eventually(lambda: world.told(pb.ReadingInvitationReminded))
    assert (event.invitation.customer_id, event.invitation.state) == (str(other), "reminded")


async def test_staff_may_remind_at_once_and_again(world: Any) -> None:
    await world.add()
    request = await asked(world)
    path = f"/v1/requests/{request['id']}/remind"
    for days in (0, 3):
        world.clock.travel_to(datetime(2026, 11, 22 + days, tzinfo=UTC))
        assert (await world.http.post(path, headers=world.staff())).status_code == 200
    assert len(await world.told(pb.ReadingInvitationReminded)) == 2


async def test_two_clicks_are_one_reminder(world: Any) -> None:
    await world.add()
    request = await asked(world)
    for _ in range(2):
        await world.http.post(f"/v1/requests/{request['id']}/remind", headers=world.staff())
    assert len(await world.told(pb.ReadingInvitationReminded)) == 1


async def test_what_does_not_come_is_estimated_after_the_due_date(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2025-11-10", "1000"), ("2026-11-10", "4650"))
    request = await asked(world, estimate=True)
    world.clock.travel_to(DAY_AFTER)
    [event] = await eventually(lambda: world.told(pb.ReadingRequestClosed))
    assert (event.request.id, event.request.estimated, event.request.read) == (request["id"], 1, 0)
    [guess] = [e.reading for e in await world.told(pb.ReadingTaken) if e.reading.source == "estimate"]
    # Thirty days at 3650 kWh a year.
    assert (guess.value, guess.channel, guess.state) == ("4950", "estimate", "valid")
    assert guess.taken_at.ToDatetime() == datetime(2026, 12, 10, 11)


async def test_a_request_that_fails_does_not_stop_the_others(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = await world.add(), await world.add()
    broken = await asked(world, estimate=True, kinds=[], meter_ids=[first["id"]])
    sound = await asked(world, estimate=True, kinds=[], meter_ids=[second["id"]])
    estimate = jobs.estimate_missing

    async def estimate_but_one(db: Any, request: Any, now: datetime) -> None:
        if str(request.id) == broken["id"]:
            raise ArithmeticError
        await estimate(db, request, now)

    monkeypatch.setattr(jobs, "estimate_missing", estimate_but_one)
    world.clock.travel_to(DAY_AFTER)
    [event] = await eventually(lambda: world.told(pb.ReadingRequestClosed))
    assert event.request.id == sound["id"]
    monkeypatch.undo()
    await eventually(lambda: closed_both(world))


async def closed_both(world: Any) -> bool:
    return len(await world.told(pb.ReadingRequestClosed)) == 2


async def test_a_meter_that_was_never_read_is_left_out(world: Any) -> None:
    await world.add()
    request = await asked(world, estimate=True)
    world.clock.travel_to(DAY_AFTER)
    [event] = await eventually(lambda: world.told(pb.ReadingRequestClosed))
    assert (event.request.estimated, event.request.id) == (0, request["id"])
    rows = await world.sql("SELECT state FROM invited_meter")
    assert [row["state"] for row in rows] == ["left_out"]


async def test_nobody_is_given_an_estimate_of_a_flat_they_left(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2025-11-10", "1000"), ("2026-11-10", "4650"))
    await asked(world, estimate=True)
    other = uuid7()
    await world.meet(other, f"K-{other.hex[-6:]}")
    body = {"customer_id": str(other)}
    await world.http.post(f"/v1/meters/{meter['id']}", json=body, headers=world.staff())
    world.clock.travel_to(DAY_AFTER)
    await eventually(lambda: world.told(pb.ReadingRequestClosed))
    assert await world.sql("SELECT id FROM reading WHERE source = 'estimate'") == []


async def test_a_meter_that_was_taken_down_is_not_estimated(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2025-11-10", "1000"), ("2026-11-10", "4650"))
    await asked(world, estimate=True)
    body = {"in_use_to": "2026-11-15"}
    await world.http.post(f"/v1/meters/{meter['id']}/end", json=body, headers=world.staff())
    world.clock.travel_to(DAY_AFTER)
    await eventually(lambda: world.told(pb.ReadingRequestClosed))
    assert await world.sql("SELECT id FROM reading WHERE source = 'estimate'") == []


async def test_a_real_reading_takes_the_place_of_an_estimate_it_proves_wrong(world: Any) -> None:
    meter = await world.add()
    await world.read(meter, ("2025-11-10", "1000"), ("2026-11-10", "4650"))
    await asked(world, estimate=True)
    world.clock.travel_to(DAY_AFTER)
    await eventually(lambda: world.told(pb.ReadingRequestClosed))
    result = await world.enter(meter, "4700")
    assert (result["outcome"], result["findings"]) == ("stored", [])
    rows = await world.sql("SELECT state FROM reading WHERE source = 'estimate'")
    assert [row["state"] for row in rows] == ["replaced"]


async def test_without_estimates_a_request_stays_open_after_its_due_date(world: Any) -> None:
    meter = await world.add()
    request = await asked(world)
    world.clock.travel_to(DAY_AFTER)
    await world.enter(meter, "10")
    assert (await request_state(world, request))["read"] == 1


async def test_a_closed_request_waits_for_nobody(world: Any) -> None:
    meter = await world.add()
    request = await asked(world)
    answer = await world.http.post(f"/v1/requests/{request['id']}/close", headers=world.staff())
    assert world.state(answer.json())["state"] == "closed"
    [invitation] = await world.sql("SELECT id, state FROM reading_invitation")
    assert invitation["state"] == "closed"
    refused = await world.enter(meter, "10", headers=world.link(f"meters.invitation:{invitation['id']}"))
    assert refused["outcome"] == "refused"


async def test_closing_twice_is_closing_once(world: Any) -> None:
    await world.add()
    request = await asked(world)
    for _ in range(2):
        answer = await world.http.post(f"/v1/requests/{request['id']}/close", headers=world.staff())
        assert answer.status_code == 200
    assert len(await world.told(pb.ReadingRequestClosed)) == 1


async def test_another_merchants_request_is_not_there(world: Any) -> None:
    await world.add()
    request = await asked(world)
    for what in ("remind", "close"):
        answer = await world.http.post(f"/v1/requests/{request['id']}/{what}", headers=world.staff(uuid7()))
        assert (answer.status_code, answer.json()["code"]) == (404, "request_not_found")


async def test_requests_and_invitations_are_told_again(world: Any) -> None:
    await world.add()
    request = await asked(world)
    counts = (await world.http.post("/v1/snapshots", headers=world.service())).json()["counts"]
    assert counts["meters.request"] >= 1
    assert counts["meters.invitation"] >= 1
    [snapshot] = await world.told(pb.ReadingRequestSnapshot)
    [invitation] = await world.told(pb.ReadingInvitationSnapshot)
    assert (snapshot.request.id, invitation.invitation.request_id) == (request["id"], request["id"])

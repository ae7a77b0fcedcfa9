"""Readings from other systems: assessed one by one, parked until their meter comes, the same body once."""

import gzip
from typing import Any

import orjson
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from kontor_meters.batches.jobs import store_parked
from kontor_meters.batches.pipeline import store
from kontor_meters.batches.pipeline import store as storing
from kontor_testing.waiting import eventually

READING = {"meter": "Z1", "obis": "1-0:1.8.0", "value": "100.5", "taken_at": "2026-01-31T12:00:00+01:00"}


def body(*readings: Any) -> dict[str, Any]:
    return {"readings": list(readings)}


async def test_each_reading_has_its_own_end(world: Any) -> None:
    register = await world.meter("Z1", interval=False, external_id="erp-1")
    answer = await world.send(
        body(
            READING,
            READING | {"meter": "erp-1", "value": "120", "taken_at": "2026-02-28"},
            READING | {"value": "viel"},
            READING | {"taken_at": "2099-01-01T00:00:00Z"},
            READING | {"obis": "1-0:2.8.0"},
            READING | {"meter": "unbekannt"},
            {"meter": "Z1"},
            "kein Objekt",
        )
    )
    assert (answer["total"], answer["stored"], answer["refused"], answer["parked"]) == (8, 2, 5, 1)
    assert {(p["index"], p["code"]) for p in answer["problems"]} == {
        (2, "not_a_number"), (3, "future"), (4, "unknown_register"), (5, "unknown_meter"), (6, "missing"), (7, "not_an_object"),
    }  # fmt: skip
    assert await world.readings(register) == [("100.5", "valid"), ("120", "valid")]


async def test_a_local_time_that_the_clocks_skip_is_refused(world: Any) -> None:
    register = await world.meter("Z1", interval=False)
    answer = await world.send(
        body(READING | {"taken_at": "2026-03-29T02:30:00"}, READING | {"taken_at": "2026-03-29T03:00:00"})
    )
    assert [(p["index"], p["code"], p["field"]) for p in answer["problems"]] == [
        (0, "no_such_time", "readings[0].taken_at")
    ]
    assert await world.readings(register) == [("100.5", "valid")]


async def test_an_odd_reading_of_a_system_is_stored_for_staff_to_decide(world: Any) -> None:
    register = await world.meter("Z1", interval=False)
    await world.send(body(READING))
    answer = await world.send(body(READING | {"value": "50", "taken_at": "2026-02-28T12:00:00+01:00"}))
    assert [(p["code"], p["outcome"]) for p in answer["problems"]] == [("falling", "questioned")]
    assert await world.readings(register) == [("100.5", "valid"), ("50", "implausible")]


async def test_the_same_body_again_answers_the_same_and_stores_nothing(world: Any) -> None:
    register = await world.meter("Z1", interval=False)
    first, again = await world.send(body(READING)), await world.send(body(READING))
    assert first == again
    assert len(await world.readings(register)) == 1


async def test_the_same_reading_in_another_body_is_a_duplicate(world: Any) -> None:
    await world.meter("Z1", interval=False)
    await world.send(body(READING))
    answer = await world.send(body(READING, READING | {"value": "101", "taken_at": "2026-02-01"}))
    assert (answer["stored"], answer["duplicates"]) == (1, 1)


async def test_what_waits_for_its_meter_is_stored_when_it_comes(world: Any) -> None:
    values = {"meter": "Z7", "obis": "1-0:1.8.0", "start": "2026-03-02T00:00:00+01:00", "values": ["0.25"] * 96}
    answer = await world.send({"readings": [READING | {"meter": "Z7"}], "intervals": [values]})
    assert (answer["total"], answer["parked"], answer["stored"]) == (97, 97, 0)
    assert answer["problems"][0]["detail"] == "There is no meter Z7 yet. The values wait for it."
    register = await world.meter("Z7")

    async def stored() -> bool:
        status = await world.http.get(f"/v1/incoming-readings/{answer['id']}", headers=world.system())
        found = status.json()
        return (found["stored"], found["parked"], found["problems"]) == (97, 0, [])

    await eventually(stored)
    assert await world.days(register) == {"2026-03-02": (24_000_000, 96)}
    assert await world.readings(register) == [("100.5", "valid")]
    assert await world.sql("SELECT id FROM parked_item") == []


async def test_a_body_keeps_what_is_said_of_its_other_list(world: Any) -> None:
    quarter = {"meter": "Z8", "obis": "1-0:1.8.0", "start": "2026-01-01T00:00:00+01:00", "values": ["0.25"]}
    answer = await world.send({"readings": [READING | {"meter": "Z7"}], "intervals": [quarter]})
    assert answer["parked"] == 2
    listed = (await world.http.get("/v1/incoming-readings/parked", headers=world.system())).json()
    assert [(one["meter"], one["kind"]) for one in listed["parked"]] == [("Z7", "reading"), ("Z8", "interval")]
    assert listed["next"] is None
    await world.meter("Z7", interval=False)

    async def one_waits() -> bool:
        found = (await world.http.get(f"/v1/incoming-readings/{answer['id']}", headers=world.system())).json()
        return (found["stored"], [p["field"] for p in found["problems"]]) == (1, ["intervals[0].meter"])

    await eventually(one_waits)


async def test_what_waited_and_does_not_hold_is_told_as_refused(world: Any) -> None:
    answer = await world.send(body(READING | {"meter": "Z8", "taken_at": "2023-01-01"}))
    await world.meter("Z8")

    async def refused() -> dict[str, Any] | None:
        status: dict[str, Any] = (
            await world.http.get(f"/v1/incoming-readings/{answer['id']}", headers=world.system())
        ).json()
        return status if status["refused"] else None

    status = await eventually(refused)
    assert ([p["code"] for p in status["problems"]], status["refused"]) == (["before_use"], 1)


async def test_what_waits_already_does_not_wait_twice(world: Any) -> None:
    await world.send(body(READING | {"meter": "Z9"}))
    answer = await world.send(body(READING | {"meter": "Z9"}, READING | {"meter": "Z9", "value": "7"}))
    assert (answer["parked"], answer["duplicates"]) == (1, 1)


async def test_gzip_and_csv_are_understood(world: Any) -> None:
    register = await world.meter("Z1", interval=False)
    packed = await world.send(gzip.compress(orjson.dumps(body(READING))), "application/gzip")
    plain = await world.send("Zähler;Stand;Datum\nZ1;120,5;28.02.2026\n".encode("cp1252"), "text/csv")
    both = await world.send(gzip.compress("Zähler;Stand;Datum\nZ1;130;01.03.2026\n".encode()), "application/gzip")
    assert [answer["stored"] for answer in (packed, plain, both)] == [1, 1, 1]
    assert len(await world.readings(register)) == 3


async def test_what_is_no_batch_is_refused_as_a_whole(world: Any) -> None:
    for content, media_type, code in (
        (b"{", "application/json", "json_broken"),
        (b"[]", "application/json", "body_broken"),
        (b'{"readings": 1}', "application/json", "body_broken"),
        (b"\x1f\x8bxx", "application/gzip", "body_broken"),
        (b"a;b\n1;2\n", "text/csv", "columns_missing"),
        (b"", "application/json", "body_broken"),
    ):
        answer = await world.submit(content, media_type)
        assert (answer.status_code, answer.json()["code"]) == (422, code), content


async def test_a_body_that_unpacks_to_too_much_is_refused(world: Any) -> None:
    answer = await world.submit(gzip.compress(b" " * (129 * 1024 * 1024), 9), "application/gzip")
    assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")


async def test_only_who_may_submit_submits(world: Any) -> None:
    answer = await world.http.post("/v1/incoming-readings", json=body(READING), headers=world.staff())
    assert answer.status_code == 403


async def test_a_batch_of_another_merchant_is_not_there(world: Any, neighbour: Any) -> None:
    answer = await world.send(body(READING))
    status = await world.http.get(f"/v1/incoming-readings/{answer['id']}", headers=neighbour.system())
    assert status.status_code == 404


async def test_each_batch_is_told_with_its_counts(world: Any) -> None:
    await world.meter("Z1", interval=False)
    await world.send(body(READING, READING | {"value": "x"}))
    [event] = await world.told("meters.batch.changed.v1")
    told = event.batch
    assert (told.kind, told.source, told.state, told.total, told.stored, told.refused) == (
        "readings", "http", "done", 2, 1, 1,
    )  # fmt: skip
    assert told.problems[0].code == "not_a_number"


async def test_a_day_is_shown_quarter_hour_by_quarter_hour(world: Any) -> None:
    register = await world.meter("Z1")
    await world.intervals("Z1", "2026-03-29T00:00:00+01:00", ["0.25", None, "0.5"])
    [row] = await world.sql("SELECT series_id FROM register WHERE id = $1", register)
    path = f"/v1/series/{row['series_id']}/days/2026-03-29"
    day = (await world.http.get(path, headers=world.service())).json()
    assert (day["date"], day["unit"], len(day["values"])) == ("2026-03-29", "kWh", 92)
    assert day["values"][:4] == [
        {"from": "2026-03-29T00:00:00+01:00", "value": "0.25"},
        None,
        {"from": "2026-03-29T00:30:00+01:00", "value": "0.5"},
        None,
    ]


async def test_a_series_of_another_merchant_is_not_there(world: Any, neighbour: Any) -> None:
    register = await world.meter("Z1")
    [row] = await world.sql("SELECT series_id FROM register WHERE id = $1", register)
    path = f"/v1/series/{row['series_id']}/days/2026-03-29"
    assert (await world.http.get(path, headers=neighbour.service())).status_code == 404


@pytest.mark.parametrize("at", ["9999-12-31T23:00:00-05:00", "0001-01-01T00:00:00+14:00", "9999-12-31", "1066-10-14"])
async def test_the_edges_of_the_calendar_are_no_instants(world: Any, at: str) -> None:
    await world.meter("Z1")
    answer = await world.send(
        {"readings": [READING | {"taken_at": at}], "intervals": [{"meter": "Z1", "start": at, "values": [1, 2]}]}
    )
    assert [problem["code"] for problem in answer["problems"]] == ["not_an_iso_date", "no_instant"]
    file = await world.preview(f"Zähler;Beginn;Verbrauch\nZ1;{at};1\nZ1;31.12.9999 23:45;1\n")
    assert (file.total, file.refused) == (2, 2)


@pytest.mark.parametrize("fault", [RuntimeError("poison"), IntegrityError("INSERT", None, Exception())])
async def test_an_item_that_cannot_be_stored_holds_up_no_other(
    world: Any, neighbour: Any, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    real = store.prepare

    def breaking(body: Any, *rest: Any) -> Any:
        if any(item.external_id == "poison" for item in body.readings):
            raise fault
        return real(body, *rest)

    answer = await world.send(body(READING | {"external_id": "poison"}, READING | {"value": "7"}))
    other = await neighbour.send(body(READING))
    # Only what comes back from waiting breaks.
    monkeypatch.setattr(store, "prepare", breaking)
    await world.meter("Z1")
    await neighbour.meter("Z1")

    async def ended() -> tuple[int, ...] | None:
        mine = (await world.http.get(f"/v1/incoming-readings/{answer['id']}", headers=world.system())).json()
        theirs = (await world.http.get(f"/v1/incoming-readings/{other['id']}", headers=neighbour.system())).json()
        over = not mine["parked"] and not theirs["parked"]
        return (mine["stored"], mine["refused"], theirs["stored"]) if over else None

    assert await eventually(ended) == (1, 1, 1)


async def test_what_waited_for_three_months_is_given_up_and_told(world: Any) -> None:
    answer = await world.send(body(READING | {"meter": "nie"}))
    await world.sql("UPDATE parked_item SET parked_at = now() - interval '91 days' RETURNING id")
    await store_parked.give_up_parked(world.app.state.batches)
    status = (await world.http.get(f"/v1/incoming-readings/{answer['id']}", headers=world.system())).json()
    assert (status["parked"], status["refused"], [p["code"] for p in status["problems"]]) == (0, 1, ["expired"])


async def test_a_reading_that_the_database_refuses_takes_no_other_with_it(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = await world.meter("Z1", interval=False)
    real = storing.store_readings

    async def breaking(session: Any, merchant_id: Any, items: Any, **rest: Any) -> Any:
        if any(item.external_id == "twice" for item in items):
            await session.execute(text("INSERT INTO merchant SELECT * FROM merchant"))
        return await real(session, merchant_id, items, **rest)

    monkeypatch.setattr(storing, "store_readings", breaking)
    days = [READING | {"value": str(100 + day), "taken_at": f"2026-01-{day:02d}"} for day in range(1, 8)]
    answer = await world.send(body(*days[:3], days[3] | {"external_id": "twice"}, *days[4:]))
    assert (answer["stored"], answer["refused"]) == (6, 1)
    assert [(p["index"], p["code"]) for p in answer["problems"]] == [(3, "not_stored")]
    assert len(await world.readings(register)) == 6

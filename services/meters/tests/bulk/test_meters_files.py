"""Files by staff: what is wrong is shown before anything is stored, then stored with progress, and told line by line."""

import csv
import io
import itertools
from typing import Any

import pytest
from sqlalchemy import text as sql_text

from kontor.meters.v1.meters_pb2_codes import FindingCode
from kontor_meters.batches.pipeline import pieces

HEAD = "Zählernummer;OBIS;Zählerstand;Ablesedatum\n"


def lines_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


async def test_the_preview_says_what_is_wrong_in_which_line_and_stores_nothing(world: Any) -> None:
    register = await world.meter("Z1", interval=False)
    batch = await world.preview(
        HEAD + "Z1;1.8.0;100,5;31.01.2026\nZ1;1.8.0;x;31.01.2026\nZ9;;5;31.01.2026\nZ1;;1;01.01.2099\n"
    )
    assert (batch.state, batch.total, batch.stored, batch.refused, batch.parked) == ("preview", 4, 0, 2, 1)
    assert {(p.line, p.code) for p in batch.problems} == {(3, "not_a_number"), (4, "unknown_meter"), (5, "future")}
    assert await world.readings(register) == []
    assert await world.sql("SELECT id FROM parked_item") == []


async def test_the_preview_knows_what_plausibility_will_say(world: Any) -> None:
    await world.meter("Z1", interval=False)
    batch = await world.preview(HEAD + "Z1;;500;31.01.2026\nZ1;;100;28.02.2026\n")
    assert [(p.line, p.code) for p in batch.problems] == [(3, "falling")]
    assert batch.problems[0].params == {"before": "500", "before_on": "2026-01-31"}
    assert (batch.problems[0].message, batch.problems[0].outcome) == (FindingCode.FALLING.word, "questioned")


async def test_a_file_is_stored_and_every_line_told(world: Any) -> None:
    register = await world.meter("Z1", interval=False)
    batch = await world.stored(HEAD + "Z1;1.8.0;100,5;31.01.2026\nZ1;1.8.0;x;31.01.2026\nZ9;;5;31.01.2026\n")
    assert (batch.state, batch.stored, batch.refused, batch.parked) == ("done", 1, 1, 1)
    assert await world.readings(register) == [("100.5", "valid")]
    told = lines_of(await world.result(batch.id))
    assert [line["Ergebnis"] for line in told] == ["gespeichert", "abgelehnt", "wartet auf den Zähler"]
    assert told[1]["Hinweis"] == "Zählerstand: Das ist keine Zahl."
    assert told[0]["Zählerstand"] == "100,5"


async def test_the_result_speaks_the_readers_language(world: Any) -> None:
    await world.meter("Z1", interval=False)
    batch = await world.stored(HEAD + "Z1;;x;31.01.2026\n")
    told = lines_of(await world.result(batch.id, language="en"))
    assert (told[0]["Outcome"], told[0]["Remark"]) == ("not taken", "Reading: This is not a number.")


async def test_formulas_in_a_file_stay_text_in_its_result(world: Any) -> None:
    await world.meter("Z1", interval=False)
    text = "=1+1;" + HEAD + "=cmd|' /C calc'!A0;+1+cmd;-2+3;-5,5;31.01.2026\n"
    batch = await world.preview(text)
    head, line = (await world.result(batch.id)).splitlines()
    assert head.startswith("'=1+1;")
    assert line.startswith("'=cmd|' /C calc'!A0;'+1+cmd;'-2+3;-5,5;")


async def test_the_same_file_twice_stores_its_readings_once(world: Any) -> None:
    register = await world.meter("Z1", interval=False)
    text = HEAD + "Z1;;100;31.01.2026\nZ1;;200;28.02.2026\n"
    await world.stored(text)
    again = await world.stored(text)
    assert (again.stored, again.duplicates) == (0, 2)
    assert await world.readings(register) == [("100", "valid"), ("200", "valid")]


async def test_another_value_for_the_same_day_replaces_and_keeps_the_first(world: Any) -> None:
    register = await world.meter("Z1", interval=False)
    await world.stored(HEAD + "Z1;;100;31.01.2026\n")
    again = await world.stored(HEAD + "Z1;;110;31.01.2026\n")
    assert again.corrected == 1
    assert sorted(await world.readings(register)) == [("100", "replaced"), ("110", "valid")]


async def test_a_dropped_file_is_never_stored(world: Any) -> None:
    batch = await world.preview(HEAD + "Z1;;100;31.01.2026\n")
    assert (await world.http.post(f"/v1/batches/{batch.id}/drop", headers=world.staff())).status_code == 200
    refused = await world.store(batch.id)
    assert (refused.status_code, refused.json()["code"]) == (409, "batch_not_in_preview")


async def test_a_file_of_another_merchant_is_not_there(world: Any, neighbour: Any) -> None:
    batch = await world.preview(HEAD + "Z1;;100;31.01.2026\n")
    for path in ("store", "drop"):
        assert (await world.http.post(f"/v1/batches/{batch.id}/{path}", headers=neighbour.staff())).status_code == 404
    for path in ("problems", "result.csv"):
        assert (await world.http.get(f"/v1/batches/{batch.id}/{path}", headers=neighbour.staff())).status_code == 404


async def test_what_is_no_such_file_is_refused_with_what_it_lacks(world: Any) -> None:
    answer = await world.upload("Kunde;Betrag\n1;2\n")
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "columns_missing", "file")
    picture = await world.upload(b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x81\x8d")
    assert (picture.status_code, picture.json()["code"]) == (422, "file_unreadable")


async def test_problems_come_page_by_page(world: Any) -> None:
    await world.meter("Z1", interval=False)
    batch = await world.preview(HEAD + "Z1;;x;31.01.2026\n" * 250)
    assert len(batch.problems) == 20
    first = (await world.http.get(f"/v1/batches/{batch.id}/problems", headers=world.staff())).json()
    beyond = await world.http.get(f"/v1/batches/{batch.id}/problems?after={2**63}", headers=world.staff())
    assert (beyond.status_code, beyond.json()["field"]) == (422, "after")
    rest = (
        await world.http.get(f"/v1/batches/{batch.id}/problems?after={first['next']}", headers=world.staff())
    ).json()
    assert [p["line"] for p in first["problems"] + rest["problems"]] == list(range(2, 252))
    assert rest["next"] is None


async def test_a_windows_file_with_tabs_is_understood(world: Any) -> None:
    register = await world.meter("Z1", interval=False)
    text = HEAD.replace(";", "\t") + "Z1\t\t12.345,5\t31.1.26\n"
    batch = await world.stored(text.encode("cp1252"))
    assert batch.stored == 1
    assert await world.readings(register) == [("12345.5", "valid")]


async def test_quarter_hours_come_as_a_file_too(world: Any) -> None:
    register = await world.meter("Z1")
    rows = "".join(f"Z1;02.03.2026 {n // 4:02d}:{n % 4 * 15:02d};0,25\n" for n in range(96))
    batch = await world.stored("Zählernummer;Zeitstempel;Verbrauch\n" + rows)
    assert (batch.kind, batch.total, batch.stored) == ("intervals", 96, 96)
    assert await world.days(register) == {"2026-03-02": (24_000_000, 96)}


METERS = "Zählernummer;Sparte;In Betrieb ab;OBIS;Einheit;Tarif;Kennung\n"


async def test_meters_come_as_a_file_with_a_line_for_each_register(world: Any) -> None:
    text = (
        METERS + "Z1;Strom;01.01.2024;1-0:1.8.1;kWh;HT;\nZ1;Strom;01.01.2024;1-0:1.8.2;kWh;NT;\nZ2;Gas;1.1.24;;m³;;\n"
    )
    preview = await world.preview(text, "meters")
    assert (preview.refused, preview.problems[:]) == (0, [])
    assert await world.sql("SELECT id FROM meter") == []
    batch = await world.stored(text, "meters")
    assert (batch.total, batch.stored) == (3, 3)
    rows = await world.sql(
        "SELECT m.number, m.kind, r.unit, r.tariff FROM meter m JOIN register r ON r.meter_id = m.id ORDER BY 1, 4"
    )
    assert [tuple(row) for row in rows] == [
        ("Z1", "electricity", "kWh", "high"),
        ("Z1", "electricity", "kWh", "low"),
        ("Z2", "gas", "m3", "single"),
    ]


async def test_a_file_of_meters_again_changes_what_is_other(world: Any) -> None:
    await world.stored(METERS + "Z1;Strom;01.01.2024;;kWh;;e1\nZ2;Gas;01.01.2024;;m³;;e2\n", "meters")
    batch = await world.stored(METERS + "Z1;Strom;01.01.2024;;kWh;;e1\nZ2a;Gas;01.01.2024;;m³;;e2\n", "meters")
    assert (batch.duplicates, batch.corrected) == (1, 1)
    assert [row["number"] for row in await world.sql("SELECT number FROM meter ORDER BY 1")] == ["Z1", "Z2a"]


async def test_a_wrong_register_refuses_its_meter_and_no_other(world: Any) -> None:
    text = (
        METERS
        + "Z1;Strom;01.01.2024;1-0:1.8.1;kWh;HT;\nZ1;Strom;01.01.2024;7-0:3.0.0;kWh;NT;\nZ2;Gas;01.01.2024;;Liter;;\n"
    )
    text += "Z3;Wasser;01.01.2024;;m3;;\n"
    batch = await world.stored(text, "meters")
    assert (batch.stored, batch.refused) == (1, 3)
    assert [row["number"] for row in await world.sql("SELECT number FROM meter")] == ["Z3"]
    told = lines_of(await world.result(batch.id))
    assert [line["Ergebnis"] for line in told] == ["abgelehnt", "abgelehnt", "abgelehnt", "gespeichert"]
    assert all(line["Hinweis"] for line in told[:3])


async def test_the_template_can_be_fetched_and_sent_back(world: Any) -> None:
    answer = await world.http.get("/v1/batches/template.csv?kind=readings", headers=world.staff())
    assert answer.text.startswith("\ufeffZählernummer;")
    batch = await world.preview(answer.content)
    assert (batch.total, batch.parked) == (2, 2)


def failing(monkeypatch: pytest.MonkeyPatch, statement: str, *, times: int) -> None:
    """Storing in the name of Z1 ends as the statement does, so many times."""
    real, left = pieces.store_body, itertools.count(times, -1)

    async def store_body(deps: Any, session: Any, batch: Any, body: Any, **more: Any) -> Any:
        if batch.state == "running" and any(item.meter == "Z1" for item in body.readings) and next(left) > 0:
            await session.execute(sql_text(statement))
        return await real(deps, session, batch, body, **more)

    monkeypatch.setattr(pieces, "store_body", store_body)


async def test_a_file_that_the_database_refuses_fails_alone(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in ("Z1", "Z2"):
        await world.meter(number, interval=False)
    batches = [await world.preview(HEAD + f"{number};;100;31.01.2026\n") for number in ("Z1", "Z2")]
    failing(monkeypatch, "SELECT 1 / 0", times=1_000)
    for batch in batches:
        await world.store(batch.id)
    assert [(await world.done(batch.id)).state for batch in batches] == ["failed", "done"]


@pytest.mark.parametrize(
    "statement",
    ["DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$", "SELECT pg_terminate_backend(pg_backend_pid())"],
)
async def test_a_file_that_somebody_or_a_lost_connection_was_in_the_way_of_goes_on(
    world: Any, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    register = await world.meter("Z1", interval=False)
    failing(monkeypatch, statement, times=1)
    batch = await world.stored(HEAD + "Z1;;100;31.01.2026\n")
    assert (batch.state, await world.readings(register)) == ("done", [("100", "valid")])

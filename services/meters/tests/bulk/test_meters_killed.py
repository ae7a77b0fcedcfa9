"""The real meters process is killed in the middle of a batch: it goes on, and nothing is there twice or missing."""

import itertools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from kontor.meters.v1 import meters_pb2 as pb
from kontor_bus import Envelope
from kontor_service.ids import uuid7
from kontor_testing.killable import insist
from kontor_testing.postgres import Databases
from kontor_testing.rabbitmq import RabbitMQ
from kontor_testing.stage import Stage, staged
from kontor_testing.waiting import eventually

METERS = 50
LINES = 2_000
BODIES = 12
_METER = (
    "INSERT INTO meter (id, merchant_id, epoch, version, deleted, number, kind, market_location_id, street, post_code, city,"
    " country, place_detail, label, customer_number, in_use_from, point_id, external_id)"
    " VALUES ($1, $2, 1, 1, false, $3, 'electricity', '', '', '', '', '', '', '', '', '2020-01-01', $1, '')"
)
_REGISTER = (
    "INSERT INTO register (id, merchant_id, meter_id, position, obis, direction, unit, tariff, digits_before, digits_after,"
    " factor, gas_periods, interval, series_id)"
    " VALUES ($1, $2, $1, 0, '1-0:1.8.0', 'consumption', 'kWh', 'single', 6, 1, 1, '[]', true, $1)"
)


@dataclass
class Plant:
    """A merchant with fifty meters, and the batches that the bus told of."""

    stage: Stage
    batches: dict[str, pb.Batch]

    async def sql(self, query: str) -> Any:
        [row] = await self.stage.rows(query)
        return row

    def staff(self) -> dict[str, str]:
        return self.stage.signer.token("meters", "meters:edit", merchant=self.stage.merchant, kind="staff")

    def system(self) -> dict[str, str]:
        return self.stage.signer.token("meters", "meters:submit", merchant=self.stage.merchant, kind="key")

    async def over(self, batch_id: str) -> pb.Batch:
        found: pb.Batch = await eventually(
            lambda: (b := self.batches.get(batch_id)) is not None and b.state == "done" and b, within=120
        )
        return found


@pytest_asyncio.fixture(loop_scope="session")
async def plant(databases: Databases, rabbitmq: RabbitMQ, tmp_path: Path) -> AsyncIterator[Plant]:
    heard: dict[str, pb.Batch] = {}

    async def hear(envelopes: list[Envelope]) -> None:
        for envelope in envelopes:
            state = envelope.state()
            if isinstance(state, pb.Batch) and state.version >= getattr(heard.get(state.id), "version", 0):
                heard[state.id] = state

    settings = {"KONTOR_FILES_URL": f"file://{tmp_path}/files", "KONTOR_LOG_LEVEL": "WARNING"}
    async with staged("meters", databases, lambda: rabbitmq, tmp_path, hear, lambda url: settings) as stage:
        connection = await asyncpg.connect(stage.database)
        await connection.execute(
            "INSERT INTO merchant (id, merchant_id, epoch, version, slug, language, time_zone)"
            " VALUES ($1, $1, 1, 1, $2, 'de', 'Europe/Berlin')",
            stage.merchant, stage.slug,
        )  # fmt: skip
        meters: list[tuple[UUID, int]] = [(uuid7(), n) for n in range(METERS)]
        await connection.executemany(_METER, [(meter, stage.merchant, f"Z{n}") for meter, n in meters])
        await connection.executemany(_REGISTER, [(meter, stage.merchant) for meter, _ in meters])
        await connection.close()
        yield Plant(stage, heard)


@pytest.mark.timeout(300)
async def test_a_file_that_is_being_stored_goes_on_after_a_kill_without_doubling(plant: Plant) -> None:
    first = datetime(2024, 1, 1, tzinfo=UTC)
    days = [(first + timedelta(days=n)).date().isoformat() for n in range(LINES // METERS)]
    lines = [f"Z{n};{100 + place * 5};{day}" for place, day in enumerate(days) for n in range(METERS)]
    text = "Zählernummer;Zählerstand;Ablesedatum\n" + "\n".join(lines)
    answer = await plant.stage.http.post(
        "/v1/batches", files={"file": ("a.csv", text.encode())}, data={"kind": "readings"}, headers=plant.staff(),
    )  # fmt: skip
    batch_id = answer.json()["id"]

    progress = 0

    async def watched() -> bool:
        nonlocal progress
        progress = (await plant.sql(f"SELECT passed FROM batch WHERE id = '{batch_id}'"))["passed"]
        return plant.batches.get(batch_id) is not None and plant.batches[batch_id].state == "done"

    await plant.stage.http.post(f"/v1/batches/{batch_id}/store", headers=plant.staff())
    for least in (1, LINES // 2):
        await eventually(partial(_beyond, watched, lambda: progress, least), within=120, every=0.01)
        await plant.stage.service.kill()
        await plant.stage.service.start()
    batch = await plant.over(batch_id)
    assert plant.stage.service.kills == 2
    assert (batch.total, batch.stored, batch.duplicates, batch.refused) == (LINES, LINES, 0, 0)
    told = await plant.sql("SELECT count(*) AS rows, count(DISTINCT (register_id, taken_at)) AS keys FROM reading")
    assert (told["rows"], told["keys"]) == (LINES, LINES)


@pytest.mark.timeout(300)
async def test_bodies_over_both_doors_are_stored_once_whenever_the_process_is_killed(plant: Plant) -> None:
    done = itertools.count()
    reached = 0

    async def send() -> None:
        nonlocal reached
        for number in range(BODIES):
            body = _body(number)
            if number % 2 and plant.stage.system is not None:
                await plant.stage.system.send("readings", body)
            else:
                headers = plant.system() | {"Content-Type": "application/json"}
                await insist(
                    lambda body=body, headers=headers: plant.stage.http.post(
                        "/v1/incoming-readings", content=body, headers=headers
                    )
                )
            reached = next(done) + 1

    await plant.stage.service.killed_while(send(), lambda: reached, BODIES, BODIES // 2)
    many = BODIES * METERS * 96

    async def all_there() -> bool:
        return bool((await plant.sql("SELECT count(*) AS many FROM interval_value"))["many"] == many)

    await eventually(all_there, within=120)
    summed = await plant.sql("SELECT sum(count) AS count, sum(total) AS total FROM interval_day")
    counted = await plant.sql(
        "SELECT sum(stored) AS stored, sum(duplicates) AS duplicates, count(*) AS batches FROM batch"
    )
    assert (summed["count"], summed["total"]) == (many, many * 250_000)
    assert (counted["stored"], counted["duplicates"], counted["batches"]) == (many, 0, BODIES)


async def _beyond(watch: Any, progress: Any, least: int) -> bool:
    return await watch() or progress() >= least


def _body(number: int) -> bytes:
    start = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)).isoformat()
    runs = [{"meter": f"Z{n}", "obis": "1-0:1.8.0", "start": start, "values": ["0.25"] * 96} for n in range(METERS)]
    return json.dumps({"intervals": runs}).encode()

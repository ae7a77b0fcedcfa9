"""Meters with its doors, on a real PostgreSQL; each test brings a merchant of its own."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import orjson
import pytest
import pytest_asyncio
from fastapi import FastAPI

from kontor.meters.v1 import meters_pb2 as pb
from kontor_events.registry import class_of
from kontor_meters.app import create_app
from kontor_meters.settings import Settings
from kontor_service.ids import uuid7
from kontor_testing.postgres import Databases
from kontor_testing.serving import serving
from kontor_testing.tokens import TokenSigner
from kontor_testing.waiting import eventually

BERLIN = ZoneInfo("Europe/Berlin")


@dataclass
class World:
    """One merchant, its meters, and the system that sends their values."""

    app: FastAPI
    http: httpx.AsyncClient
    signer: TokenSigner
    merchant: UUID = field(default_factory=uuid7)

    async def register_merchant(self, *, zone: str = "Europe/Berlin", slug: str = "shop") -> None:
        await self.sql(
            "INSERT INTO merchant (id, merchant_id, epoch, version, slug, language, time_zone)"
            " VALUES ($1, $1, 1, 1, $2, 'de', $3) RETURNING id",
            self.merchant, slug, zone,
        )  # fmt: skip

    async def meter(
        self,
        number: str,
        *,
        obis: str = "1-0:1.8.0",
        interval: bool = True,
        unit: str = "kWh",
        used_from: date = date(2024, 1, 1),
        used_to: date | None = None,
        external_id: str = "",
    ) -> UUID:
        """A meter with one register, whose id is answered."""
        meter_id, register_id = uuid7(), uuid7()
        await self.sql(
            "INSERT INTO meter (id, merchant_id, epoch, version, deleted, number, kind, market_location_id, street, post_code,"
            " city, country, place_detail, label, customer_number, in_use_from, in_use_to, point_id, external_id)"
            " VALUES ($1, $2, 1, 1, false, $3, 'electricity', '', '', '', '', '', '', '', '', $4, $5, $1, $6) RETURNING id",
            meter_id, self.merchant, number, used_from, used_to, external_id,
        )  # fmt: skip
        await self.sql(
            "INSERT INTO register (id, merchant_id, meter_id, position, obis, direction, unit, tariff, digits_before,"
            " digits_after, factor, gas_periods, interval, series_id)"
            " VALUES ($1, $2, $3, 0, $4, 'consumption', $5, 'single', 6, 1, 1, '[]', $6, $7) RETURNING id",
            register_id, self.merchant, meter_id, obis, unit, interval, uuid7(),
        )  # fmt: skip
        return register_id

    def system(self) -> dict[str, str]:
        return self.signer.token("meters", "meters:submit", merchant=self.merchant, kind="key")

    def staff(self, **claims: Any) -> dict[str, str]:
        return self.signer.token("meters", "meters:edit", "meters:read", merchant=self.merchant, kind="staff", **claims)

    def service(self) -> dict[str, str]:
        return self.signer.token("meters", "service", merchant=self.merchant, kind="service")

    async def send(self, body: Any, media_type: str = "application/json") -> dict[str, Any]:
        answer = await self.submit(body, media_type)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def submit(self, body: Any, media_type: str = "application/json") -> httpx.Response:
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = self.system() | {"Content-Type": media_type}
        return await self.http.post("/v1/incoming-readings", content=content, headers=headers)

    async def intervals(self, meter: str, start: str, values: list[Any], **more: Any) -> dict[str, Any]:
        item = {"meter": meter, "obis": "1-0:1.8.0", "start": start, "step_minutes": 15, "values": values} | more
        return await self.send({"intervals": [item]})

    async def upload(self, text: str | bytes, kind: str = "readings", **claims: Any) -> httpx.Response:
        content = text if isinstance(text, bytes) else text.encode()
        files = {"file": ("ablesung.csv", content, "text/csv")}
        return await self.http.post("/v1/batches", files=files, data={"kind": kind}, headers=self.staff(**claims))

    async def preview(self, text: str | bytes, kind: str = "readings") -> Any:
        answer = await self.upload(text, kind)
        assert answer.status_code == 201, answer.text
        return state_of(answer.json())

    async def store(self, batch_id: str) -> httpx.Response:
        return await self.http.post(f"/v1/batches/{batch_id}/store", headers=self.staff())

    async def stored(self, text: str | bytes, kind: str = "readings") -> Any:
        """Previewed, stored, and its last state."""
        batch = await self.preview(text, kind)
        assert (await self.store(batch.id)).status_code == 200
        return await self.done(batch.id)

    async def done(self, batch_id: str) -> Any:
        async def over() -> Any:
            states = [event.batch for event in await self.told("meters.batch.changed.v1")]
            return next((state for state in states if state.id == batch_id and state.state in ("done", "failed")), None)

        return await eventually(over, within=60)

    async def readings(self, register: UUID) -> list[tuple[str, str]]:
        rows = await self.sql(
            "SELECT value, state FROM reading WHERE register_id = $1 ORDER BY taken_at, entered_at", register
        )
        return [(str(row["value"]), row["state"]) for row in rows]

    async def result(self, batch_id: str, language: str = "de") -> str:
        headers = self.staff() | {"Accept-Language": language}
        answer = await self.http.get(f"/v1/batches/{batch_id}/result.csv", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.content.decode("utf-8-sig")

    async def sql(self, query: str, *values: Any) -> list[asyncpg.Record]:
        """As the merchant."""
        async with self.app.state.db.connection() as connection, connection.transaction():
            await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(self.merchant))
            return await connection.fetch(query, *values)

    async def days(self, register: UUID) -> dict[str, tuple[int, int]]:
        """Day → (total in millionths, count), as they were kept up to date."""
        rows = await self.sql(
            "SELECT day, total, count FROM interval_day WHERE register_id = $1 ORDER BY day", register
        )
        return {row["day"].isoformat(): (row["total"], row["count"]) for row in rows}

    async def recounted(self, register: UUID, zone: str = "Europe/Berlin") -> dict[str, tuple[int, int]]:
        """The same, from the values themselves."""
        rows = await self.sql(
            "SELECT (starts_at AT TIME ZONE $2)::date AS day, sum(value)::bigint AS total, count(*) AS count"
            " FROM interval_value WHERE register_id = $1 GROUP BY 1 ORDER BY 1",
            register, zone,
        )  # fmt: skip
        return {row["day"].isoformat(): (row["total"], row["count"]) for row in rows}

    async def months(self, register: UUID) -> dict[str, tuple[int, int]]:
        rows = await self.sql("SELECT month, total, count FROM interval_month WHERE register_id = $1", register)
        return {row["month"].isoformat(): (row["total"], row["count"]) for row in rows}

    async def told(self, type_name: str) -> list[Any]:
        """The events of this type in the outbox, in order."""
        rows = await self.sql(
            "SELECT payload FROM outbox WHERE merchant_id = $1 AND type = $2 ORDER BY id", self.merchant, type_name
        )
        return [class_of(type_name).FromString(row["payload"]) for row in rows]


def state_of(answer: dict[str, Any]) -> Any:
    """The snapshot in a command's answer."""
    return pb.BatchSnapshot.FromString(base64.b64decode(answer["snapshot"]["data"])).batch


@dataclass
class Installation:
    app: FastAPI
    http: httpx.AsyncClient
    signer: TokenSigner


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installation(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    signer = TokenSigner()
    database, bus_url = await databases.create("meters"), await databases.empty()
    async with serving(signer.app) as identity:
        app = create_app(
            Settings(
                environment="development", database_url=database.runtime, bus_url=bus_url, service_secret="secret",
                service_url=identity, files_url=f"file://{tmp_path_factory.mktemp('files')}", jobs_every=0.2,
            )
        )  # fmt: skip
        async with serving(app) as url, httpx.AsyncClient(base_url=url, timeout=90) as http:
            yield Installation(app, http, signer)


@pytest_asyncio.fixture(loop_scope="session")
async def world(installation: Installation) -> World:
    made = World(installation.app, installation.http, installation.signer)
    await made.register_merchant()
    return made


@pytest_asyncio.fixture(loop_scope="session")
async def neighbour(installation: Installation) -> World:
    """Another merchant of the same installation."""
    made = World(installation.app, installation.http, installation.signer)
    await made.register_merchant(slug="neighbour")
    return made


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of these tests share the running installation, and so its event loop."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)

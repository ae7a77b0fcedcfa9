"""A meter's consumption page over three years of 15-minute values: how long the server takes, with 100 and 100,000 meters.

One worker of the gateway (uvicorn, uvloop, httptools), one reader at a time, every request another meter; both sizes on
the same PostgreSQL, turn by turn in one run. The copy carries sums: 1,096 days of each meter, and its readings.
"""

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx

import kontor_gateway
from kontor.meters.v1 import meters_pb2
from kontor_edge import Views
from kontor_edge.sessions import SessionStore
from kontor_gateway.app import SESSION_VALUES
from kontor_gateway.views import SHAPE
from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.ids import uuid7
from kontor_service.migrations import migrate
from kontor_service.provision import ServiceDatabase, provision
from tests.bench.portal_load import Fact, find_wrk, fresh_copy, load, serve_gateway, session

SIZES = (100, 100_000)
YEARS = (2024, 2025, 2026)
READINGS = 12
ROUNDS = 15
SECONDS = 1
WARM_UP_SECONDS = 3
# What a page may take at the server, milliseconds; and how much more of it with many meters than with few.
MOST = 30.0
FLAT = 1.5
_FIRST = 50
_PER_CUSTOMER = 10
_READERS = 200


@dataclass(frozen=True)
class Portal:
    """A gateway with so many meters, and wrk's scripts that read them as their customers, by kind of page."""

    url: str
    scripts: dict[str, Path]


PAGES = {
    "months, HTML": "/bench/zaehler/{id}?year=2026",
    "years, HTML": "/bench/zaehler/{id}?years=1",
    "months, JSON": "/api/portal/v1/bench/meters/{id}?year=2026",
}


async def run() -> list[dict[str, Any]]:
    """`ratio` of times is ours by what a page may take; of growth it is with many meters by with few."""
    wrk = find_wrk()
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="kontor-bench-", ignore_cleanup_errors=True))
        )
        folder.chmod(0o755)
        server = stack.enter_context(embedded_postgres(folder / "data"))
        filled = {size: await _filled(server, size) for size in SIZES}
        portals = {size: _portal(stack, folder, server, size, *found) for size, found in filled.items()}
        for portal in portals.values():
            for script in portal.scripts.values():
                load(wrk, portal.url, script, WARM_UP_SECONDS, clients=1)
        return _measure(wrk, portals)


def _measure(wrk: str, portals: dict[int, Portal]) -> list[dict[str, Any]]:
    found: dict[tuple[str, int], list[float]] = {(page, size): [] for page in PAGES for size in SIZES}
    for _ in range(ROUNDS):
        for size, portal in portals.items():
            for page, script in portal.scripts.items():
                found[page, size].append(load(wrk, portal.url, script, SECONDS, clients=1).p99)
    p99 = {key: statistics.median(times) for key, times in found.items()}
    few, many = SIZES
    rows = [_row(f"consumption page ({page}), p99 with {many:,} meters", p99[page, many], MOST, 1.0) for page in PAGES]
    return rows + [
        _row(f"the same ({page}), against {few} meters", p99[page, many], p99[page, few], FLAT) for page in PAGES
    ]


def _row(name: str, value: float, reference: float, target: float) -> dict[str, Any]:
    return {
        "name": name, "value": round(value, 2), "reference": round(reference, 2), "ratio": round(value / reference, 3),
        "target": target, "unit": "ms",
    }  # fmt: skip


async def _filled(server: str, size: int) -> tuple[ServiceDatabase, list[tuple[UUID, str]]]:
    """A gateway's database with so many meters; some of them, each with a cookie of its customer."""
    database = await provision(server, "gateway", password="bench", database=f"kontor_gateway_{size}")
    await migrate(database.owner, kontor_gateway)
    merchant = await fresh_copy(database)
    pool = await asyncpg.create_pool(str(database.copy), min_size=1, max_size=2)
    views = Views(pool, SHAPE)
    await views.apply([Fact(fact) for fact in _facts(merchant)])
    await views.announcer.close()
    for statement in _MULTIPLY:
        await pool.execute(statement, _FIRST, size, _PER_CUSTOMER, timeout=1200)
    rows = await pool.fetch("SELECT id, customer_id FROM live.meter ORDER BY md5(id::text) LIMIT $1", _READERS)
    await SessionStore(pool, SESSION_VALUES).keep(
        [session(merchant, row["customer_id"], n) for n, row in enumerate(rows)]
    )
    pool.terminate()
    await _settle(server, size)
    return database, [(row["id"], f"bench-{n}") for n, row in enumerate(rows)]


# Row n copies one of the first, for customer n / 10. What hangs on the meters comes before the meters themselves.
_SOURCE = """
generate_series($1::int + 1, $2::int) n
JOIN (SELECT m, row_number() OVER (ORDER BY id) - 1 AS place FROM live.meter m) first (old, place) ON first.place = n % $1
"""
_OWN = "'customer_id', md5('customer' || n / $3)::uuid"
_MULTIPLY = (
    f"""
INSERT INTO live.consumption SELECT made.*
FROM {_SOURCE} JOIN live.consumption c ON c.point_id = (first.old).id
CROSS JOIN LATERAL jsonb_populate_record(c, jsonb_build_object(
    'id', md5('consumption' || n || c.year)::uuid, 'point_id', md5('meter' || n)::uuid, {_OWN})) made
""",
    f"""
INSERT INTO live.reading SELECT made.*
FROM {_SOURCE} JOIN live.reading r ON r.meter_id = (first.old).id
CROSS JOIN LATERAL jsonb_populate_record(r, jsonb_build_object(
    'id', md5('reading' || n || r.id)::uuid, 'meter_id', md5('meter' || n)::uuid, {_OWN})) made
""",
    f"""
INSERT INTO live.meter SELECT made.*
FROM {_SOURCE} CROSS JOIN LATERAL jsonb_populate_record(first.old, jsonb_build_object(
    'id', md5('meter' || n)::uuid, 'point_id', md5('meter' || n)::uuid, {_OWN},
    'data', replace((first.old).data, (first.old).id::text, md5('meter' || n)::uuid::text))) made
""",
)


def _facts(merchant: UUID) -> Iterator[Any]:
    """The first meters, the way facts come."""
    some = Random(7)
    for n in range(_FIRST):
        common = {"merchant_id": str(merchant), "epoch": 1, "version": 1, "customer_id": str(uuid7())}
        meter, register, series = str(uuid7()), str(uuid7()), str(uuid7())
        last = meters_pb2.Register(
            id=register, obis="1-0:1.8.0", direction="consumption", unit="kWh", tariff="single", digits_before=6,
            digits_after=1, factor="1", series_id=series, interval=True, last_value="12345.6",
        )  # fmt: skip
        last.last_taken_at.FromDatetime(datetime(YEARS[-1], 11, 1, 11, tzinfo=UTC))
        yield meters_pb2.MeterSnapshot(
            meter=meters_pb2.Meter(
                id=meter, **common, number=f"1ESY{n:010d}", kind="electricity", point_id=meter, in_use_from="2023-12-01",
                place=meters_pb2.Place(street="Gartenweg 3", post_code="89073", city="Ulm", country="DE"),
                registers=[last],
            )
        )  # fmt: skip
        for at in range(READINGS):
            reading = meters_pb2.Reading(
                id=str(uuid7()), **common, meter_id=meter, register_id=register, series_id=series, value=str(1000 + at),
                reason="regular", source="customer", state="valid", channel="account", meter_number=f"1ESY{n:010d}",
            )  # fmt: skip
            reading.taken_at.FromDatetime(datetime(YEARS[0] + at // 4, at % 4 * 3 + 1, 1, 11, tzinfo=UTC))
            yield meters_pb2.ReadingSnapshot(reading=reading)
        for year in YEARS:
            yield meters_pb2.ConsumptionSnapshot(
                consumption=meters_pb2.Consumption(
                    id=str(uuid7()), **common, series_id=series, point_id=meter, meter_id=meter, kind="electricity",
                    obis="1-0:1.8.0", direction="consumption", tariff="single", unit="kWh", year=year,
                    days=[some.randrange(2_000, 20_000) for _ in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)],
                    months=["measured"] * 12,
                )
            )  # fmt: skip


async def _settle(server: str, size: int) -> None:
    """At rest before anything is measured: nothing is left to vacuum, to analyze or to write."""
    connection = await asyncpg.connect(urlsplit(server)._replace(path=f"/kontor_gateway_{size}").geturl())
    await connection.execute("VACUUM (FREEZE, ANALYZE)", timeout=1200)
    await connection.execute("CHECKPOINT", timeout=1200)
    await connection.close()


def _portal(
    stack: ExitStack,
    folder: Path,
    server: str,
    size: int,
    database: ServiceDatabase,
    readers: Sequence[tuple[UUID, str]],
) -> Portal:
    url = stack.enter_context(serve_gateway(database, server))
    for meter, cookie in readers:
        _check(f"{url}/api/portal/v1/bench/meters/{meter}", cookie)
    scripts = {page: _script(folder / f"{size}-{n}.lua", path, readers) for n, (page, path) in enumerate(PAGES.items())}
    return Portal(url, scripts)


def _check(url: str, cookie: str) -> None:
    """Every meter's page has three whole years."""
    answer = httpx.get(url, params={"years": "1"}, headers={"cookie": f"__Host-kontor-bench={cookie}"})
    assert answer.status_code == 200, answer.text
    found = answer.text
    assert all(str(year) in found for year in YEARS), found


def _script(path: Path, page: str, readers: Sequence[tuple[UUID, str]]) -> Path:
    """Every request another meter as its customer, so that no one's rows stay in the processor's cache."""
    listed = ", ".join(f'{{"{page.replace("{id}", str(meter))}", "{cookie}"}}' for meter, cookie in readers)
    path.write_text(
        f"local readers = {{{listed}}}\nlocal n = 0\nrequest = function()\n  n = n % #readers + 1\n"
        '  return wrk.format("GET", readers[n][1], {["Cookie"] = "__Host-kontor-bench=" .. readers[n][2]})\nend\n'
    )
    return path

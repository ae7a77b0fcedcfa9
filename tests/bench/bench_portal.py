"""The portal's documents page against a bare FastAPI endpoint that fetches one row; and with 100 to 1,000,000 documents.

One worker each (uvicorn, uvloop, httptools), 16 connections of wrk, both on the same PostgreSQL, turn by turn in one run.
Every customer has the same fifty documents, however many others there are: all sizes answer the same page.
"""

import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx

import kontor_gateway
from kontor.documents.v1 import documents_pb2
from kontor.payments.v1 import payments_pb2
from kontor_documents_pages.portal.listing import DOCUMENTS
from kontor_edge import Views
from kontor_edge.sessions import SessionStore
from kontor_gateway.app import SESSION_VALUES
from kontor_gateway.views import SHAPE
from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.ids import uuid7
from kontor_service.migrations import migrate
from kontor_service.provision import ServiceDatabase, provision
from kontor_testing.serving import free_port
from tests.bench.portal_load import Fact, find_wrk, fresh_copy, load, process, serve_gateway, session

SIZES = (100, 10_000, 1_000_000)
# Many short turns: what else the machine does in one of them hits every size alike, and the median forgets it.
ROUNDS = 15
SECONDS = 1
WARM_UP_SECONDS = 3
PER_CUSTOMER = 50
_TYPES = ("invoice", "invoice", "invoice", "quote", "delivery_note")
# So many come the way facts come; the rest are multiplied from them.
_FIRST = 100


@dataclass(frozen=True)
class Portal:
    """A gateway with so many documents, and wrk's script that reads it as its customers."""

    url: str
    script: Path

    def json(self) -> tuple[str, Path]:
        return f"{self.url}/api/portal/v1/bench/documents", self.script

    def html(self) -> tuple[str, Path]:
        return f"{self.url}/bench/dokumente", self.script


async def run() -> list[dict[str, Any]]:
    """`ratio` of rates is ours by the bare endpoint's; of p99 it is with many documents by with 100.

    Every size has a database and a worker of its own, so that all are measured in turn, under what else the machine does.
    """
    wrk = find_wrk()
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="kontor-bench-", ignore_cleanup_errors=True))
        )
        folder.chmod(0o755)
        server = stack.enter_context(embedded_postgres(folder / "data"))
        bare = stack.enter_context(_serve_bare(await _bare_database(server)))
        filled = {size: await filled_portal(server, size) for size in SIZES}
        await _settle(server)
        portals = {size: _portal(stack, folder, server, size, *found) for size, found in filled.items()}
        for portal in portals.values():
            load(wrk, *portal.json(), WARM_UP_SECONDS)
        return _measure(wrk, f"{bare}/rows/7", portals)


async def filled_portal(server: str, size: int) -> tuple[ServiceDatabase, list[str]]:
    """A gateway's database with so many documents, and its customers' cookies."""
    database = await provision(server, "gateway", password="bench", database=f"kontor_gateway_{size}")
    await migrate(database.owner, kontor_gateway)
    return database, await _fill(database, await fresh_copy(database, set(_TYPES)), size)


async def _settle(server: str) -> None:
    """Every database is at rest before anything is measured: nothing is left to vacuum, to analyze or to write."""
    for size in SIZES:
        connection = await asyncpg.connect(urlsplit(server)._replace(path=f"/kontor_gateway_{size}").geturl())
        await connection.execute("VACUUM (FREEZE, ANALYZE)", timeout=1200)
        await connection.execute("CHECKPOINT", timeout=1200)
        await connection.close()


def _portal(
    stack: ExitStack, folder: Path, server: str, size: int, database: ServiceDatabase, cookies: list[str]
) -> Portal:
    portal = Portal(
        stack.enter_context(serve_gateway(database, server)), cookie_script(folder / f"{size}.lua", cookies)
    )
    for cookie in cookies:
        _check(portal.json()[0], cookie)
    return portal


def _measure(wrk: str, bare: str, portals: dict[int, Portal]) -> list[dict[str, Any]]:
    middle = portals[SIZES[1]]
    rates: dict[str, list[float]] = {"bare": [], "json": [], "html": []}
    tails: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(ROUNDS):
        rates["bare"].append(load(wrk, bare, None, SECONDS).rate)
        rates["html"].append(load(wrk, *middle.html(), SECONDS).rate)
        for size, portal in portals.items():
            found = load(wrk, *portal.json(), SECONDS)
            tails[size].append(found.p99)
            if portal is middle:
                rates["json"].append(found.rate)
    rate = {name: statistics.median(found) for name, found in rates.items()}
    p99 = {size: statistics.median(found) for size, found in tails.items()}
    return [
        result_row("portal documents page, JSON, 16 clients", rate["json"], rate["bare"], 0.5, "requests/s"),
        result_row("the same page as HTML", rate["html"], rate["bare"], 0.3, "requests/s"),
        *(
            result_row(f"p99 with {size:,} documents, against 100", p99[size], p99[SIZES[0]], 1.5, "ms")
            for size in SIZES[1:]
        ),
    ]


def result_row(name: str, value: float, reference: float, target: float, unit: str) -> dict[str, Any]:
    return {
        "name": name, "value": round(value, 2), "reference": round(reference, 2), "ratio": round(value / reference, 3),
        "target": target, "unit": unit,
    }  # fmt: skip


def cookie_script(path: Path, cookies: Sequence[str]) -> Path:
    """Every request as another customer, so that no one's rows stay in the processor's cache."""
    listed = ", ".join(f'"{cookie}"' for cookie in cookies)
    path.write_text(
        f"local cookies = {{{listed}}}\nlocal n = 0\nrequest = function()\n  n = n % #cookies + 1\n"
        '  return wrk.format("GET", nil, {["Cookie"] = "__Host-kontor-bench=" .. cookies[n]})\nend\n'
    )
    return path


def _check(url: str, cookie: str) -> None:
    """The same page for everybody: a full one of the same fifty."""
    answer = httpx.get(url, headers={"cookie": f"__Host-kontor-bench={cookie}"}).json()
    counts = {kind: PER_CUSTOMER * _TYPES.count(kind) // len(_TYPES) for kind in _TYPES}
    assert (len(answer["documents"]), answer["counts"]) == (DOCUMENTS.size, counts), answer


@contextmanager
def _serve_bare(database_url: str) -> Iterator[str]:
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", "bare_endpoint:app", "--app-dir", str(Path(__file__).parent), "--port", str(port),
        "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
    with process(command, {"BENCH_DATABASE_URL": database_url}, f"http://127.0.0.1:{port}/rows/7") as url:
        yield url


async def _bare_database(server: str) -> str:
    url = (await provision(server, "bare", password="bench")).owner
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE bench_row (id bigint PRIMARY KEY, name text, number text)")
    await connection.execute(
        "INSERT INTO bench_row SELECT n, 'Seidel Optik', 'K-' || n FROM generate_series(1, 1000) n"
    )
    await connection.close()
    return url


async def _fill(database: ServiceDatabase, merchant: UUID, size: int) -> list[str]:
    """Fills the copy with so many documents; the cookies of up to 200 of their customers.

    The first hundred come the way facts come; the rest are multiplied from them in the database.
    """
    pool = await asyncpg.create_pool(str(database.copy), min_size=1, max_size=2)
    views = Views(pool, SHAPE)
    await views.apply([Fact(fact) for fact in _first(merchant, _FIRST)])
    await views.announcer.close()
    if size > _FIRST:
        await pool.execute(_MULTIPLY_DOCUMENTS, _FIRST, size, PER_CUSTOMER, timeout=1200)
        await pool.execute(_MULTIPLY_RECEIVABLES, timeout=1200)
    rows = await pool.fetch("SELECT DISTINCT customer_id FROM live.document LIMIT 200")
    await SessionStore(pool, SESSION_VALUES).keep(
        [session(merchant, row["customer_id"], n) for n, row in enumerate(rows)]
    )
    pool.terminate()
    return [f"bench-{n}" for n in range(len(rows))]


# Row n copies one of the first hundred, for customer (n - 1) / 50: fifty in a row are of one customer, as with the first.
_MULTIPLY_DOCUMENTS = """
INSERT INTO live.document
SELECT (jsonb_populate_record(old, jsonb_build_object(
    'id', md5('document' || n)::uuid, 'customer_id', md5('customer' || (n - 1) / $3)::uuid,
    'thread_id', md5('thread' || n), 'by_number', 're-' || lpad(n::text, 12, '0')))).*
FROM generate_series($1::int + 1, $2::int) n
JOIN (SELECT d, row_number() OVER (ORDER BY id) - 1 AS place FROM live.document d) first (old, place)
  ON first.place = n % 100
"""
_MULTIPLY_RECEIVABLES = """
INSERT INTO live.receivable
SELECT (jsonb_populate_record(old, jsonb_build_object(
    'id', md5('receivable' || d.id)::uuid, 'document_id', d.id, 'customer_id', d.customer_id))).*
FROM live.document d, (SELECT r FROM live.receivable r ORDER BY id LIMIT 1) first (old)
WHERE d.type = 'invoice' AND NOT EXISTS (SELECT FROM live.receivable r WHERE r.document_id = d.id)
"""


def _first(merchant: UUID, many: int) -> Iterator[Any]:
    customers = [uuid7() for _ in range(max(1, many // PER_CUSTOMER))]
    for n in range(many):
        customer, kind, document = str(customers[n % len(customers)]), _TYPES[n % len(_TYPES)], str(uuid7())
        day = f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d}"
        yield documents_pb2.DocumentSnapshot(
            document=documents_pb2.Document(
                id=document, merchant_id=str(merchant), epoch=1, version=1, type=kind, number=f"RE-2026-{n}",
                title="Wartung Heizungsanlage", state="shared", customer_id=customer, buyer_name="Seidel Optik",
                issue_date=day, due_date=day if kind == "invoice" else "", currency="EUR", net_minor=10000 + n,
                tax_minor=1900, gross_minor=11900 + n, amount_due_minor=11900 + n, thread_id=str(uuid7()),
            )
        )  # fmt: skip
        if kind == "invoice":
            yield payments_pb2.ReceivableSnapshot(
                receivable=payments_pb2.Receivable(
                    id=str(uuid7()), merchant_id=str(merchant), epoch=1, version=1, document_id=document, currency="EUR",
                    customer_id=customer, due_minor=11900, open_minor=0, paid_minor=11900, state="paid", due_date=day,
                )
            )  # fmt: skip

"""The portal's documents list with labels, roles and unread dots against the same list without them.

Two gateways on one database with 10,000 documents, asked turn by turn by 16 connections of wrk. Half of the documents have
been read, and half name an order themselves.
"""

import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx

from kontor_service.embedded_postgres import embedded_postgres
from tests.bench.bench_portal import cookie_script, filled_portal, result_row
from tests.bench.portal_load import find_wrk, load, serve_gateway

SIZE = 10_000
ROUNDS = 15
SECONDS = 1
WARM_UP_SECONDS = 3
PAGES = {"JSON": "/api/portal/v1/bench/documents", "HTML": "/bench/dokumente"}
_READER = "contact:bench"
_LABELLED = """
UPDATE live.document SET label = 'A-' || left(id::text, 6), label_brief = '{"kind":"order","number":"A-' || left(id::text, 6) || '"}'
WHERE left(id::text, 1) < '8'
"""
_READ = """
INSERT INTO live.read_mark (id, merchant_id, epoch, version, deleted, document_id, customer_id, reader, revision, comment_number)
SELECT md5('mark' || id)::uuid, merchant_id, 1, 1, false, id, customer_id, $1, 1, 0 FROM live.document WHERE right(id::text, 1) < '8'
"""
_READERS = "UPDATE session SET public = (public::jsonb || jsonb_build_object('subject', $1::text))::json"


async def run() -> list[dict[str, Any]]:
    wrk = find_wrk()
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="kontor-bench-", ignore_cleanup_errors=True))
        )
        folder.chmod(0o755)
        server = stack.enter_context(embedded_postgres(folder / "data"))
        database, cookies = await filled_portal(server, SIZE)
        await _complete(server)
        now = stack.enter_context(serve_gateway(database, server))
        before = stack.enter_context(serve_gateway(database, server, "tests.bench.list_before"))
        _check(now, before, cookies[0])
        script = cookie_script(folder / "cookies.lua", cookies)
        for url in (now, before):
            load(wrk, url + PAGES["JSON"], script, WARM_UP_SECONDS)
        return [_compared(wrk, kind, now + path, before + path, script) for kind, path in PAGES.items()]


def _compared(wrk: str, kind: str, now: str, before: str, script: Path) -> dict[str, Any]:
    rates: dict[str, list[float]] = {now: [], before: []}
    for _ in range(ROUNDS):
        for url, found in rates.items():
            found.append(load(wrk, url, script, SECONDS).rate)
    value, reference = (statistics.median(rates[url]) for url in (now, before))
    return result_row(
        f"documents list with dots and labels, {kind}, against without", value, reference, 0.9, "requests/s"
    )


async def _complete(server: str) -> None:
    """Labels, and what has been read; then the database is at rest."""
    connection = await asyncpg.connect(urlsplit(server)._replace(path=f"/kontor_gateway_{SIZE}").geturl())
    await connection.execute(_LABELLED)
    await connection.execute(_READ, _READER)
    await connection.execute(_READERS, _READER)
    await connection.execute("VACUUM (FREEZE, ANALYZE)", timeout=1200)
    await connection.execute("CHECKPOINT", timeout=1200)
    await connection.close()


def _check(now: str, before: str, cookie: str) -> None:
    """Both answer the same documents, one of them with what is new."""
    headers = {"cookie": f"__Host-kontor-bench={cookie}"}
    found, plain = (httpx.get(url + PAGES["JSON"], headers=headers).json()["documents"] for url in (now, before))
    assert [one["id"] for one in found] == [one["id"] for one in plain]
    assert {one["new"] for one in found} == {True, False}
    assert any(one["label"] for one in found)
    assert not any(one["label"] or one["new"] for one in plain)

"""Connections of the page role: what fails costs its connection and nobody else's answer."""

import asyncio
from typing import Any

import asyncpg
import pytest

from kontor_edge.connections import PageConnections
from kontor_testing.waiting import eventually


def url(portal: Any) -> str:
    address: str = portal.edge.settings.database_url.get_secret_value()
    return address


async def backend(reads: PageConnections) -> int:
    record = await reads.call("SELECT pg_backend_pid()")
    assert record is not None
    return int(record[0])


async def test_a_connection_is_kept_for_the_next_call(portal: Any) -> None:
    reads = PageConnections(url(portal), 2)
    assert await backend(reads) == await backend(reads)
    reads.close()


async def test_a_failed_or_cancelled_call_takes_its_connection_with_it(portal: Any) -> None:
    reads = PageConnections(url(portal), 1)
    first = await backend(reads)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await reads.call("SELECT * FROM session")
    second = await backend(reads)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await reads.call("SELECT pg_sleep(5)")
    assert len({first, second, await backend(reads)}) == 3
    reads.close()


async def test_after_a_restart_of_the_server_the_next_call_finds_a_way(portal: Any) -> None:
    reads = PageConnections(url(portal), 2)
    gone = await backend(reads)
    owner = await asyncpg.connect(portal.edge.settings.database_url.get_secret_value())
    await owner.execute("SELECT pg_terminate_backend($1)", gone)
    await eventually(lambda: not reads._idle or reads._idle[-1].connection.is_closed())
    assert await backend(reads) != gone
    await owner.close()
    reads.close()


async def test_never_more_connections_than_places(portal: Any) -> None:
    reads = PageConnections(url(portal), 2)
    pids = await asyncio.gather(*(backend(reads) for _ in range(20)))
    assert len(set(pids)) <= 2
    reads.close()

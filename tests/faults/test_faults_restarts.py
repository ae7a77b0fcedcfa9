"""RabbitMQ and PostgreSQL go away and come back while work is being done."""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from kontor_service.embedded_postgres import embedded_postgres
from kontor_testing.postgres import Databases
from kontor_testing.rabbitmq import RabbitMQ, rabbitmq_server
from kontor_testing.waiting import eventually

from .ledger import Ledger, opened, prepare

# The machine stays on, so what the server has written survives its end without a flush to the disk.
_SETTINGS = {"fsync": "off"}
_SETTLED = 1.5


class Server:
    """A PostgreSQL of our own, that may be taken away."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = ExitStack()
        self.url = ""

    def start(self) -> None:
        self.url = self._running.enter_context(embedded_postgres(self._folder, _SETTINGS))

    def stop(self) -> None:
        self._running.close()

    def crash(self) -> None:
        """SIGQUIT: every backend drops its work at once; the next start recovers from the log."""
        pid = int((self._folder / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        self._running.close()

    async def database(self, name: str) -> str:
        connection = await asyncpg.connect(self.url)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="kontor-faults-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        made = Server(Path(folder) / "data")
        made.start()
        try:
            yield made
        finally:
            made.stop()


@pytest.fixture(scope="module")
def own_rabbitmq() -> Iterator[RabbitMQ]:
    """One that may be killed: never a given one."""
    with rabbitmq_server(own=True) as made:
        yield made


@asynccontextmanager
async def under_load(ledger: Ledger, operations: int) -> AsyncIterator[None]:
    """The load lasts as long as the block, and so many operations; afterwards all has to come to rest."""
    started, over = time.monotonic(), asyncio.Event()

    async def keep_working() -> None:
        while not over.is_set() or len(ledger.confirmed) < operations:
            await ledger.load(40, pause=0.02)

    load = asyncio.create_task(keep_working())
    # RabbitMQ 3.10 writes down where a new queue's log is only half a second later; see docs/bus.md.
    await eventually(
        lambda: len(ledger.confirmed) > operations // 10 and time.monotonic() - started > _SETTLED, within=60
    )
    try:
        yield
        over.set()
        await asyncio.wait_for(load, 240)
    finally:
        load.cancel()
    await ledger.at_rest()
    await ledger.verify()


async def test_rabbitmq_is_killed_and_started_again(
    own_rabbitmq: RabbitMQ, databases: Databases, operations: int
) -> None:
    bus = own_rabbitmq.url(own_rabbitmq.vhost())
    addresses = await prepare(bus, await databases.empty(), await databases.empty())
    async with opened(addresses) as ledger, under_load(ledger, operations):
        await asyncio.to_thread(own_rabbitmq.kill)
        await asyncio.to_thread(own_rabbitmq.start)
    assert len(ledger.confirmed) >= operations


async def test_a_service_starts_and_records_while_rabbitmq_is_down(
    own_rabbitmq: RabbitMQ, databases: Databases
) -> None:
    bus = own_rabbitmq.url(own_rabbitmq.vhost())
    addresses = await prepare(bus, await databases.empty(), await databases.empty())
    async with opened(addresses):
        pass
    await asyncio.to_thread(own_rabbitmq.stop)
    async with opened(addresses) as ledger:
        await ledger.load(20)
        assert not ledger.sender.connected
        await asyncio.to_thread(own_rabbitmq.start)
        await ledger.at_rest()
        await ledger.verify()


@pytest.mark.parametrize("transport", ["postgresql", "rabbitmq"])
async def test_postgresql_crashes_and_is_started_again(
    server: Server, transport: str, operations: int, request: pytest.FixtureRequest
) -> None:
    bus = await server.database("bus")
    if transport == "rabbitmq":
        rabbitmq: RabbitMQ = request.getfixturevalue("rabbitmq")
        bus = rabbitmq.url(rabbitmq.vhost())
    addresses = await prepare(bus, await server.database("payments"), await server.database("ledger"))
    async with opened(addresses) as ledger, under_load(ledger, operations):
        for take_away in (server.crash, server.stop):
            await asyncio.to_thread(take_away)
            await asyncio.to_thread(server.start)
            before = len(ledger.confirmed)
            await eventually(lambda before=before: len(ledger.confirmed) > before)
    assert len(ledger.confirmed) >= operations

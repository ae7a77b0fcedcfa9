"""A real PostgreSQL for tests: a given one, else the embedded one in a folder of its own."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.migrations import migrate
from kontor_service.provision import EDGES, ServiceDatabase, provision

# Tests throw the data away; nobody comes to clean hundreds of databases that live for a second each.
_FAST = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal",
    "max_wal_senders": "0", "autovacuum": "off", "max_connections": "1000",
}  # fmt: skip
_PASSWORD = "kontor-test"
_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL whose superuser we are; KONTOR_TEST_POSTGRES_URL names a given one."""
    given = os.environ.get("KONTOR_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="kontor-pg-", dir=fast_folder(), ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        with embedded_postgres(Path(folder) / "data", _FAST) as url:
            yield url


def fast_folder() -> Path | None:
    """The folder in memory where there is room; None is the usual one for temporary files."""
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM else None


class Databases:
    """Fresh databases of services. Migrations run once per service and server; the rest are copies of that template."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._templates: dict[str, ServiceDatabase] = {}
        self._numbers = itertools.count(1)

    async def create(self, service: str) -> ServiceDatabase:
        """A new, migrated, empty database of this service, with its roles."""
        if service not in self._templates:
            self._templates[service] = await self._template(service)
        addresses = self._templates[service]
        name = await self._copy(_template_of(service), service, f"OWNER kontor_{service}_owner")
        return ServiceDatabase(
            at(addresses.runtime, name), at(addresses.owner, name), addresses.copy and at(addresses.copy, name)
        )

    async def unmigrated(self, service: str) -> ServiceDatabase:
        """A new database of this service without tables, with its roles."""
        name = f"kontor_test_{os.getpid()}_{service}_{next(self._numbers)}"
        return await provision(self.server, service, password=_PASSWORD, database=name)

    async def empty(self) -> str:
        """The address of a new database without anything in it, as the server's superuser: e.g. for a bus."""
        return at(self.server, await self._copy("template0", "empty", ""))

    async def _template(self, service: str) -> ServiceDatabase:
        """Processes that share the server share the template: the first one makes it."""
        template = _template_of(service)
        connection = await asyncpg.connect(self.server)
        try:
            await connection.execute("SELECT pg_advisory_lock(hashtext($1))", template)
            known = await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", template)
            made = await provision(self.server, service, password=_PASSWORD, database=template)
            if not known:
                await migrate(made.owner, import_module(f"kontor_{service}"))
            return made
        finally:
            await connection.close()

    async def _copy(self, template: str, kind: str, owned: str) -> str:
        name = f"kontor_test_{os.getpid()}_{kind}_{next(self._numbers)}"
        connection = await asyncpg.connect(self.server)
        try:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy {owned}')
            if kind in EDGES:
                # A database's own rights are not copied with it.
                await connection.execute(f'GRANT CREATE ON DATABASE "{name}" TO kontor_{kind}_copy')
        finally:
            await connection.close()
        return name


def at(address: str, database: str) -> str:
    """The same server and role, another database."""
    return urlunsplit(urlsplit(address)._replace(path=f"/{database}"))


def _template_of(service: str) -> str:
    # A given server may hold those of earlier runs.
    return f"kontor_test_{os.environ.get('KONTOR_TEST_RUN', os.getpid())}_{service}"

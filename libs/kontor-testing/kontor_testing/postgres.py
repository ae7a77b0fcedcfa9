"""A real PostgreSQL for tests: a given one, else the embedded one in a folder of its own."""

import itertools
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.migrations import migrate
from kontor_service.provision import ServiceDatabase, provision

# Tests throw the data away.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_PASSWORD = "kontor-test"


@contextmanager
def postgres_server() -> Iterator[str]:
    """The address of a PostgreSQL whose superuser we are; KONTOR_TEST_POSTGRES_URL names a given one."""
    given = os.environ.get("KONTOR_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="kontor-pg-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        with embedded_postgres(Path(folder) / "data", _FAST) as url:
            yield url


class Databases:
    """Fresh databases of services. Migrations run once per service; the rest are copies of that template."""

    def __init__(self, server: str) -> None:
        self.server = server
        self._templates: set[str] = set()
        self._number = itertools.count(1)

    async def create(self, service: str) -> ServiceDatabase:
        """A new, migrated, empty database of this service, with its roles."""
        template = f"kontor_test_{os.getpid()}_{service}"
        if service not in self._templates:
            made = await provision(self.server, service, password=_PASSWORD, database=template)
            await migrate(made.owner, import_module(f"kontor_{service}"))
            self._templates.add(service)
        name = f"{template}_{next(self._number)}"
        await self._copy(template, name, f"kontor_{service}_owner")
        return await provision(self.server, service, password=_PASSWORD, database=name)

    async def unmigrated(self, service: str) -> ServiceDatabase:
        """A new database of this service without tables, with its roles."""
        name = f"kontor_test_{os.getpid()}_{service}_{next(self._number)}"
        return await provision(self.server, service, password=_PASSWORD, database=name)

    async def empty(self) -> str:
        """The address of a new database without anything in it, as the server's superuser: e.g. for a bus."""
        name = f"kontor_test_{os.getpid()}_empty_{next(self._number)}"
        await self._copy("template0", name, None)
        parts = urlsplit(self.server)
        return urlunsplit(parts._replace(path=f"/{name}"))

    async def _copy(self, template: str, name: str, owner: str | None) -> None:
        connection = await asyncpg.connect(self.server)
        try:
            owned = f" OWNER {owner}" if owner else ""
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"{owned}')
        finally:
            await connection.close()

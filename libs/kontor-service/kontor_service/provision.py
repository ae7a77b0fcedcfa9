"""Databases and roles of the services, made by whoever may create them: development, tests, compose.

Per service: kontor_<service>_owner owns the tables and runs migrations; kontor_<service> is the runtime role.
Edges have kontor_<service>_copy besides, which writes the copy: their page role may only execute functions.

As a command: `python -m kontor_service.provision identity documents …`, with the server's address as a role that may
create databases and roles in KONTOR_POSTGRES_URL and the password of all roles in KONTOR_DATABASE_PASSWORD.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg
from sqlalchemy import make_url

EDGES = frozenset({"gateway", "admin"})


@dataclass(frozen=True)
class ServiceDatabase:
    """Addresses of one service's database, by role."""

    runtime: str
    owner: str
    copy: str | None = None


async def provision(server: str, service: str, *, password: str, database: str | None = None) -> ServiceDatabase:
    """Creates the service's database and roles where they are missing and returns their addresses.

    `server` is the address of a role that may create both. `database` renames the database (tests run side by side).
    """
    name = database or f"kontor_{service}"
    runtime, owner, copy = f"kontor_{service}", f"kontor_{service}_owner", f"kontor_{service}_copy"
    roles = [runtime, owner] + ([copy] if service in EDGES else [])
    connection = await asyncpg.connect(server)
    try:
        for role in roles:
            await _ensure_role(connection, role, password)
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            await connection.execute(f'CREATE DATABASE "{name}" OWNER {owner}')
            await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
            for role in roles:
                await connection.execute(f'GRANT CONNECT ON DATABASE "{name}" TO {role}')
        if service in EDGES:
            # An edge's copy is rebuilt into a schema of its own beside the one that answers (kontor_edge).
            await connection.execute(f'GRANT CREATE ON DATABASE "{name}" TO {copy}')
    finally:
        await connection.close()
    address = {role: _with(server, name, role, password) for role in roles}
    await _grant(_with(server, name), owner, copy if service in EDGES else runtime)
    return ServiceDatabase(address[runtime], address[owner], address.get(copy))


async def _ensure_role(connection: "asyncpg.Connection[asyncpg.Record]", role: str, password: str) -> None:
    secret = password.replace("'", "''")
    try:
        await connection.execute(f"CREATE ROLE {role} LOGIN NOBYPASSRLS NOSUPERUSER PASSWORD '{secret}'")
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        return


async def _grant(server: str, owner: str, writer: str) -> None:
    """What the owner will create, the writer may use; nobody else."""
    connection = await asyncpg.connect(server)
    try:
        for statement in (
            f"GRANT USAGE ON SCHEMA public TO {writer}",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {writer}",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT USAGE ON SEQUENCES TO {writer}",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT EXECUTE ON FUNCTIONS TO {writer}",
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        ):
            await connection.execute(statement)
    finally:
        await connection.close()


def _with(server: str, database: str, role: str | None = None, password: str | None = None) -> str:
    address = make_url(server).set(database=database)
    if role is not None:
        address = address.set(username=role, password=password)
    return address.render_as_string(hide_password=False)


async def _provision_all(server: str, password: str, services: Sequence[str]) -> None:
    for service in services:
        await provision(server, service, password=password)


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        sys.exit(f"{name} is not set")
    return value


if __name__ == "__main__":
    asyncio.run(
        _provision_all(
            _from_environment("KONTOR_POSTGRES_URL"), _from_environment("KONTOR_DATABASE_PASSWORD"), sys.argv[1:]
        )
    )

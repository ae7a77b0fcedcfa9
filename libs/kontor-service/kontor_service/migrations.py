"""Alembic for all services: one way to run migrations.

A service's migrations/env.py is two lines: `from kontor_service.migrations import run_env; run_env()`.
"""

from pathlib import Path
from types import ModuleType

import asyncpg
from alembic import command, context
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

# A migration that cannot get its lock gives way to the traffic and is tried again.
_LOCK_TIMEOUT = "5s"
_STATEMENT_TIMEOUT = "10min"
_ADVISORY_LOCK = 0x6B6F6E74


async def migrate(url: str, package: ModuleType) -> None:
    """Brings the database to the newest revision of the service's migrations. Safe to run from many places at once."""
    config = config_of(package)
    head = ScriptDirectory.from_config(config).get_current_head()
    if head is None or await _current(url) == head:
        return
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_upgrade, config)
            await connection.commit()
    finally:
        await engine.dispose()


def run_env() -> None:
    """Alembic's entry, on the connection of `migrate`."""
    context.configure(connection=context.config.attributes["connection"], transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


def _upgrade(connection: Connection, config: Config) -> None:
    connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
    connection.execute(text(f"SET statement_timeout = '{_STATEMENT_TIMEOUT}'"))
    connection.execute(text(f"SELECT pg_advisory_lock({_ADVISORY_LOCK})"))
    connection.commit()
    try:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    finally:
        connection.rollback()
        connection.execute(text(f"SELECT pg_advisory_unlock({_ADVISORY_LOCK})"))


async def _current(url: str) -> str | None:
    connection = await asyncpg.connect(url)
    try:
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return revision
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()


def config_of(package: ModuleType) -> Config:
    """Alembic's configuration for a service: its migrations lie beside its package."""
    folder = Path(str(package.__file__)).parent.parent / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config

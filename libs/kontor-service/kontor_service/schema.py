"""Functions, triggers and policies as part of a service's metadata, and what a database's catalogue says of them.

A database is compared by its catalogue: what the models create in an empty database against what the migrations made.
"""

import re
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from sqlalchemy import Connection, MetaData, Table
from sqlalchemy.ext.asyncio import create_async_engine

T = TypeVar("T")

_STATEMENT = re.compile(r"CREATE (FUNCTION|TRIGGER|POLICY) (\w+)(?:[^;$]*? ON (\w+))?", re.DOTALL)
_MINE = "merchant_id = NULLIF(current_setting('kontor.merchant_id', true), '')::uuid"
_RLS = "ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"


def declare(base: Any, *statements: str) -> None:
    """Declares what no table expresses; each statement creates a function, a trigger or a policy."""
    base.metadata.info.setdefault("statements", []).extend(statements)


def declare_lister(base: Any, name: str, table: str, where: str = "true", *, arguments: str = "") -> None:
    """A SECURITY DEFINER function `name(arguments)` that returns the ids of merchants with such rows, and nothing else.

    Jobs loop over them, one transaction each. Only the owner, in whose name the function runs, reads across merchants.
    """
    declare(
        base,
        f"CREATE POLICY lookup ON {table} FOR SELECT TO CURRENT_USER USING (true)",
        f"CREATE FUNCTION {name}({arguments}) RETURNS SETOF uuid\n"
        "    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp\n"
        f"    AS $$ SELECT DISTINCT merchant_id FROM {table} WHERE {where} $$",
    )


def metadata_of(package: ModuleType) -> MetaData:
    """A service's metadata, from every models.py and models.sql in its package."""
    folder = Path(str(package.__file__)).parent
    root = import_module(f"{package.__name__}.models")
    for file in sorted(folder.rglob("models.py")):
        import_module(".".join((package.__name__, *file.relative_to(folder).with_suffix("").parts)))
    metadata: MetaData = root.METADATA if hasattr(root, "METADATA") else root.Base.metadata
    if "sql" not in metadata.info:
        metadata.info["sql"] = [s for file in sorted(folder.rglob("models.sql")) for s in _statements(file.read_text())]
    return metadata


def entities(metadata: MetaData) -> dict[str, str]:
    """The statements that belong to the tables, by what they create: `FUNCTION merchants`, `POLICY tenant ON mail`."""
    found = {}
    for table in filter(_of_a_merchant, metadata.sorted_tables if _is_owner(metadata) else ()):
        found[f"ROW SECURITY ON {table.name}"] = f"ALTER TABLE {table.name} {_RLS}"
        policy = f"POLICY tenant ON {table.name}"
        found[policy] = f"CREATE {policy}\n    USING ({_MINE})\n    WITH CHECK ({_MINE})"
    for statement in [*metadata.info.get("sql", ()), *metadata.info.get("statements", ())]:
        match = _STATEMENT.search(statement)
        if not match:
            raise ValueError(f"neither function, trigger nor policy: {statement[:80]}")
        kind, name, on = match.groups()
        found[f"{kind} {name}" + (f" ON {on}" if kind != "FUNCTION" else "")] = statement
    return found


def create_all(connection: Connection, metadata: MetaData) -> None:
    """Creates what the models declare, in an empty database."""
    metadata.create_all(connection)
    for statement in entities(metadata).values():
        connection.exec_driver_sql(statement)


async def in_database(url: str, work: Callable[..., T], *arguments: Any) -> T:
    """Calls `work(connection, *arguments)` in a transaction."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work, *arguments)
    finally:
        await engine.dispose()


def catalogue(connection: Connection) -> dict[str, str]:
    """Everything in the schema `public`, by kind and name, as PostgreSQL writes it."""
    rows = connection.exec_driver_sql(Path(__file__).with_name("catalogue.sql").read_text())
    return {row.name: row.definition for row in rows}


def _is_owner(metadata: MetaData) -> bool:
    """An edge has no outbox; its pages reach no table at all."""
    return "outbox" in metadata.tables


def _of_a_merchant(table: Table) -> bool:
    """Rows with a merchant are the merchant's; the outbox also holds events without one."""
    return "merchant_id" in table.c and not table.c.merchant_id.nullable


def _statements(script: str) -> Iterable[str]:
    """A statement ends with a semicolon before an empty line."""
    return filter(None, (statement.strip().removesuffix(";") for statement in re.split(r";\n\n", script)))

"""`python -m kontor_service.new_migration payments add_wallet`: a migration of what the models have and the database lacks.

Tables, columns and keys are compared by Alembic; functions, triggers, policies and the conditions of indexes and checks
by the catalogues of two databases, one migrated and one made from the models.
"""

import asyncio
import re
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.operations.ops import UpgradeOps
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.migrations import config_of, migrate
from kontor_service.provision import provision
from kontor_service.schema import catalogue, create_all, entities, in_database, metadata_of

_OPTIONS = {
    "compare_type": True,
    "compare_server_default": True,
    "autogenerate_plugins": ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
}
FILE = '''"""{title}."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{revision}"
down_revision = {newest}


def upgrade() -> None:
    # Expand first, contract in a later release: the code of both releases runs side by side.
    execute = op.get_bind().exec_driver_sql
    {body}
'''


def changes(connection: Connection, metadata: MetaData, declared: dict[str, str]) -> str:
    """The body of a migration that brings this database to what the models declare, whose catalogue is `declared`."""
    present = catalogue(connection)
    changed = [name for name in present | declared if present.get(name) != declared.get(name)]
    tables = _tables(connection, metadata)
    wanted = entities(metadata)
    return "\n    ".join(
        [
            *(_execute(_drop(name)) for name in changed if name in present and name.split()[0] in _ENTITIES),
            tables,
            *(_execute(statement) for statement in _redefined(changed, present, declared, tables)),
            *(_execute(wanted[name]) for name in wanted if name in changed),
        ]
    )


_ENTITIES = ("FUNCTION", "TRIGGER", "POLICY", "ROW")


def _tables(connection: Connection, metadata: MetaData) -> str:
    found = produce_migrations(MigrationContext.configure(connection, opts=_OPTIONS), metadata).upgrade_ops
    assert isinstance(found, UpgradeOps)
    lines = re.sub(r"JSONB\([^()]*astext_type=Text\(\)\)", "JSONB()", render_python_code(found)).splitlines()
    return "\n".join(line for line in lines if not line.strip().startswith("# ###")).strip().removeprefix("pass")


def _redefined(changed: list[str], present: dict[str, str], declared: dict[str, str], tables: str) -> Iterator[str]:
    """Indexes and constraints of the same name that mean something else, where Alembic does not see it."""
    for name in changed:
        kind, own, *on = name.split()
        if name in present and name in declared and f"'{own}'" not in tables:
            if kind == "INDEX":
                yield from (f"DROP INDEX {own}", declared[name])
            elif kind == "CONSTRAINT":
                yield f"ALTER TABLE {on[-1]} DROP CONSTRAINT {own}, ADD CONSTRAINT {own} {declared[name]}"


def _drop(name: str) -> str:
    table = name.rpartition(" ")[2]
    off = f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY"
    return off if name.startswith("ROW") else f"DROP {name}"


def _execute(statement: str) -> str:
    return f'execute("""{statement}""")' if "\n" in statement else f"execute({statement!r})"


async def _body(server: str, service: str) -> str:
    package = import_module(f"kontor_{service}")
    metadata = metadata_of(package)
    migrated, empty = [
        await provision(server, service, password="local", database=f"{service}_{kind}")
        for kind in ("migrated", "empty")
    ]
    await migrate(migrated.owner, package)
    await in_database(empty.owner, create_all, metadata)
    return await in_database(migrated.owner, changes, metadata, await in_database(empty.owner, catalogue))


def main(service: str, name: str) -> Path:
    """Revisions are numbered: 0001, 0002, …; the new file's path is returned."""
    scripts = ScriptDirectory.from_config(config_of(import_module(f"kontor_{service}")))
    newest = scripts.get_current_head()
    revision = f"{int(newest or 0) + 1:04d}"
    with tempfile.TemporaryDirectory() as folder, embedded_postgres(Path(folder) / "data") as server:
        body = asyncio.run(_body(server, service))
    file = Path(scripts.versions) / f"{revision}_{name}.py"
    title = name.replace("_", " ").capitalize()
    file.write_text(FILE.format(title=title, revision=revision, newest=repr(newest), body=body))
    return file


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(main(sys.argv[1], sys.argv[2]))

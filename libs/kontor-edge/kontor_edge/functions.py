"""The functions of pages, in a schema of their build: old and new code run side by side, each calling its own.

What a function takes and answers may change from one build to the next. A build's text is kept beside its schema, so that it
is bound to the tables of a new generation as well, as far as it fits them.
"""

from typing import Any

import asyncpg
import structlog

from kontor_edge.shape import LIVE, OLD, Shape, create_functions

log = structlog.get_logger()

# An old build's functions go when none of its processes has said for so long that it is there.
_GRACE = "1 day"
_SEEN = "UPDATE page_functions SET seen_at = now() WHERE schema = $1"
_REGISTER = """
INSERT INTO page_functions (schema, body, role) VALUES ($1, $2, $3)
ON CONFLICT (schema) DO UPDATE SET seen_at = now(), outdated = false
"""


async def open_functions(connection: Any, shape: Shape, *, fits: bool) -> str:
    """The schema that this process is to call, in the caller's transaction: its own build's, made where it is missing.

    While the tables are of another shape (`fits` is false), its own stays on the generation before where it is bound to
    that; where there is none and it cannot be made, it is that of the build before. Raises PostgresError otherwise.
    """
    own = shape.functions_schema
    outdated = await connection.fetchval(f"{_SEEN} AND to_regnamespace(schema) IS NOT NULL RETURNING outdated", own)
    if outdated is False or (outdated and not fits):
        return own
    try:
        async with connection.transaction():
            await connection.execute(f"DROP SCHEMA IF EXISTS {own} CASCADE")
            await connection.execute(create_functions(own, LIVE, shape.functions, shape.page_role))
            await connection.execute(_REGISTER, own, shape.functions, shape.page_role)
    except asyncpg.PostgresError as error:
        latest = "SELECT schema FROM page_functions WHERE NOT outdated ORDER BY seen_at DESC LIMIT 1"
        before: str | None = None if fits else await connection.fetchval(latest)
        if before is None:
            raise
        await connection.execute(_SEEN, before)
        log.warning("page_functions_do_not_fit", own=own, called=before, error=str(error))
        return before
    return own


async def rebind_functions(connection: Any) -> None:
    """Binds all builds' functions to the tables that are live now. Those that do not fit them stay bound to the generation
    before, and are marked: it is dropped with the last of them."""
    for build in await connection.fetch("SELECT schema, body, role FROM page_functions ORDER BY schema"):
        schema = build["schema"]
        try:
            async with connection.transaction():
                # Left behind where the process that swapped last did not come to drop it.
                await connection.execute(f"DROP SCHEMA IF EXISTS {schema}_old CASCADE")
                await connection.execute(f"ALTER SCHEMA {schema} RENAME TO {schema}_old")
                await connection.execute(create_functions(schema, LIVE, build["body"], build["role"]))
        except asyncpg.PostgresError:
            await connection.execute("UPDATE page_functions SET outdated = true WHERE schema = $1", schema)


async def drop_unused(connection: Any) -> None:
    """Drops what nothing calls any more: builds that were not seen lately, and what a swap left behind."""
    gone = f"DELETE FROM page_functions WHERE seen_at < now() - interval '{_GRACE}' RETURNING schema"
    for build in await connection.fetch(gone):
        await connection.execute(f"DROP SCHEMA IF EXISTS {build['schema']} CASCADE")
    left = r"SELECT nspname FROM pg_namespace WHERE nspname LIKE 'functions\_%\_old'"
    for schema in await connection.fetch(left):
        await connection.execute(f"DROP SCHEMA {schema['nspname']} CASCADE")
    if not await connection.fetchval("SELECT EXISTS (SELECT FROM page_functions WHERE outdated)"):
        await connection.execute(f"DROP SCHEMA IF EXISTS {OLD} CASCADE")

"""What the databases themselves hold against a mistake in the code: row-level security, roles, functions."""

import asyncio
import re
from uuid import UUID

import asyncpg
import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kontor_service.database import Database
from kontor_testing.postgres import Databases

from .world import EDGES, OWNERS, World

# Written with the tenant's rows and read across merchants by the relay alone; it holds what is about to be published.
ACROSS_MERCHANTS = {"outbox"}

_TABLES = """
SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS forced, pg_get_userbyid(c.relowner) AS owner,
    EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'merchant_id' AND NOT a.attisdropped) AS tenant,
    ARRAY(SELECT p.polname || ' ' || p.polcmd::text || ' ' || array_to_string(p.polroles::regrole[], ',') || ' '
        || coalesce(pg_get_expr(p.polqual, p.polrelid), '') || ' | ' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '')
        FROM pg_policy p WHERE p.polrelid = c.oid) AS policies
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
"""
_MINE = "(merchant_id = (NULLIF(current_setting('kontor.merchant_id'::text, true), ''::text))::uuid)"
_MERCHANT_OWN = _MINE.replace("(merchant_id", "(id")


@pytest.mark.parametrize("owner", OWNERS)
def test_every_table_of_tenants_forces_row_level_security(world: World, owner: str) -> None:
    tables = world.rows(owner, _TABLES)
    tenants = [table for table in tables if table["tenant"] and table["name"] not in ACROSS_MERCHANTS]
    assert len(tenants) > 5
    for table in tenants:
        assert table["forced"], table["name"]
        assert f"tenant * - {_MINE} | {_MINE}" in table["policies"], table
        # Beside it only the owner, in whose name the narrow functions run, may read across merchants.
        others = [policy for policy in table["policies"] if not policy.startswith("tenant ")]
        assert all(policy.split()[1:3] == ["r", f"kontor_{owner}_owner"] for policy in others), table
        assert table["owner"] == f"kontor_{owner}_owner"


@pytest.mark.parametrize("service", [*OWNERS, *EDGES])
def test_the_running_roles_stand_under_the_rules(world: World, service: str) -> None:
    asked = (
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication AS mighty,"
        " EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS inherits FROM pg_roles r WHERE rolname LIKE $1"
    )
    roles = world.rows(service, asked, f"kontor_{service}%")
    assert {role["rolname"] for role in roles} >= {f"kontor_{service}", f"kontor_{service}_owner"}
    assert not [role for role in roles if role["mighty"] or role["inherits"]]


@pytest.mark.parametrize("owner", OWNERS)
def test_functions_that_read_across_merchants_name_their_search_path(world: World, owner: str) -> None:
    asked = (
        "SELECT proname AS name, proconfig AS config, proacl::text AS acl FROM pg_proc p"
        " JOIN pg_namespace n ON n.oid = p.pronamespace WHERE nspname = 'public' AND prosecdef"
    )
    for function in world.rows(owner, asked):
        assert "search_path=public, pg_temp" in (function["config"] or []), function
        # No entry that begins with "=": nothing for everybody.
        assert not re.search(r"[{,]=", function["acl"]), function


@pytest.mark.parametrize("owner", OWNERS)
def test_without_a_merchant_nothing_is_seen(world: World, owner: str) -> None:
    tables = [t["name"] for t in world.rows(owner, _TABLES) if t["tenant"] and t["name"] not in ACROSS_MERCHANTS]

    async def counts() -> dict[str, int]:
        connection = await world.connect(owner, f"kontor_{owner}")
        try:
            return {name: await connection.fetchval(f'SELECT count(*) FROM "{name}"') for name in tables}
        finally:
            await connection.close()

    assert {name: count for name, count in asyncio.run(counts()).items() if count} == {}


@pytest.mark.parametrize("edge", EDGES)
def test_the_page_role_reads_no_table_and_calls_the_pages_functions_only(world: World, edge: str) -> None:
    role = f"kontor_{edge}"
    reachable = world.rows(
        edge,
        "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
        " AND (CASE relkind WHEN 'S' THEN has_sequence_privilege($1, c.oid, 'USAGE, SELECT, UPDATE') ELSE"
        " has_table_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
        " OR has_any_column_privilege($1, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') END)",
        role,
    )
    assert reachable == []
    callable_ones = world.rows(
        edge,
        "SELECT nspname || '.' || proname AS name, prosecdef FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND has_function_privilege($1, p.oid, 'EXECUTE')",
        role,
    )
    assert callable_ones
    assert all(f["name"].startswith("functions_") and f["prosecdef"] for f in callable_ones)
    # Each takes the session first. Those that do not answer what a page without one shows: the log-in page, a link's
    # button, what stands on the meters of a link that only takes readings.
    takes_no_session = world.rows(
        edge,
        "SELECT proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE nspname LIKE 'functions%'"
        " AND has_function_privilege($1, p.oid, 'EXECUTE') AND proargnames[1] <> 'asked_hash'",
        role,
    )
    assert {row["proname"] for row in takes_no_session} <= {"portal", "linked_type", "linked_meters"}


@pytest.mark.parametrize("edge", EDGES)
def test_the_page_role_can_make_nothing_of_its_own(world: World, edge: str) -> None:
    async def tried(statement: str) -> None:
        connection = await world.connect(edge, f"kontor_{edge}")
        try:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        finally:
            await connection.close()

    functions = world.value(edge, "SELECT schema FROM page_functions ORDER BY seen_at DESC LIMIT 1")
    inner = {"gateway": "_reader('', '', now())", "admin": "_staff('', now())"}[edge]
    statements = (
        "CREATE TABLE public.mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE TEMP TABLE mine (id int)",
        "SELECT * FROM live.document",
        "SELECT * FROM public.session",
        f"SELECT * FROM {functions}.{inner}",
        f"SET ROLE kontor_{edge}_copy",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/hostname')",
    )
    for statement in statements:
        asyncio.run(tried(statement))


@pytest.mark.parametrize("service", [*OWNERS, *EDGES])
def test_no_role_reaches_another_services_database(world: World, service: str) -> None:
    roles = [f"kontor_{service}", f"kontor_{service}_owner", *([f"kontor_{service}_copy"] if service in EDGES else [])]
    others = [f"kontor_{other}" for other in (*OWNERS, *EDGES, "bus") if other != service]
    for role in roles:
        asked = "SELECT datname FROM pg_database WHERE datname = ANY ($2) AND has_database_privilege($1, oid, 'CONNECT, CREATE, TEMP')"
        assert world.rows(service, asked, role, others) == []


def test_a_pool_of_one_with_two_merchants_and_cancelled_requests_leaks_nothing(world: World) -> None:
    seen = asyncio.run(_interleaved(world))
    assert seen["a"] <= {world.a.merchant_id}
    assert seen["b"] <= {world.b.merchant_id}
    assert seen["a"]
    assert seen["b"]
    assert seen["nobody"] == set()


async def _interleaved(world: World) -> dict[str, set[str]]:
    db = Database(world.runtime_url("documents"), pool_size=1)
    await db.open()
    seen: dict[str, set[str]] = {"a": set(), "b": set(), "nobody": set()}
    merchants = {"a": UUID(world.a.merchant_id), "b": UUID(world.b.merchant_id), "nobody": None}

    async def look(who: str, *, slow: bool) -> None:
        async with db.transaction(merchants[who]) as session:
            if slow:
                await session.execute(text("SELECT pg_sleep(0.2)"))
            rows = await session.execute(text("SELECT merchant_id FROM document"))
            seen[who] |= {str(row.merchant_id) for row in rows}

    try:
        # The pool's one connection is there: what is tried is what it carries over.
        await look("nobody", slow=False)
        for round_ in range(12):
            slow = asyncio.create_task(look("ab"[round_ % 2], slow=True))
            waiting = [asyncio.create_task(look(who, slow=False)) for who in ("b", "nobody", "a")]
            await asyncio.sleep(0.01 * (round_ % 4))
            slow.cancel()
            await asyncio.gather(slow, *waiting, return_exceptions=True)
            assert all(task.cancelled() or task.exception() is None for task in waiting)
            # The plain connections know of no merchant at all.
            async with db.connection() as connection:
                assert await connection.fetchval("SELECT count(*) FROM document") == 0
    finally:
        await db.close()
    return seen


def test_an_edges_connections_answer_the_session_they_were_asked_for(world: World, anna: str) -> None:
    """More cancelled and interleaved requests of two portals than the edge has connections."""
    assert set(asyncio.run(_two_portals(world, anna))) == {(200, False)}


async def _two_portals(world: World, anna: str) -> list[tuple[int, bool]]:
    """Of each request that was not cancelled: the status, and whether the answer shows the other portal's document."""
    cookies = {world.a.slug: anna, world.b.slug: world.b.ids["cookie"]}
    foreign = {world.a.slug: world.b.ids["number"], world.b.slug: world.a.ids["number"]}

    async with httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=40)) as client:

        async def ask(slug: str) -> tuple[int, bool]:
            url = world.url("gateway", f"/api/portal/v1/{slug}/documents?limit=100")
            answer = await client.get(url, headers={"Cookie": cookies[slug]})
            return answer.status_code, foreign[slug] in answer.text

        tasks = [asyncio.create_task(ask(slug)) for _ in range(60) for slug in cookies]
        for number, task in enumerate(tasks):
            if number % 3 == 0:
                await asyncio.sleep(0.002)
                task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        return [answer for answer in ended if not isinstance(answer, BaseException)]


async def test_an_error_of_the_database_quotes_no_input(databases: Databases) -> None:
    """Its text ends in the log."""
    db = Database((await databases.create("documents")).runtime, pool_size=1)
    await db.open()
    try:
        with pytest.raises(DBAPIError) as raised:
            async with db.transaction(None) as session:
                await session.execute(text("SELECT CAST(:who AS text) || 1 / 0"), {"who": "gert@geheim.example"})
    finally:
        await db.close()
    assert "gert@geheim.example" not in str(raised.value)

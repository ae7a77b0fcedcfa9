"""What every page or a waiting upload asks for is found along an index, however many rows there are."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import asyncpg
import pytest
import pytest_asyncio
from admin_shop import Admin

from kontor_testing.postgres import Databases, at

PlanOf = Callable[[str], Awaitable[str]]

_BODY = """
    SELECT pg_get_function_sqlbody(oid), array(SELECT format_type(t, NULL) FROM unnest(proargtypes) t), proargnames
    FROM pg_proc WHERE proname = $1
"""


# So many that PostgreSQL would rather not read all of a merchant's.
_MANY = """
    INSERT INTO {table} (id, merchant_id, epoch, version, deleted, status, source, by_time)
    SELECT gen_random_uuid(), merchant, 1, 1, false, 'processed', 'http', n::text
    FROM generate_series(1, 5000) n, gen_random_uuid() merchant
"""


@pytest_asyncio.fixture(loop_scope="session")
async def plan_of(admin: Admin, databases: Databases) -> AsyncIterator[PlanOf]:
    """The plan of a page's function as PostgreSQL makes it before it knows the arguments. Where it does not go along an
    index now, it could use none."""
    name = urlsplit(admin.app.state.settings.copy_database_url.get_secret_value()).path.removeprefix("/")
    connection = await asyncpg.connect(at(databases.server, name))
    # Ends undone.
    await connection.execute("BEGIN")
    for table in await connection.fetch(
        "SELECT oid::regclass::text AS name FROM pg_class WHERE relname = 'submission'"
    ):
        await connection.execute(_MANY.format(table=table["name"]))
        await connection.execute(f"ANALYZE {table['name']}")
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    for other in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
        await connection.execute(f"SET enable_{other} = off")

    async def plan(function: str) -> str:
        body, types, names = await connection.fetchrow(_BODY, function)
        statement = re.fullmatch(r"\s*BEGIN ATOMIC(.*);\s*END\s*", body, re.DOTALL)[1]
        for place, argument in enumerate(names[: len(types)], 1):
            statement = re.sub(rf"\b{function}\.{argument}\b", f"${place}", statement)
        await connection.execute(f"PREPARE asked({', '.join(types)}) AS {statement}")
        lines = await connection.fetch(f"EXPLAIN EXECUTE asked({', '.join(['NULL'] * len(types))})")
        await connection.execute("DEALLOCATE asked")
        return "\n".join(line[0] for line in lines)

    yield plan
    await connection.close()


async def test_submissions_and_their_documents_are_found_by_id(plan_of: PlanOf) -> None:
    plan = await plan_of("submissions")
    for index in ("submission_uploaded", "submission_pkey", "document_pkey"):
        assert f"using {index} on" in plan, plan


@pytest.mark.parametrize("function", ["document", "board", "release_list"])
async def test_a_suggested_customer_is_found_by_id(plan_of: PlanOf, function: str) -> None:
    plan = await plan_of(function)
    assert re.search(r"Index Cond: \(id = d(_\d+)?\.suggested_customer_id\)", plan), plan


async def test_the_menu_finds_mails_that_were_sent_again_along_their_index(plan_of: PlanOf) -> None:
    plan = await plan_of("_staff")
    assert "using mail_again on" in plan, plan

import asyncio
import sys
from importlib import import_module
from pathlib import Path

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kontor_service.database import Database, TextNotKept, driver_of
from kontor_service.errors import install_handlers
from kontor_service.ids import uuid7
from kontor_service.migrations import migrate
from kontor_service.provision import provision
from kontor_testing.waiting import eventually

MINE, THEIRS = uuid7(), uuid7()


@pytest.fixture
async def addresses(databases):
    sys.path.insert(0, str(Path(__file__).parent / "probe"))
    try:
        made = await provision(databases.server, "probe", password="probe", database=f"probe_{uuid7().hex}")
        await migrate(made.owner, import_module("kontor_probe"))
    finally:
        sys.path.pop(0)
    return made


@pytest.fixture
async def database(addresses):
    opened = Database(addresses.runtime, pool_size=1)
    await opened.open()
    yield opened
    await opened.close()


async def add(session, merchant, name):
    await session.execute(
        text("INSERT INTO thing (id, merchant_id, name) VALUES (:id, :merchant, :name)"),
        {"id": uuid7(), "merchant": merchant, "name": name},
    )


async def names(session):
    return [row.name for row in await session.execute(text("SELECT name FROM thing ORDER BY name"))]


async def test_a_connection_that_the_server_closed_is_replaced(database):
    async with database.transaction(MINE) as session:
        closed = await driver_of(session)
    async with database.connection() as other:
        await other.execute("SELECT pg_terminate_backend($1)", closed.get_server_pid())
    await eventually(closed.is_closed)
    async with database.transaction(MINE) as session:
        assert await driver_of(session) is not closed
        assert await names(session) == []


async def test_a_transaction_sees_its_merchants_rows_only(database):
    async with database.transaction(MINE) as session:
        await add(session, MINE, "mine")
    async with database.transaction(THEIRS) as session:
        assert await names(session) == []
    async with database.transaction(MINE) as session:
        assert await names(session) == ["mine"]


async def test_without_a_merchant_nothing_is_seen(database):
    async with database.transaction(MINE) as session:
        await add(session, MINE, "mine")
    async with database.transaction(None) as session:
        assert await names(session) == []
    async with database.connection() as connection:
        assert await connection.fetch("SELECT * FROM thing") == []


async def test_a_row_for_another_merchant_is_refused(database):
    with pytest.raises(Exception, match="row-level security"):
        async with database.transaction(MINE) as session:
            await add(session, THEIRS, "smuggled")


async def test_a_pool_of_one_carries_nothing_over_from_a_cancelled_request(database):
    started = asyncio.Event()

    async def slow():
        async with database.transaction(MINE) as session:
            await add(session, MINE, "never")
            started.set()
            await session.execute(text("SELECT pg_sleep(60)"))

    request = asyncio.create_task(slow())
    await started.wait()
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)
    async with database.transaction(None) as session:
        assert await names(session) == []
    async with database.transaction(MINE) as session:
        assert await names(session) == []


async def test_of_two_transactions_in_each_others_way_one_is_told_to_try_again(addresses):
    database = Database(addresses.runtime, pool_size=2)
    await database.open()
    async with database.transaction(MINE) as session:
        await add(session, MINE, "first")
        await add(session, MINE, "second")
    both_hold_one = asyncio.Barrier(2)

    async def rename(own, other):
        async with database.transaction(MINE) as session:
            await session.execute(text("UPDATE thing SET name = name WHERE name = :name"), {"name": own})
            await both_hold_one.wait()
            await session.execute(
                text("UPDATE thing SET name = :new WHERE name = :name"), {"name": other, "new": own + "!"}
            )

    pairs = [("first", "second"), ("second", "first")]
    outcomes = await asyncio.gather(*(rename(*pair) for pair in pairs), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Contended", "NoneType"]
    done = pairs[outcomes.index(None)]
    async with database.transaction(MINE) as session:
        assert await names(session) == sorted([done[0], done[0] + "!"])
    await database.close()


@pytest.mark.parametrize("code", ["40P01", "40001"])
async def test_a_command_that_was_taken_back_answers_when_to_try_again(database, code):
    app = FastAPI()
    install_handlers(app)

    @app.post("/command")
    async def command() -> None:
        async with database.transaction(MINE) as session:
            await add(session, MINE, "never")
            await session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$"))

    async with AsyncClient(transport=ASGITransport(app), base_url="http://owner") as http:
        answer = await http.post("/command")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "contended", "1")
    async with database.transaction(MINE) as session:
        assert await names(session) == []


async def test_other_faults_of_the_database_are_not_called_contention(database):
    with pytest.raises(DBAPIError):
        async with database.transaction(MINE) as session:
            await session.execute(text("SELECT 1 / 0"))


async def test_jobs_learn_which_merchants_there_are_and_nothing_else(database):
    for merchant in (MINE, THEIRS):
        async with database.transaction(merchant) as session:
            await add(session, merchant, "thing")
    async with database.connection() as connection:
        found = await connection.fetch("SELECT * FROM merchants_with_things()")
    assert {row[0] for row in found} == {MINE, THEIRS}


async def test_the_runtime_role_cannot_switch_the_protection_off(database):
    async with database.connection() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("ALTER TABLE thing DISABLE ROW LEVEL SECURITY")


@pytest.mark.parametrize("name", ["a\0b", "a\ud800b"])
async def test_a_text_that_cannot_be_kept_is_the_callers_fault(database, name):
    with pytest.raises(TextNotKept) as caught:
        async with database.transaction(MINE) as session:
            await add(session, MINE, name)
    assert (caught.value.status, caught.value.code) == (422, "control_characters")

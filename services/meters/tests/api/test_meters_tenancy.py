"""Row-level security: without a merchant nothing is seen, with one its own rows alone."""

from typing import Any

import pytest

from kontor_service.ids import uuid7

TABLES = [
    "merchant", "customer", "meter", "register", "reading", "photo", "reading_request", "reading_invitation", "invited_meter",
    "idempotency",
]  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
async def test_security_is_forced_on_every_tenants_table(world: Any, table: str) -> None:
    [row] = await world.sql(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = to_regclass($1)", table
    )
    assert tuple(row) == (True, True)


@pytest.mark.parametrize("table", ["meter", "register", "reading"])
async def test_only_its_merchant_sees_a_row(world: Any, table: str) -> None:
    meter = await world.add()
    await world.enter(meter, "10")
    count = f"SELECT count(*) FROM {table}"
    async with world.app.state.db.connection() as connection, connection.transaction():
        assert await connection.fetchval(count) == 0
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(uuid7()))
        assert await connection.fetchval(count) == 0
        await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(world.merchant))
        assert await connection.fetchval(count) == 1

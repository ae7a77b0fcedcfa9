"""Many writers at once, and the months that are made beside them."""

import asyncio
from datetime import UTC, date, datetime
from typing import Any

from kontor_testing.waiting import eventually

DAY = "2026-03-02T{:02d}:00:00+01:00"


async def test_writers_at_the_same_time_leave_right_sums(world: Any) -> None:
    register = await world.meter("Z1")
    sends = [world.intervals("Z1", DAY.format(hour), [str(hour + 1)] * 40) for hour in (0, 4, 8, 1, 2, 6)]
    answers = await asyncio.gather(*sends)
    assert await world.days(register) == await world.recounted(register)
    kept = (await world.sql("SELECT count(*) AS many FROM interval_replaced"))[0]["many"]
    assert kept == sum(answer["corrected"] for answer in answers)


async def test_the_same_body_at_the_same_time_is_one_batch(world: Any) -> None:
    register = await world.meter("Z1")
    answers = await asyncio.gather(*(world.intervals("Z1", DAY.format(0), ["1"] * 8) for _ in range(4)))
    assert len({answer["id"] for answer in answers}) == 1
    assert await world.days(register) == {"2026-03-02": (8_000_000, 8)}


async def test_a_month_is_made_beside_a_writer_and_a_reader_that_do_not_end(world: Any) -> None:
    register = await world.meter("Z1", used_from=date(2015, 1, 1))
    await world.intervals("Z1", DAY.format(0), ["1"])
    async with world.app.state.db.connection() as other, other.transaction():
        await other.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(world.merchant))
        await other.fetch("SELECT * FROM interval_value")
        await other.execute("UPDATE interval_value SET value = value WHERE register_id = $1", register)
        # The function gives up after two seconds where it has to wait.
        answer = await world.intervals("Z1", "2016-05-01T00:00:00+02:00", ["1"])
    assert answer["stored"] == 1


async def test_months_are_there_before_their_values(world: Any) -> None:
    today = datetime.now(UTC).date().replace(day=1)
    after = today.replace(year=today.year + (today.month > 9), month=(today.month + 2) % 12 + 1)

    name = f"interval_value_{after:%Y%m}"

    async def made() -> str | None:
        [row] = await world.sql("SELECT to_regclass($1)::text AS found", name)
        found: str | None = row["found"]
        return found

    assert await eventually(made) == name


async def test_every_month_is_seen_by_its_merchant_alone(world: Any) -> None:
    await world.meter("Z1")
    await world.intervals("Z1", DAY.format(0), ["1"])
    rows = await world.sql(
        "SELECT relname, relrowsecurity AND relforcerowsecurity AS forced FROM pg_class"
        " WHERE relname LIKE 'interval%' AND relkind IN ('r', 'p') AND relpersistence = 'p'"
    )
    assert len(rows) > 5
    assert all(row["forced"] for row in rows)
    async with world.app.state.db.connection() as nobody:
        assert await nobody.fetchval("SELECT count(*) FROM interval_value_202603") == 0

"""Sums in the database: what is marked is rewritten, told once, and survives a kill."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from kontor.meters.v1 import meters_pb2 as pb
from kontor_events.registry import class_of
from kontor_meters.consumption import changes, jobs
from kontor_meters.consumption.jobs import end_projections, sum_up
from kontor_meters.models import Merchant, Meter, Reading, Register
from kontor_meters.times import start_of
from kontor_service.clock import Clock
from kontor_service.database import Database, driver_of
from kontor_service.ids import uuid7
from kontor_testing.postgres import Databases

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANNA, BEN = uuid7(), uuid7()


@dataclass
class World:
    """One merchant; meters and readings put straight into the tables."""

    db: Database
    clock: Clock = field(default_factory=Clock)
    merchant: UUID = field(default_factory=uuid7)
    series: UUID = field(default_factory=uuid7)
    point: UUID = field(default_factory=uuid7)

    async def add(self, *rows: Any) -> None:
        async with self.db.transaction(self.merchant) as session:
            for row in rows:
                session.add(row)
                await session.flush()

    async def meter(self, kind: str = "electricity", unit: str = "kWh", **more: Any) -> Register:
        register = {k: more.pop(k) for k in ("factor", "gas_periods", "interval") if k in more}
        in_use_from = more.pop("in_use_from", date(2024, 1, 1))
        meter = Meter(
            merchant_id=self.merchant, number=str(uuid7()), kind=kind, point_id=self.point, in_use_from=in_use_from,
            **({"customer_id": ANNA} | more),
        )  # fmt: skip
        made = Register(
            merchant_id=self.merchant, meter_id=meter.id, position=0, unit=unit, series_id=self.series, **register
        )
        await self.add(meter, made)
        return made

    async def read(self, register: Register, day: str, value: float | str, **more: Any) -> Reading:
        """A reading at midnight in Berlin, marked as whoever stores one does."""
        taken_at = start_of(date.fromisoformat(day), ZoneInfo("Europe/Berlin"))
        values: dict[str, Any] = {"source": "customer", "state": "valid", "channel": "account", "customer_id": ANNA}
        reading = Reading(
            merchant_id=self.merchant, meter_id=register.meter_id, register_id=register.id, series_id=self.series,
            value=Decimal(str(value)), taken_at=taken_at, entered_at=NOW, **(values | more),
        )  # fmt: skip
        async with self.db.transaction(self.merchant) as session:
            session.add(reading)
            await changes.mark(
                await driver_of(session),
                self.merchant,
                [(self.series, date.fromisoformat(day), date.fromisoformat(day))],
            )
        return reading

    async def quarters(self, register: Register, totals: dict[str, tuple[str, int]], *, mark: bool = True) -> None:
        days = {date.fromisoformat(day): value for day, value in totals.items()}
        async with self.db.connection() as connection, connection.transaction():
            await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(self.merchant))
            for day, (total, count) in days.items():
                await connection.execute(
                    "INSERT INTO interval_day VALUES ($1, $2, $3, $4, $5) ON CONFLICT (register_id, day)"
                    " DO UPDATE SET total = excluded.total, count = excluded.count",
                    self.merchant, register.id, day, int(Decimal(total) * 1_000_000), count,
                )  # fmt: skip
            if mark:
                await changes.mark(connection, self.merchant, [(self.series, min(days), max(days))])

    async def sum_up(self) -> None:
        await sum_up(self.db, self.clock, quiet=0, longest=0)

    async def sql(self, query: str, *values: Any) -> list[asyncpg.Record]:
        async with self.db.connection() as connection, connection.transaction():
            await connection.execute("SELECT set_config('kontor.merchant_id', $1, true)", str(self.merchant))
            return await connection.fetch(query, *values)

    async def year(self, year: int, customer: UUID | None = ANNA) -> asyncpg.Record:
        rows = await self.sql(
            "SELECT * FROM consumption WHERE series_id = $1 AND year = $2 AND customer_id IS NOT DISTINCT FROM $3",
            self.series, year, customer,
        )  # fmt: skip
        assert rows, f"nothing of {year}"
        return rows[0]

    async def told(self) -> list[pb.Consumption]:
        rows = await self.sql("SELECT type, payload FROM outbox WHERE merchant_id = $1 ORDER BY id", self.merchant)
        return [class_of(r["type"]).FromString(r["payload"]).consumption for r in rows]


def known(row: asyncpg.Record) -> dict[int, int]:
    return {i: amount for i, amount in enumerate(row["days"]) if amount >= 0}


@pytest.fixture
async def world(databases: Databases) -> AsyncIterator[World]:
    db = Database((await databases.create("meters")).runtime, pool_size=4)
    await db.open()
    world = World(db)
    world.clock.travel_to(NOW)
    await world.add(Merchant(id=world.merchant, merchant_id=world.merchant, epoch=1, version=1))
    yield world
    await db.close()


async def test_readings_become_the_years_days(world: World) -> None:
    register = await world.meter()
    await world.read(register, "2025-12-31", 100)
    await world.read(register, "2026-01-03", 130)
    await world.sum_up()
    assert known(await world.year(2025)) == {364: 10000}
    assert known(await world.year(2026)) == {0: 10000, 1: 10000}
    assert (await world.year(2026))["months"] == ["partly", *["missing"] * 11]


async def test_a_reading_in_between_moves_days_on_both_sides(world: World) -> None:
    register = await world.meter()
    await world.read(register, "2026-01-01", 0)
    await world.read(register, "2026-01-05", 40)
    await world.sum_up()
    await world.read(register, "2026-01-03", 30)
    await world.sum_up()
    assert known(await world.year(2026)) == {0: 15000, 1: 15000, 2: 5000, 3: 5000}


async def test_many_marks_are_one_fact_with_all_of_it(world: World) -> None:
    register = await world.meter()
    for day in range(1, 10):
        await world.read(register, f"2026-01-0{day}", day)
    await world.sum_up()
    facts = await world.told()
    assert [(f.year, f.version, f.unit, f.customer_id) for f in facts] == [(2026, 1, "kWh", str(ANNA))]
    assert list(facts[0].days[:10]) == [1000] * 8 + [-1, -1]
    assert await world.sql("SELECT FROM consumption_mark") == []


async def test_what_comes_out_the_same_is_not_told_again(world: World) -> None:
    register = await world.meter()
    await world.read(register, "2026-01-01", 0)
    await world.read(register, "2026-01-02", 4)
    await world.sum_up()
    await world.read(register, "2026-01-02", 4, state="rejected")
    await world.sum_up()
    assert len(await world.told()) == 1
    assert (await world.year(2026))["version"] == 1


async def test_a_marked_series_waits_until_it_is_quiet(world: World) -> None:
    register = await world.meter()
    await world.read(register, "2026-01-01", 0)
    await world.read(register, "2026-01-02", 4)
    assert await sum_up(world.db, world.clock, quiet=3600, longest=3600)
    assert await world.told() == []
    await sum_up(world.db, world.clock, quiet=3600, longest=0)
    assert len(await world.told()) == 1


async def test_of_quarter_hours_only_marked_days_are_read(world: World) -> None:
    register = await world.meter(interval=True)
    await world.quarters(register, {"2026-05-01": ("7.25", 96), "2026-05-02": ("8", 96)})
    await world.sum_up()
    await world.quarters(register, {"2026-05-01": ("99", 96)}, mark=False)
    await world.quarters(register, {"2026-05-02": ("9", 96)})
    await world.sum_up()
    row = await world.year(2026)
    assert known(row) == {120: 7250, 121: 9000}
    assert row["months"][4] == "partly"


async def test_a_month_of_quarter_hours_is_measured(world: World) -> None:
    register = await world.meter(interval=True)
    await world.quarters(register, {f"2026-05-{day:02d}": ("1", 96) for day in range(1, 32)})
    await world.sum_up()
    assert (await world.year(2026))["months"][4] == "measured"


async def test_through_an_exchange_the_series_runs_on(world: World) -> None:
    old = await world.meter(in_use_to=date(2026, 5, 3))
    await world.read(old, "2026-05-01", 500)
    await world.read(old, "2026-05-03", 520, reason="exchange")
    new = await world.meter(in_use_from=date(2026, 5, 3))
    await world.read(new, "2026-05-03", 2, reason="exchange")
    await world.read(new, "2026-05-05", 22)
    await world.sum_up()
    row = await world.year(2026)
    assert known(row) == {120: 10000, 121: 10000, 122: 10000, 123: 10000}
    assert row["meter_id"] == new.meter_id


async def test_earlier_years_name_the_meter_that_hangs_there_now(world: World) -> None:
    old = await world.meter(in_use_to=date(2026, 5, 3))
    await world.read(old, "2025-05-01", 500)
    await world.read(old, "2025-05-02", 520)
    await world.sum_up()
    new = await world.meter(in_use_from=date(2026, 5, 3))
    await world.read(new, "2026-05-03", 2)
    await world.sum_up()
    assert (await world.year(2025))["meter_id"] == new.meter_id


async def test_with_its_first_calorific_value_all_of_the_gas_becomes_energy(world: World) -> None:
    register = await world.meter("gas", "m3")
    await world.read(register, "2025-05-01", 0)
    await world.read(register, "2025-05-02", 3)
    await world.sum_up()
    assert (await world.year(2025))["unit"] == "m3"
    async with world.db.transaction(world.merchant) as session:
        row = await session.get(Register, register.id)
        assert row is not None
        row.gas_periods = [{"valid_from": "2026-01-01", "calorific_value": "11", "state_number": "0.95"}]
        await changes.mark(
            await driver_of(session), world.merchant, [(world.series, date(2026, 1, 1), date(2026, 11, 20))]
        )
    await world.sum_up()
    row = await world.year(2025)
    assert (row["unit"], known(row)) == ("kWh", {120: 31350})


async def test_days_that_are_no_longer_known_leave_a_tombstone(world: World) -> None:
    register = await world.meter()
    await world.read(register, "2026-01-01", 0)
    reading = await world.read(register, "2026-01-02", 4)
    await world.sum_up()
    await world.sql("UPDATE reading SET state = 'rejected' WHERE id = $1 RETURNING id", reading.id)
    async with world.db.transaction(world.merchant) as session:
        await changes.mark(
            await driver_of(session), world.merchant, [(world.series, date(2026, 1, 2), date(2026, 1, 2))]
        )
    await world.sum_up()
    facts = await world.told()
    assert [(f.version, f.deleted) for f in facts] == [(1, False), (2, True)]


async def test_a_new_customer_in_the_books_begins_with_nothing(world: World) -> None:
    register = await world.meter(interval=True)
    await world.quarters(register, {"2026-11-18": ("7", 96)})
    await world.sum_up()
    await world.sql("UPDATE meter SET customer_id = $1 RETURNING id", BEN)
    await world.quarters(register, {"2026-11-20": ("8", 96)})
    await world.sum_up()
    assert known(await world.year(2026)) == {321: 7000}
    assert known(await world.year(2026, BEN)) == {323: 8000}


async def test_a_customer_who_becomes_known_has_it_from_the_beginning(world: World) -> None:
    register = await world.meter(interval=True, customer_id=None)
    await world.quarters(register, {"2026-11-18": ("7", 96)})
    await world.sum_up()
    await world.sql("UPDATE meter SET customer_id = $1 RETURNING id", ANNA)
    async with world.db.transaction(world.merchant) as session:
        await changes.mark(
            await driver_of(session), world.merchant, [(world.series, date(2026, 1, 1), date(2026, 11, 20))]
        )
    await world.sum_up()
    assert known(await world.year(2026)) == {321: 7000}
    assert (await world.year(2026, None))["deleted"]


async def test_a_running_year_says_what_it_will_come_to_until_it_is_over(world: World) -> None:
    register = await world.meter("water", "m3")
    await world.read(register, "2026-01-01", 0)
    await world.read(register, "2026-11-01", 304)
    await world.sum_up()
    assert (await world.told())[-1].projection.expected == 365_000
    world.clock.travel_to(datetime(2027, 1, 2, tzinfo=UTC))
    await end_projections(world.db, 2027)
    await world.sum_up()
    last = (await world.told())[-1]
    assert (last.version, last.HasField("projection")) == (2, False)


async def test_two_processes_at_once_lose_nothing(world: World) -> None:
    register = await world.meter()
    await world.read(register, "2026-01-01", 0)

    async def change_and_sum(day: int) -> None:
        await world.read(register, f"2026-01-{day:02d}", day * 10)
        await world.sum_up()

    await asyncio.gather(*(change_and_sum(day) for day in range(2, 12)))
    await world.sum_up()
    assert sum(known(await world.year(2026)).values()) == 110_000


async def test_a_kill_in_the_middle_keeps_the_marks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    register = await world.meter()
    await world.read(register, "2026-01-01", 0)
    await world.read(register, "2026-01-02", 4)
    rewrite = jobs.rewrite

    async def killed(*values: Any) -> None:
        await rewrite(*values)
        raise asyncio.CancelledError

    monkeypatch.setattr(jobs, "rewrite", killed)
    with pytest.raises(asyncio.CancelledError):
        await world.sum_up()
    assert await world.told() == []
    monkeypatch.setattr(jobs, "rewrite", rewrite)
    await world.sum_up()
    assert known(await world.year(2026)) == {0: 4000}


async def test_a_series_that_cannot_be_summed_holds_up_no_other_and_keeps_its_marks(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = world.series
    await world.read(await world.meter(), "2026-01-01", 0)
    world.series, world.point = uuid7(), uuid7()
    register = await world.meter()
    await world.read(register, "2026-01-01", 0)
    await world.read(register, "2026-01-02", 4)
    rewrite = jobs.rewrite

    async def fails(session: Any, merchant: UUID, windows: Any, now: datetime) -> None:
        if broken in windows:
            raise ValueError("not to be summed")
        await rewrite(session, merchant, windows, now)

    monkeypatch.setattr(jobs, "rewrite", fails)
    await world.sum_up()
    assert known(await world.year(2026)) == {0: 4000}
    assert [row["series_id"] for row in await world.sql("SELECT series_id FROM consumption_mark")] == [broken]


async def test_readings_in_any_order_come_to_the_same_days_as_all_at_once(world: World) -> None:
    readings = [("2025-11-03", 0), ("2025-12-24", 90), ("2026-01-02", 95), ("2026-01-03", 99), ("2026-04-30", 700),
                ("2026-05-01", 703), ("2026-08-08", 1400), ("2026-11-19", 1999)]  # fmt: skip
    for order in ([3, 0, 7, 1, 5, 2, 6, 4], [7, 6, 5, 4, 3, 2, 1, 0]):
        world.series, world.point = uuid7(), uuid7()
        register = await world.meter()
        for place in order:
            await world.read(register, *readings[place])
            await world.sum_up()
        one_by_one = [(row["days"], row["bases"]) for row in (await world.year(2025), await world.year(2026))]
        world.series, world.point = uuid7(), uuid7()
        register = await world.meter()
        for reading in readings:
            await world.read(register, *reading)
        await world.sum_up()
        assert [(row["days"], row["bases"]) for row in (await world.year(2025), await world.year(2026))] == one_by_one
        assert sum(sum(known(row).values()) for row in (await world.year(2025), await world.year(2026))) == 1_999_000

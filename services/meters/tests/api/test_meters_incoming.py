"""Readings that systems and files bring, many at once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kontor.meters.v1 import meters_pb2 as pb
from kontor_meters.readings.incoming import IncomingReading, IncomingResult, store_readings
from kontor_service.ids import uuid7

START = datetime(2026, 1, 1, 11, tzinfo=UTC)


def reading(meter: dict[str, Any], value: Any, day: int = 0, **more: Any) -> IncomingReading:
    return IncomingReading(UUID(meter["registers"][0]["id"]), Decimal(value), START + timedelta(days=day), **more)


async def hand_in(world: Any, *items: IncomingReading) -> list[IncomingResult]:
    async with world.app.state.db.transaction(world.merchant) as session:
        return await store_readings(
            session, world.merchant, items, source="system", channel="api", by="ERP", now=world.clock.now()
        )


def outcomes(taken: list[IncomingResult]) -> list[str]:
    return [one.outcome for one in taken]


async def test_many_readings_of_many_meters_are_stored(world: Any) -> None:
    first, second = await world.add(), await world.add()
    items = [reading(meter, 100 * month, 30 * month) for month in range(5) for meter in (first, second)]
    assert outcomes(await hand_in(world, *items)) == ["stored"] * 10
    rows = await world.sql("SELECT last_value FROM register")
    assert [row["last_value"] for row in rows] == [400, 400]


async def test_a_meter_changes_once_per_transaction(world: Any) -> None:
    meter = await world.add()
    await hand_in(world, reading(meter, 1), reading(meter, 2, 10), reading(meter, 3, 20))
    assert [event.meter.version for event in await world.told(pb.MeterChanged)] == [2]


async def test_the_same_reading_again_is_a_duplicate(world: Any) -> None:
    meter = await world.add()
    item, named = reading(meter, 100), reading(meter, 200, 30, external_id="r-1")
    await hand_in(world, item, named)
    assert outcomes(await hand_in(world, item, named, named)) == ["duplicate"] * 3
    assert len(await world.told(pb.ReadingTaken)) == 2


async def test_another_value_of_the_same_instant_is_a_correction(world: Any) -> None:
    meter = await world.add()
    [first] = await hand_in(world, reading(meter, 100))
    [second] = await hand_in(world, reading(meter, 110))
    assert second.outcome == "corrected"
    [event] = await world.told(pb.ReadingReplaced)
    assert event.reading.id == str(first.reading.id)
    rows = await world.sql("SELECT value FROM reading WHERE state = 'valid'")
    assert [row["value"] for row in rows] == [110]


async def test_an_external_id_carries_a_correction_to_another_time(world: Any) -> None:
    meter = await world.add()
    await hand_in(world, reading(meter, 100, external_id="r-1"))
    assert outcomes(await hand_in(world, reading(meter, 100, 3, external_id="r-1"))) == ["corrected"]


async def test_an_external_id_stands_for_one_register(world: Any) -> None:
    first, second = await world.add(), await world.add()
    await hand_in(world, reading(first, 100, external_id="r-1"))
    [taken] = await hand_in(world, reading(second, 100, external_id="r-1"))
    assert (taken.outcome, taken.findings[0].code) == ("refused", "external_id_reused")


async def test_what_is_odd_is_implausible_until_staff_decide(world: Any) -> None:
    meter = await world.add()
    taken = await hand_in(world, reading(meter, 100), reading(meter, 50, 30), reading(meter, 200, 60))
    assert outcomes(taken) == ["stored", "questioned", "stored"]
    [event] = await world.told(pb.ReadingQuestioned)
    assert (event.reading.state, event.reading.findings[0].code) == ("implausible", "falling")


async def test_the_future_is_refused_and_the_rest_is_stored(world: Any) -> None:
    meter = await world.add()
    taken = await hand_in(world, reading(meter, 100), reading(meter, 200, 400))
    assert outcomes(taken) == ["stored", "refused"]
    assert taken[1].findings[0].code == "future"


async def test_an_unknown_register_is_named(world: Any) -> None:
    stranger = IncomingReading(uuid7(), Decimal(1), START)
    [taken] = await hand_in(world, stranger)
    assert (taken.outcome, taken.findings[0].code) == ("refused", "unknown_register")


async def test_several_readings_of_a_day_are_no_matter_for_a_system(world: Any) -> None:
    meter = await world.add()
    hourly = [
        IncomingReading(UUID(meter["registers"][0]["id"]), Decimal(100 + hour // 3), START + timedelta(hours=hour))
        for hour in range(6)
    ]
    assert outcomes(await hand_in(world, *hourly)) == ["stored"] * 6


async def test_an_old_reading_is_recognised_behind_many_new_ones(world: Any) -> None:
    meter = await world.add()
    start = START - timedelta(days=600)
    daily = [
        IncomingReading(UUID(meter["registers"][0]["id"]), Decimal(1000 + day), start + timedelta(days=day))
        for day in range(600)
    ]
    await hand_in(world, *daily)
    assert set(outcomes(await hand_in(world, *daily[:3]))) == {"duplicate"}
    old = daily[1]
    register, at = old.register_id, old.taken_at
    [corrected] = await hand_in(world, IncomingReading(register, old.value + 1, at))
    [fallen] = await hand_in(world, IncomingReading(register, Decimal(900), at + timedelta(hours=3)))
    assert (corrected.outcome, fallen.outcome) == ("corrected", "questioned")
    [row] = await world.sql("SELECT last_value FROM register")
    assert row["last_value"] == 1599


async def test_what_is_odd_is_odd_once(world: Any) -> None:
    meter = await world.add()
    await hand_in(world, reading(meter, 100))
    odd = reading(meter, 50, 30)
    taken = [await hand_in(world, odd), await hand_in(world, odd, odd)]
    assert [outcomes(one) for one in taken] == [["questioned"], ["duplicate", "duplicate"]]


async def test_what_staff_rejected_does_not_come_back(world: Any) -> None:
    meter = await world.add()
    [taken] = await hand_in(world, reading(meter, 100, external_id="r-1"))
    await world.decide(str(taken.reading.id), "reject")
    assert outcomes(await hand_in(world, reading(meter, 100, external_id="r-1"))) == ["duplicate"]

"""Effects, on every transport."""

from typing import Any

from sqlalchemy import text

from kontor.documents.v1.documents_pb2 import DocumentShared
from kontor_bus import Effects, Envelope, Poison, record
from kontor_testing.bus import MERCHANT, OTHER, Station, entries, ledger_effects, shared


async def test_what_is_recorded_is_done_once(station: Station) -> None:
    database = await station.database()
    async with station.bus(database, ledger_effects()) as bus:
        async with database.transaction(MERCHANT) as session:
            first = record(session, shared())
        async with database.transaction(OTHER) as session:
            second = record(session, shared(OTHER))
        await bus.idle()
    assert await entries(database) == sorted([first, second])


async def test_what_is_rolled_back_is_never_sent(station: Station) -> None:
    database = await station.database()
    async with station.bus(database, ledger_effects()) as bus:
        async with database.transaction(MERCHANT) as session:
            record(session, shared())
            await session.flush()
            await session.rollback()
        await bus.idle()
    assert await entries(database) == []


async def test_a_failing_handler_is_tried_again_and_leaves_nothing_behind(station: Station) -> None:
    database = await station.database()
    attempts: list[Envelope] = []

    async def fails_twice(session: Any, message: DocumentShared, envelope: Envelope) -> None:
        await (await session.connection()).execute(
            text("INSERT INTO ledger (event_id) VALUES (:id)"), {"id": envelope.id}
        )
        attempts.append(envelope)
        if len(attempts) < 3:
            raise RuntimeError("not yet")

    async with station.bus(database, Effects("ledger.flaky", {DocumentShared: fails_twice})) as bus:
        async with database.transaction(MERCHANT) as session:
            event_id = record(session, shared())
        await bus.idle()
    assert await entries(database) == [event_id]
    assert len(attempts) == 3


async def test_a_bad_event_does_not_fail_its_neighbours(station: Station) -> None:
    database = await station.database()
    bad = shared()

    async def picky(session: Any, message: DocumentShared, envelope: Envelope) -> None:
        if message.document.id == bad.document.id:
            raise Poison("never")
        await (await session.connection()).execute(
            text("INSERT INTO ledger (event_id) VALUES (:id)"), {"id": envelope.id}
        )

    async with station.bus(database, Effects("ledger.picky", {DocumentShared: picky})) as bus:
        async with database.transaction(MERCHANT) as session:
            good = [record(session, shared()) for _ in range(5)]
            record(session, bad)
            good += [record(session, shared()) for _ in range(5)]
        await bus.idle()
    assert await entries(database) == sorted(good)
    assert bus.metrics.dead.labels("ledger.picky")._value.get() == 1

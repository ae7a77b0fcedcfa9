"""What the bus promises on every transport: once, traced, counted, woken."""

import random
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from kontor.documents.v1.documents_pb2 import DocumentOpened, DocumentShared
from kontor_bus import Bus, Effects, Envelope, idle, record, relay
from kontor_testing.bus import MERCHANT, OTHER, Station, deliver, entries, envelope, ledger_effects, shared


async def test_what_arrives_three_times_and_shuffled_is_done_once(station: Station) -> None:
    database = await station.database()
    events = [envelope(shared(merchant), merchant) for merchant in (MERCHANT, OTHER) for _ in range(20)]
    async with station.bus(database, ledger_effects()) as bus:
        await deliver(station.url, *random.sample(events * 3, k=len(events) * 3))
        await bus.idle()
    assert await entries(database) == sorted(event.id for event in events)


async def test_each_consumer_gets_the_event_in_its_own_lane(station: Station) -> None:
    database = await station.database()
    consumers = ledger_effects("ledger.receipts"), ledger_effects("ledger.runs", lane="bulk")
    async with station.bus(database, *consumers) as bus:
        async with database.transaction(MERCHANT) as session:
            event_id = record(session, shared())
        await bus.idle()
    assert [consumer.queue.name for consumer in consumers] == ["ledger.receipts", "ledger.runs.bulk"]
    assert await entries(database) == [event_id, event_id]


async def test_two_relays_of_one_outbox_send_nothing_twice(station: Station) -> None:
    database = await station.database()
    async with station.bus(database, ledger_effects()) as first, station.bus(database, ledger_effects()) as second:
        for _ in range(30):
            async with database.transaction(MERCHANT) as session:
                record(session, shared())
        await idle(first, second)
    assert len(await entries(database)) == 30
    duplicates = [
        bus.metrics.registry.get_sample_value("kontor_bus_duplicates_total", {"consumer": "ledger.entries"})
        for bus in (first, second)
    ]
    assert sum(count or 0 for count in duplicates) == 0


async def test_an_effect_may_record_events_of_its_own(station: Station) -> None:
    ours, theirs = await station.database(), await station.database()

    async def answer(session: Any, message: DocumentShared, event: Envelope) -> None:
        record(session, DocumentOpened(document=message.document))

    async def enter(session: Any, message: DocumentOpened, event: Envelope) -> None:
        await ledger_effects().handlers[DocumentShared](session, message, event)

    answering = station.bus(ours, Effects("ours.answers", {DocumentShared: answer}), service="ours")
    async with (
        answering,
        station.bus(theirs, Effects("theirs.ledger", {DocumentOpened: enter}), service="theirs") as bus,
    ):
        async with ours.transaction(MERCHANT) as session:
            record(session, shared())
        await idle(answering, bus)
    assert len(await entries(theirs)) == 1


async def test_the_trace_goes_on_in_the_handler(station: Station) -> None:
    database = await station.database()
    provider = TracerProvider()
    seen: list[int] = []

    async def look(session: Any, message: DocumentShared, event: Envelope) -> None:
        seen.append(trace.get_current_span().get_span_context().trace_id)

    async with station.bus(database, Effects("ledger.look", {DocumentShared: look}), tracer_provider=provider) as bus:
        with provider.get_tracer("test").start_as_current_span("request") as request:
            async with database.transaction(MERCHANT) as session:
                record(session, shared())
        await bus.idle()
    assert seen == [request.get_span_context().trace_id]


async def test_a_commit_wakes_the_relay_in_its_process(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "POLL_SECONDS", 3600.0)
    database = await station.database()
    async with station.bus(database, ledger_effects()) as bus:
        await bus.idle()
        async with database.transaction(MERCHANT) as session:
            event_id = record(session, shared())
        await bus.idle()
    assert await entries(database) == [event_id]


async def test_what_is_done_is_counted(station: Station) -> None:
    database = await station.database()
    async with station.bus(database, ledger_effects()) as bus:
        async with database.transaction(MERCHANT) as session:
            record(session, shared())
        await bus.idle()
    sample = bus.metrics.registry.get_sample_value
    assert sample("kontor_bus_published_total", {"type": "documents.document.shared.v1"}) == 1
    assert sample("kontor_bus_consumed_total", {"consumer": "ledger.entries"}) == 1
    assert sample("kontor_bus_lag_seconds_count", {"consumer": "ledger.entries"}) == 1


async def test_an_edge_without_an_outbox_consumes_all_the_same(station: Station) -> None:
    database = await station.database()
    async with database.connection() as connection:
        await connection.execute("DROP TABLE outbox")
    async with station.bus(database, ledger_effects()) as bus:
        event = envelope(shared())
        await deliver(station.url, event)
        await bus.idle()
    assert await entries(database) == [event.id]


async def test_two_consumers_of_one_name_are_refused(station: Station) -> None:
    database = await station.database()
    with pytest.raises(ValueError, match="same name"):
        Bus(station.url, service="ledger", database=database, consumers=[ledger_effects(), ledger_effects()])

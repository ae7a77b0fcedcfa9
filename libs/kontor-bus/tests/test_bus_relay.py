"""The relay with transports that behave badly, which real ones only do when nobody watches."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest

from kontor_bus import Envelope, record, relay
from kontor_bus.metrics import Metrics
from kontor_bus.relay import Relay
from kontor_bus.supervision import Background
from kontor_bus.tracing import tracer
from kontor_bus.transport import CONFIRMED, Receipt, Unreachable, Verdict
from kontor_service.database import Database
from kontor_testing.bus import MERCHANT, Station, shared, station_at
from kontor_testing.postgres import Databases
from kontor_testing.waiting import eventually

Answer = Callable[[Envelope], Receipt]


class BadTransport:
    """Answers the first calls as told, then everything with a confirmation."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.confirmed: list[Envelope] = []

    async def publish(self, envelopes: Sequence[Envelope]) -> list[Receipt]:
        answer = self._answers.pop(0) if self._answers else lambda _: CONFIRMED
        receipts = [answer(envelope) for envelope in envelopes]
        self.confirmed += [e for e, r in zip(envelopes, receipts, strict=True) if r.verdict is Verdict.CONFIRMED]
        return receipts


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    async with station_at("", databases) as station:
        yield await Station(station.url, databases, station.opened).database()


@asynccontextmanager
async def relaying(database: Database, transport: BadTransport) -> AsyncIterator[Relay]:
    made = Relay(database=database, transport=transport, metrics=Metrics(), tracer=tracer(None))  # type: ignore[arg-type]
    background = Background()
    background.start("relay", made.run)
    try:
        yield made
    finally:
        await background.stop()


async def recorded(database: Database, count: int = 1) -> None:
    async with database.transaction(MERCHANT) as session:
        for _ in range(count):
            record(session, shared())


async def pending(database: Database) -> int:
    async with database.connection() as connection:
        count: int = await connection.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")
        return count


async def emptied(database: Database) -> bool:
    return await pending(database) == 0


async def test_a_cancellation_that_nobody_asked_for_does_not_end_the_relay(database: Database) -> None:
    def cancelled(_: Envelope) -> Receipt:
        raise asyncio.CancelledError

    transport = BadTransport(cancelled)
    await recorded(database)
    async with relaying(database, transport):
        await eventually(lambda: emptied(database))
    assert len(transport.confirmed) == 1


async def test_a_lost_connection_is_tried_again(database: Database) -> None:
    def lost(_: Envelope) -> Receipt:
        raise Unreachable("gone")

    transport = BadTransport(lost, lambda _: Receipt(Verdict.UNSENT, "no answer"))
    await recorded(database)
    async with relaying(database, transport):
        await eventually(lambda: emptied(database))
    assert len(transport.confirmed) == 1


async def test_a_refused_event_does_not_block_the_others_and_says_why(database: Database) -> None:
    await recorded(database, 3)
    refused: list[Envelope] = []

    def refuse_one(envelope: Envelope) -> Receipt:
        if not refused or refused[0].id == envelope.id:
            refused[:] = [envelope]
            return Receipt(Verdict.REFUSED, "no such route")
        return CONFIRMED

    transport = BadTransport(refuse_one, *[refuse_one] * 50)
    async with relaying(database, transport) as made:
        await eventually(lambda: len(transport.confirmed) == 2)
        await recorded(database)
        await eventually(lambda: len(transport.confirmed) == 3)
        assert await made.pending() == 1
    async with database.connection() as connection:
        row = await connection.fetchrow(
            "SELECT id, attempts, error, available_at > now() AS later FROM outbox WHERE published_at IS NULL"
        )
    assert (row["id"], row["error"], row["later"]) == (refused[0].id, "no such route", True)


async def test_a_queue_that_does_not_answer_holds_up_only_its_own_events(database: Database) -> None:
    await recorded(database, 3)
    silent: list[Envelope] = []

    def one_is_silent(envelope: Envelope) -> Receipt:
        if not silent:
            silent.append(envelope)
            return Receipt(Verdict.UNANSWERED, "no answer")
        return CONFIRMED

    transport = BadTransport(one_is_silent)
    async with relaying(database, transport):
        await eventually(lambda: len(transport.confirmed) == 2)
        await eventually(lambda: emptied(database))
    assert transport.confirmed[-1].id == silent[0].id


async def test_more_than_one_batch_is_sent_without_waiting(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "BATCH", 10)
    monkeypatch.setattr(relay, "POLL_SECONDS", 3600.0)
    await recorded(database, 35)
    transport = BadTransport()
    async with relaying(database, transport):
        await eventually(lambda: emptied(database))
    assert len(transport.confirmed) == 35


async def test_what_another_process_recorded_is_found_by_polling(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "POLL_SECONDS", 0.05)
    transport = BadTransport()
    async with relaying(database, transport):
        async with database.connection() as connection:
            await connection.execute(
                "INSERT INTO outbox (id, type, subject, payload) VALUES (gen_random_uuid(), 'a.b.c.v1', 'x', '')"
            )
        await eventually(lambda: emptied(database))
    assert [envelope.type for envelope in transport.confirmed] == ["a.b.c.v1"]

"""Recording, expiry and patterns."""

from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from kontor.documents.v1.documents_pb2 import Document, DocumentShared
from kontor_bus import EventTooLarge, record
from kontor_bus.expiry import expire
from kontor_bus.patterns import matches
from kontor_events.registry import UnknownEventType
from kontor_testing.bus import MERCHANT, shared, station_at
from kontor_testing.postgres import Databases


@pytest.fixture
def session() -> AsyncSession:
    return AsyncSession()


def test_an_event_above_64_kib_is_refused(session: AsyncSession) -> None:
    with pytest.raises(EventTooLarge, match=r"documents\.document\.shared\.v1: \d+ bytes"):
        record(session, DocumentShared(document=Document(id="x", title="x" * 70_000)))


def test_a_message_that_is_no_event_is_refused(session: AsyncSession) -> None:
    with pytest.raises(UnknownEventType):
        record(session, Document(id="x"))


def test_an_event_without_an_id_in_its_state_is_refused(session: AsyncSession) -> None:
    with pytest.raises(ValueError, match="no id"):
        record(session, DocumentShared())


async def test_the_row_says_what_when_and_whose(databases: Databases) -> None:
    async with station_at("", databases) as station:
        database = await station.database()
        async with database.transaction(MERCHANT) as session:
            message = shared()
            event_id = record(session, message)
        async with database.connection() as connection:
            row = await connection.fetchrow("SELECT * FROM outbox")
    assert (row["id"], row["type"], row["subject"]) == (event_id, "documents.document.shared.v1", message.document.id)
    assert row["merchant_id"] == MERCHANT
    assert DocumentShared.FromString(row["payload"]) == message


async def test_old_events_expire_and_unpublished_ones_never(databases: Databases) -> None:
    async with station_at("", databases) as station:
        database = await station.database()
        async with database.connection() as connection:
            for number, published in enumerate(["15 days", "13 days", None], start=1):
                await connection.execute(
                    "INSERT INTO outbox (id, type, subject, payload, occurred_at, published_at) "
                    "VALUES ($1, 't', 's', '', now() - interval '90 days', now() - $2::text::interval)",
                    UUID(int=number),
                    published,
                )
            for number, processed in enumerate(["31 days", "29 days"], start=1):
                await connection.execute(
                    "INSERT INTO inbox VALUES ('c', $1, now() - $2::text::interval)", UUID(int=number), processed
                )
        assert await expire(database) == (1, 1)
        async with database.connection() as connection:
            left = await connection.fetch("SELECT id FROM outbox ORDER BY id")
    assert [row["id"].int for row in left] == [2, 3]


@pytest.mark.parametrize(
    ("pattern", "type_name", "expected"),
    [
        ("documents.document.#", "documents.document.shared.v1", True),
        ("documents.document.#", "documents.document", True),
        ("documents.document.#", "documents.documentary.shared.v1", False),
        ("documents.*.shared.v1", "documents.document.shared.v1", True),
        ("documents.*.v1", "documents.document.shared.v1", False),
        ("#.v1", "v1", True),
        ("#.v1", "documents.document.shared.v1", True),
        ("#.v1", "documents.document.sharedv1", False),
        ("a.#.z", "a.z", True),
        ("a.#.z", "a.b.c.z", True),
        ("a.#.z", "az", False),
        ("#", "anything.at.all", True),
    ],
)
def test_patterns_mean_what_they_mean_on_a_topic_exchange(pattern: str, type_name: str, expected: bool) -> None:
    assert matches(pattern, type_name) is expected

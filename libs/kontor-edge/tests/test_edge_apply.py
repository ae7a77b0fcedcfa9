"""Applying facts: order, duplicates and tombstones; who may read what."""

import asyncio
import random
from typing import Any

import asyncpg
import pytest

from kontor.documents.v1 import documents_pb2
from kontor.payments.v1 import payments_pb2
from kontor_edge import Changes, UnknownSnapshot, Views
from kontor_service.commands import command_result
from kontor_service.ids import uuid7

Page = asyncpg.Connection


async def numbers(facts: Any, page: Page) -> list[str]:
    return [row[0] for row in await page.fetch(facts.numbers, facts.customer)]


async def test_any_fact_of_an_aggregate_brings_its_state(facts: Any, views: Views, page: Page) -> None:
    opened = documents_pb2.DocumentOpened(document=facts.document(str(uuid7()), 3, "RE-7"), actor="contact:1")
    await views.apply([facts.of(opened)])
    assert await numbers(facts, page) == ["RE-7"]


async def test_shuffled_and_repeated_facts_end_in_the_newest_state(facts: Any, views: Views, page: Page) -> None:
    ids = [str(uuid7()) for _ in range(5)]
    said = [facts.shared(one, version, f"RE-{n}-{version}") for n, one in enumerate(ids) for version in range(1, 8)] * 3
    random.Random(7).shuffle(said)
    for start in range(0, len(said), 9):
        await views.apply(said[start : start + 9])
    assert await numbers(facts, page) == [f"RE-{n}-7" for n in range(5)]


async def test_a_higher_epoch_wins_over_a_higher_version(facts: Any, views: Views, page: Page) -> None:
    one = str(uuid7())
    restored = facts.document(one, 2, "restored")
    restored.epoch = 2
    await views.apply([facts.shared(one, 9, "before"), facts.of(documents_pb2.DocumentChanged(document=restored))])
    await views.apply([facts.shared(one, 10, "before, late")])
    assert await numbers(facts, page) == ["restored"]


async def test_a_tombstone_empties_the_row_and_older_facts_do_not_bring_it_back(
    facts: Any, views: Views, page: Page
) -> None:
    one = str(uuid7())
    await views.apply([facts.shared(one, 1)])
    await views.apply([facts.of(documents_pb2.DocumentSnapshot(document=facts.document(one, 3, deleted=True)))])
    await views.apply([facts.shared(one, 2)])
    assert await numbers(facts, page) == []
    row = await views.pool.fetchrow("SELECT deleted, data, customer_id FROM live.document")
    assert tuple(row or ()) == (True, None, None)


async def test_events_of_other_aggregates_are_passed_over(facts: Any, views: Views, page: Page) -> None:
    await views.apply([facts.of(payments_pb2.PaymentRecorded(payment=payments_pb2.Payment(id=str(uuid7()))))])
    assert await numbers(facts, page) == []


async def test_a_commands_answer_is_applied_by_the_same_code(facts: Any, views: Views, page: Page) -> None:
    answer = command_result(facts.document(str(uuid7()), 1, "RE-9"))
    await views.apply_result(answer)
    assert await numbers(facts, page) == ["RE-9"]


async def test_an_answer_about_an_unknown_aggregate_is_refused(views: Views) -> None:
    with pytest.raises(UnknownSnapshot):
        await views.apply_result({"snapshot": {"type": "contracts.contract.snapshot.v1", "data": ""}})


async def test_appliers_side_by_side_agree(facts: Any, views: Views, page: Page) -> None:
    ids = [str(uuid7()) for _ in range(30)]
    batches = [[facts.shared(one, version, f"{version}") for one in random.sample(ids, 30)] for version in range(1, 13)]
    await asyncio.gather(*(views.apply(batch) for batch in batches))
    assert await numbers(facts, page) == ["12"] * 30


async def test_the_page_role_can_touch_no_table_and_no_hidden_function(facts: Any, views: Views, page: Page) -> None:
    tables = await views.pool.fetch(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('live', 'public')"
    )
    assert len(tables) >= 3
    for (table,) in tables:
        for statement in (f"SELECT * FROM {table}", f"DELETE FROM {table}", f"INSERT INTO {table} DEFAULT VALUES"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await page.execute(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await page.fetchval(f"SELECT {facts.shape.functions_schema}._hidden()")


async def test_a_read_that_waits_sees_the_fact_when_it_comes(
    facts: Any, views: Views, page: Page, database: Any
) -> None:
    one = str(uuid7())
    changes = Changes(database.runtime, "gateway")
    listening = asyncio.create_task(changes.listen())

    async def look() -> str | None:
        found = await numbers(facts, page)
        return found[0] if found else None

    waiting = asyncio.create_task(changes.until({f"document:{one}"}, look, timeout=10))
    await views.apply([facts.shared(one, 1, "RE-1")])
    assert await waiting == "RE-1"
    listening.cancel()


async def test_news_name_what_changed(facts: Any, views: Views, database: Any) -> None:
    heard: asyncio.Queue[Any] = asyncio.Queue()
    changes = Changes(database.runtime, "gateway")
    one, stale = str(uuid7()), str(uuid7())
    await views.apply([facts.shared(stale, 5)])
    with changes.subscribed(heard.put_nowait):
        listening = asyncio.create_task(changes.listen())
        # Whoever begins to listen may have missed something.
        assert await asyncio.wait_for(heard.get(), 10) is None
        await views.apply([facts.shared(one, 1), facts.shared(stale, 2)])
        news: set[str] = set()
        while f"document:{one}" not in news:
            news.update(await asyncio.wait_for(heard.get(), 10) or [])
    assert news <= {f"document:{one}", f"document:{stale}"}
    listening.cancel()

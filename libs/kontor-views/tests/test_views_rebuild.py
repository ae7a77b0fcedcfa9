"""The second generation: built while facts arrive, equal at rest, swapped under readers."""

import asyncio
import dataclasses
from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from kontor.documents.v1 import documents_pb2
from kontor_service.ids import uuid7
from kontor_views import Rebuild, RebuildIncomplete, Views

Page = asyncpg.Connection


class Owners:
    """Owners that know their newest states and send them again over what stands for the bus."""

    def __init__(self, facts: Any, views: Views) -> None:
        self.facts, self.views = facts, views
        self.states: dict[str, documents_pb2.Document] = {}

    async def say(self, state: documents_pb2.Document) -> None:
        self.states[state.id] = state
        await self.views.apply([self.facts.of(documents_pb2.DocumentChanged(document=state))])

    async def ask(self, owner: str) -> Mapping[str, int]:
        if owner != "documents":
            return {}
        known = [documents_pb2.DocumentSnapshot(document=state) for state in self.states.values()]
        await self.views.apply([self.facts.of(snapshot) for snapshot in known])
        return {"documents.document": len(self.states)}


async def test_the_new_generation_equals_the_old_one_at_rest(facts: Any, views: Views) -> None:
    owners = Owners(facts, views)
    for n in range(20):
        await owners.say(facts.document(str(uuid7()), n + 1, f"RE-{n}"))
    before = await views.checksums()
    await Rebuild(views, owners.ask).run(timeout=10)
    assert await views.checksums() == before
    assert await views.pool.fetchval("SELECT generation FROM views_state") == 2


async def test_facts_and_reads_go_on_while_it_is_built(facts: Any, views: Views, page: Page) -> None:
    owners = Owners(facts, views)
    ids = [str(uuid7()) for _ in range(10)]
    for one in ids:
        await owners.say(facts.document(one, 1))
    done = asyncio.Event()

    async def write() -> None:
        version = 1
        while not done.is_set():
            version += 1
            await asyncio.gather(*(owners.say(facts.document(one, version, f"RE-{version}")) for one in ids))

    async def read() -> None:
        while not done.is_set():
            assert len(await page.fetch("SELECT live.numbers($1::uuid)", facts.customer)) == 10

    traffic = [asyncio.create_task(write()), asyncio.create_task(read())]
    for _ in range(3):
        await Rebuild(views, owners.ask).run(timeout=20)
    done.set()
    await asyncio.gather(*traffic)
    newest = {state.number for state in owners.states.values()}
    assert {row[0] for row in await page.fetch("SELECT live.numbers($1::uuid)", facts.customer)} == newest


async def test_what_the_owners_no_longer_know_is_gone_after_it(facts: Any, views: Views, page: Page) -> None:
    owners = Owners(facts, views)
    await owners.say(facts.document(str(uuid7()), 1, "kept"))
    await views.apply([facts.shared(str(uuid7()), 1, "forgotten")])
    await Rebuild(views, owners.ask).run(timeout=10)
    assert [row[0] for row in await page.fetch("SELECT live.numbers($1::uuid)", facts.customer)] == ["kept"]


async def test_snapshots_that_do_not_come_leave_the_old_generation_answering(
    facts: Any, views: Views, page: Page
) -> None:
    await views.apply([facts.shared(str(uuid7()), 1, "RE-1")])

    async def silent(_: str) -> Mapping[str, int]:
        return {"documents.document": 1}

    with pytest.raises(RebuildIncomplete, match="document: 1 missing"):
        await Rebuild(views, silent).run(timeout=0)
    assert [row[0] for row in await page.fetch("SELECT live.numbers($1::uuid)", facts.customer)] == ["RE-1"]
    await Rebuild(views, Owners(facts, views).ask).run(timeout=10)


async def test_another_shape_is_noticed_and_built(facts: Any, views: Views) -> None:
    wider = dataclasses.replace(
        facts.shape, indexes=facts.shape.indexes + "; CREATE INDEX document_tokens ON document USING gin (tokens)"
    )
    changed = Views(views.pool, wider)
    assert not await changed.open()
    await Rebuild(changed, Owners(facts, changed).ask).run(timeout=10)
    assert await changed.open()


async def test_changed_functions_are_replaced_at_the_next_start(facts: Any, views: Views, page: Page) -> None:
    await views.apply([facts.shared(str(uuid7()), 1, "RE-1")])
    louder = dataclasses.replace(
        facts.shape, functions=facts.shape.functions.replace("data ->> 'number'", "data ->> 'number' || '!'")
    )
    assert await Views(views.pool, louder).open()
    assert [row[0] for row in await page.fetch("SELECT live.numbers($1::uuid)", facts.customer)] == ["RE-1!"]

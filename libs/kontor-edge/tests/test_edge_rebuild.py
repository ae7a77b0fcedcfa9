"""The second generation: built while facts arrive, equal at rest, swapped under readers."""

import asyncio
import dataclasses
from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from kontor.documents.v1 import documents_pb2
from kontor_edge import OutdatedShape, Rebuild, RebuildIncomplete, Views
from kontor_service.ids import uuid7

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


async def checksums(views: Views) -> dict[str, str]:
    """Per table a hash over every row: two generations at rest are equal byte for byte."""
    sums = "SELECT coalesce(md5(string_agg(md5(t::text), '' ORDER BY t.id)), '') FROM live.{} t"
    return {view.table: await views.pool.fetchval(sums.format(view.table)) for view in views.shape.views}


async def test_the_new_generation_equals_the_old_one_at_rest(facts: Any, views: Views) -> None:
    owners = Owners(facts, views)
    for n in range(20):
        await owners.say(facts.document(str(uuid7()), n + 1, f"RE-{n}"))
    before = await checksums(views)
    await Rebuild(views, owners.ask).run(timeout=10)
    assert await checksums(views) == before
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
            assert len(await page.fetch(facts.numbers, facts.customer)) == 10

    traffic = [asyncio.create_task(write()), asyncio.create_task(read())]
    for _ in range(3):
        await Rebuild(views, owners.ask).run(timeout=20)
    done.set()
    await asyncio.gather(*traffic)
    newest = {state.number for state in owners.states.values()}
    assert {row[0] for row in await page.fetch(facts.numbers, facts.customer)} == newest


async def test_what_the_owners_no_longer_know_is_gone_after_it(facts: Any, views: Views, page: Page) -> None:
    owners = Owners(facts, views)
    await owners.say(facts.document(str(uuid7()), 1, "kept"))
    await views.apply([facts.shared(str(uuid7()), 1, "forgotten")])
    await Rebuild(views, owners.ask).run(timeout=10)
    assert [row[0] for row in await page.fetch(facts.numbers, facts.customer)] == ["kept"]


async def test_snapshots_that_do_not_come_leave_the_old_generation_answering(
    facts: Any, views: Views, page: Page
) -> None:
    await views.apply([facts.shared(str(uuid7()), 1, "RE-1")])

    async def silent(_: str) -> Mapping[str, int]:
        return {"documents.document": 1}

    with pytest.raises(RebuildIncomplete, match="document: 1 missing"):
        await Rebuild(views, silent).run(timeout=0)
    assert [row[0] for row in await page.fetch(facts.numbers, facts.customer)] == ["RE-1"]
    await Rebuild(views, Owners(facts, views).ask).run(timeout=10)


def wider(facts: Any, views: Views) -> Views:
    """The same copy as a newer version of the edge knows it."""
    first = dataclasses.replace(facts.shape.views[0], columns=facts.shape.views[0].columns | {"state": "text"})
    return Views(views.pool, dataclasses.replace(facts.shape, views=(first, *facts.shape.views[1:])))


async def test_another_shape_is_noticed_and_built(facts: Any, views: Views, page: Page) -> None:
    owners = Owners(facts, views)
    await owners.say(facts.document(str(uuid7()), 1, "RE-1"))
    newer = wider(facts, views)
    assert not await newer.open()
    owners.views = newer
    await Rebuild(newer, owners.ask).upgrade(timeout=10)
    assert await newer.open()
    assert [row[0] for row in await page.fetch(facts.numbers, facts.customer)] == ["RE-1"]


async def test_the_second_process_of_a_new_version_finds_the_work_done(facts: Any, views: Views) -> None:
    owners = Owners(facts, wider(facts, views))
    both = [Rebuild(wider(facts, views), owners.ask).upgrade(timeout=20) for _ in range(2)]
    await asyncio.gather(*both)
    assert await views.pool.fetchval("SELECT generation FROM views_state") == 2


async def test_an_old_process_that_takes_an_event_meanwhile_makes_the_owners_be_asked_again(
    facts: Any, views: Views, page: Page
) -> None:
    newer = wider(facts, views)
    owners, asked = Owners(facts, newer), 0
    one = facts.document(str(uuid7()), 1, "RE-1")
    await views.apply([facts.of(documents_pb2.DocumentChanged(document=one))])
    owners.states[one.id] = one

    async def ask(owner: str) -> Mapping[str, int]:
        nonlocal asked
        asked += owner == "documents"
        counts = await owners.ask(owner)
        if asked == 1 and owner == "documents":
            changed = facts.document(one.id, 2, "RE-1 changed")
            owners.states[one.id] = changed
            await views.apply([facts.of(documents_pb2.DocumentChanged(document=changed))])
        return counts

    await Rebuild(newer, ask).upgrade(timeout=20)
    assert asked == 2
    assert [row[0] for row in await page.fetch(facts.numbers, facts.customer)] == ["RE-1 changed"]
    with pytest.raises(OutdatedShape):
        await views.apply([facts.shared(one.id, 3)])


async def test_a_rebuild_that_fails_leaves_nothing_behind(facts: Any, views: Views) -> None:
    async def refuses(_: str) -> Mapping[str, int]:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await Rebuild(views, refuses).run(timeout=10)
    assert await views.pool.fetchval("SELECT next_shape FROM views_state") is None
    assert not await views.pool.fetchval("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'next')")

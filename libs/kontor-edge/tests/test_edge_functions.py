"""Functions of pages, by build: changed at will, side by side, gone when nobody calls them."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import asyncpg
import pytest

from kontor_edge import Rebuild, Shape, Views
from kontor_service.ids import uuid7

Page = asyncpg.Connection

_NUMBERS = "numbers(asked uuid) RETURNS SETOF text"


def build(shape: Shape, *changes: tuple[str, str]) -> Shape:
    """Another version of the edge, whose functions differ."""
    functions = shape.functions
    for before, after in changes:
        assert before in functions
        functions = functions.replace(before, after)
    return dataclasses.replace(shape, functions=functions)


async def asked(page: Page, shape: Shape, arguments: str, *values: Any) -> list[Any]:
    rows = await page.fetch(f"SELECT * FROM {shape.functions_schema}.numbers({arguments})", *values)
    return [tuple(row) if len(row) > 1 else row[0] for row in rows]


async def test_a_function_may_answer_something_else_in_the_next_build(facts: Any, views: Views, page: Page) -> None:
    await views.apply([facts.shared(str(uuid7()), 1, "RE-1")])
    newer = build(
        facts.shape, (_NUMBERS, "numbers(asked uuid) RETURNS TABLE (number text, deleted boolean)"),
        ("SELECT data ->> 'number' FROM", "SELECT data ->> 'number', deleted FROM"),
    )  # fmt: skip
    assert await Views(views.pool, newer).open()
    assert await asked(page, newer, "asked => $1", facts.customer) == [("RE-1", False)]
    # The old build's processes go on as they were.
    assert await asked(page, facts.shape, "asked => $1", facts.customer) == ["RE-1"]


async def test_an_added_argument_leaves_no_overload_behind(facts: Any, views: Views, page: Page) -> None:
    await views.apply([facts.shared(str(uuid7()), 1, "RE-1")])
    newer = build(
        facts.shape,
        (_NUMBERS, "numbers(asked uuid, many integer) RETURNS SETOF text"),
        ("id; END", "id LIMIT many; END"),
    )
    newest = Views(views.pool, newer)
    assert await newest.open()
    assert await asked(page, newer, "asked => $1, many => 5", facts.customer) == ["RE-1"]
    with pytest.raises(asyncpg.UndefinedFunctionError):
        await asked(page, newer, "asked => $1", facts.customer)
    # A day after the last process of the old build has said that it is there, its functions are gone.
    await views.pool.execute(
        "UPDATE page_functions SET seen_at = now() - interval '2 days' WHERE schema = $1", facts.shape.functions_schema
    )
    await newest.keep_functions()
    with pytest.raises(asyncpg.InvalidSchemaNameError):
        await asked(page, facts.shape, "asked => $1", facts.customer)
    assert await views.pool.fetchval("SELECT count(*) FROM pg_proc WHERE proname = 'numbers'") == 1


async def test_every_build_reads_the_new_generation(facts: Any, views: Views, page: Page) -> None:
    louder = build(facts.shape, ("data ->> 'number'", "data ->> 'number' || '!'"))
    assert await Views(views.pool, louder).open()

    async def sent_again(owner: str) -> Mapping[str, int]:
        if owner != "documents":
            return {}
        await views.apply([facts.shared(str(uuid7()), 1, "RE-2")])
        return {"documents.document": 1}

    await Rebuild(views, sent_again).run(timeout=10)
    for shape, number in ((facts.shape, "RE-2"), (louder, "RE-2!")):
        assert await asked(page, shape, "asked => $1", facts.customer) == [number]
    assert not await views.pool.fetchval("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'old')")


async def test_a_build_that_does_not_fit_the_new_tables_goes_on_with_the_old_ones(
    facts: Any, views: Views, page: Page
) -> None:
    await views.apply([facts.shared(str(uuid7()), 1, "RE-1")])
    document = facts.shape.views[0]
    renamed = dataclasses.replace(
        document, columns={"owned_by": "uuid", "data": "json"},
        row=lambda d: {"owned_by": d.customer_id, "data": {"number": d.number}},
    )  # fmt: skip
    newer = dataclasses.replace(
        build(facts.shape, ("customer_id = asked", "owned_by = asked")),
        views=(renamed, facts.shape.views[1]),
        indexes="SELECT 1",
    )
    newest = Views(views.pool, newer)
    assert not await newest.open()
    assert newest.functions == facts.shape.functions_schema
    # Who calls another build's functions keeps them alive as well.
    await views.pool.execute("UPDATE page_functions SET seen_at = now() - interval '2 days'")
    await newest.keep_functions()
    assert await asked(page, facts.shape, "asked => $1", facts.customer) == ["RE-1"]

    async def sent_again(owner: str) -> Mapping[str, int]:
        if owner != "documents":
            return {}
        await newest.apply([facts.shared(str(uuid7()), 1, "RE-2")])
        return {"documents.document": 1}

    await Rebuild(newest, sent_again).upgrade(timeout=10)
    assert newest.functions == newer.functions_schema
    assert await asked(page, newer, "asked => $1", facts.customer) == ["RE-2"]
    # A process of the old build says that it is still there, or is started again.
    await views.pool.execute("UPDATE page_functions SET seen_at = now() - interval '2 days' WHERE outdated")
    for old in (views, Views(views.pool, facts.shape)):
        await old.keep_functions()
        assert old.functions == facts.shape.functions_schema
        assert await asked(page, facts.shape, "asked => $1", facts.customer) == ["RE-1"]
    await views.pool.execute("UPDATE page_functions SET seen_at = now() - interval '2 days' WHERE outdated")
    await newest.keep_functions()
    assert not await views.pool.fetchval("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'old')")


async def test_a_fault_of_this_builds_own_functions_is_told(facts: Any, views: Views, page: Page) -> None:
    broken = Views(views.pool, build(facts.shape, ("data ->> 'number' FROM", "missing FROM")))
    with pytest.raises(asyncpg.UndefinedColumnError):
        await broken.open()
    assert await asked(page, facts.shape, "asked => $1", facts.customer) == []


async def test_a_swap_passes_over_what_the_last_one_left_behind(facts: Any, views: Views) -> None:
    louder = build(facts.shape, ("data ->> 'number'", "data ->> 'number' || '!'"))
    assert await Views(views.pool, louder).open()
    await views.pool.execute(f"CREATE SCHEMA {louder.functions_schema}_old")

    async def nothing_sent(_: str) -> Mapping[str, int]:
        return {}

    rebuild = Rebuild(views, nothing_sent)
    await rebuild.begin()
    assert await rebuild.swap()
    assert not await views.pool.fetchval("SELECT bool_or(outdated) FROM page_functions")

"""Handing in bank statements to the running payments, for tests."""

from typing import Any
from uuid import UUID

import httpx
from asyncpg import Record

from kontor_testing.waiting import eventually


async def hand_in(world: Any, content: bytes, *, name: str = "auszug.xml", **headers: str) -> httpx.Response:
    files = {"file": (name, content, "application/octet-stream")}
    return await world.http.post("/v1/bank-statements", files=files, headers=world.staff() | headers)


async def entries(world: Any, content: bytes) -> list[Record]:
    """Handed in, and proposed for."""
    answer = await hand_in(world, content)
    assert answer.status_code == 201, answer.text
    return await proposed(world)


async def proposed(world: Any) -> list[Record]:
    async def all_of_them() -> list[Record] | None:
        rows = await world.sql("SELECT * FROM statement_entry ORDER BY id")
        undone = [
            r for r in rows if r["state"] == "confirmed" or (r["state"] == "waiting" and r["proposed_at"] is None)
        ]
        return None if undone else rows

    return await eventually(all_of_them)


async def entry(world: Any, content: bytes) -> Record:
    (row,) = await entries(world, content)
    return row


async def act(world: Any, row: Record | UUID, what: str, **body: Any) -> httpx.Response:
    entry_id = row if isinstance(row, UUID) else row["id"]
    return await world.http.post(f"/v1/statement-entries/{entry_id}/{what}", json=body, headers=world.staff())


async def state_of(world: Any, row: Record) -> str:
    (found,) = await world.sql("SELECT state FROM statement_entry WHERE id = $1", row["id"])
    return str(found["state"])

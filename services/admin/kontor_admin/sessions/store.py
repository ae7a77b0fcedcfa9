"""The admin's table of sessions: written by the copy role, from identity's answers and pushes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from fastapi import Request

_UPSERT = """
INSERT INTO session AS kept (hash, id, kind, merchant_id, public, expires_at, version, revoked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (hash) DO UPDATE SET public = excluded.public, expires_at = excluded.expires_at, version = excluded.version,
    revoked = excluded.revoked
WHERE excluded.version > kept.version
"""
_PUBLIC = ("id", "merchant_id", "slug", "user_id", "name", "email", "language", "rights", "role")


async def keep(request: Request, sessions: Sequence[dict[str, Any]]) -> None:
    """Keeps the newer of what is known and what is told."""
    rows = [
        (
            s["hash"], s["id"], s["kind"], s["merchant_id"], orjson.dumps({name: s.get(name) for name in _PUBLIC}).decode(),
            datetime.fromisoformat(s["expires_at"]), s["version"], s["revoked"],
        )
        for s in sessions
    ]  # fmt: skip
    async with request.app.state.copy_pool.acquire() as connection, connection.transaction():
        await connection.executemany(_UPSERT, rows)
        await connection.execute("DELETE FROM session WHERE expires_at < now() - interval '1 day'")


async def heard(request: Request) -> None:
    """Identity has spoken."""
    await request.app.state.copy_pool.execute("UPDATE identity_heartbeat SET heard_at = now()")


async def end_here(request: Request, session_hash: str) -> None:
    await request.app.state.copy_pool.execute("UPDATE session SET revoked = true WHERE hash = $1", session_hash)

"""Sessions in the gateway's database: written with the copy role, read by the page functions alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import orjson

# What a page may know of the session it serves.
_PUBLIC = ("id", "kind", "name", "email", "language", "contact_id", "customers", "document_id", "rights", "expires_at")

_KEEP = """
INSERT INTO session AS kept
    (hash, id, kind, merchant_id, customers, document_id, public, expires_at, epoch, version, revoked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (hash) DO UPDATE SET
    customers = excluded.customers, document_id = excluded.document_id, public = excluded.public,
    expires_at = excluded.expires_at, epoch = excluded.epoch, version = excluded.version, revoked = excluded.revoked
WHERE (excluded.epoch, excluded.version) >= (kept.epoch, kept.version)
"""


async def keep_sessions(pool: "asyncpg.Pool[Any]", states: Sequence[dict[str, Any]]) -> None:
    """Keeps the states that identity gave, all or none; an older one changes nothing."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.executemany(_KEEP, [_row(state) for state in states])


async def heard_identity(pool: "asyncpg.Pool[Any]") -> None:
    await pool.execute("UPDATE identity_heartbeat SET heard_at = now()")


async def forget_expired(pool: "asyncpg.Pool[Any]") -> None:
    """Expired sessions are refused anyway; a day later they are gone."""
    await pool.execute("DELETE FROM session WHERE expires_at < now() - interval '1 day'")


def _row(state: dict[str, Any]) -> tuple[Any, ...]:
    public = orjson.dumps({name: state.get(name) for name in _PUBLIC}).decode()
    return (
        state["hash"], state["id"], state["kind"], state["merchant_id"], state["customers"], state.get("document_id"),
        public, datetime.fromisoformat(state["expires_at"]), state.get("epoch", 1), state["version"], state["revoked"],
    )  # fmt: skip

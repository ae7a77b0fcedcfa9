"""The dead of the bus in PostgreSQL."""

from typing import TYPE_CHECKING

from kontor_bus.postgres.consuming import envelope_of
from kontor_bus.postgres.schema import ENVELOPE_COLUMNS
from kontor_bus.transport import UNROUTED, DeadLetter

if TYPE_CHECKING:
    from kontor_bus.postgres.transport import PostgresTransport

_LIST = """
    SELECT event_id::text AS id, queue, type, error, attempt, died_at FROM bus.dead WHERE service = $1 ORDER BY id LIMIT $2
"""
_CHOSEN = "service = $1 AND ($2::text[] IS NULL OR event_id::text = ANY($2))"
_REPLAY = f"""
    WITH back AS (DELETE FROM bus.dead WHERE {_CHOSEN} RETURNING *)
    INSERT INTO bus.delivery (queue, {ENVELOPE_COLUMNS}) SELECT queue, {ENVELOPE_COLUMNS} FROM back ORDER BY id
"""
_DROP = f"DELETE FROM bus.dead WHERE {_CHOSEN}"
_UNROUTED = f"SELECT id, {ENVELOPE_COLUMNS} FROM bus.dead WHERE {_CHOSEN} ORDER BY id FOR UPDATE"


class PostgresDeadLetters:
    def __init__(self, transport: "PostgresTransport") -> None:
        self._transport = transport

    async def listed(self, service: str, limit: int) -> list[DeadLetter]:
        async with self._transport.connection() as connection:
            return [DeadLetter(**row) for row in await connection.fetch(_LIST, service, limit)]

    async def replay(self, service: str, ids: set[str] | None) -> int:
        if service == UNROUTED:
            return await self._route_again(ids)
        async with self._transport.connection() as connection, connection.transaction():
            replayed = await connection.execute(_REPLAY, service, _listed(ids))
            await connection.execute("SELECT pg_notify('kontor_bus', '')")
        return int(replayed.split()[-1])

    async def drop(self, service: str, ids: set[str] | None) -> int:
        async with self._transport.connection() as connection:
            return int((await connection.execute(_DROP, service, _listed(ids))).split()[-1])

    async def _route_again(self, ids: set[str] | None) -> int:
        # Those that still nobody has bound come back as new rows.
        async with self._transport.connection() as connection, connection.transaction():
            rows = await connection.fetch(_UNROUTED, UNROUTED, _listed(ids))
            if rows:
                await self._transport.publish([envelope_of(row) for row in rows])
                await connection.execute("DELETE FROM bus.dead WHERE id = ANY($1)", [row["id"] for row in rows])
        return len(rows)


def _listed(ids: set[str] | None) -> list[str] | None:
    return None if ids is None else sorted(ids)

"""Publishing to and declaring in the bus database."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from operator import attrgetter
from typing import Any

import asyncpg

from kontor_bus.envelope import Envelope
from kontor_bus.patterns import matcher
from kontor_bus.postgres.schema import ENVELOPE_COLUMNS, ENVELOPE_FIELDS, ensure_schema
from kontor_bus.postgres.subscription import PostgresSubscription
from kontor_bus.postgres.wakeups import Wakeups
from kontor_bus.supervision import CONNECTION_ERRORS
from kontor_bus.transport import CONFIRMED, UNROUTED, QueueSpec, Receipt, Unreachable, Verdict

PUBLISH_TIMEOUT = 15.0
CLOSE_TIMEOUT = 5.0
UNROUTED_LIMIT = 10_000

# One row per bound queue. An event that nobody has bound is kept, bounded, where people can look at it.
_INSERT = f"""
    WITH event AS (
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::uuid[], $7::text[],
            $8::bytea[]) WITH ORDINALITY
            AS e ({ENVELOPE_COLUMNS}, place)
    ), route AS (
        SELECT DISTINCT t.type, b.queue FROM (SELECT DISTINCT type FROM event) t
        LEFT JOIN bus.binding b ON '.' || t.type ~ b.matcher
    ), delivered AS (
        INSERT INTO bus.delivery (queue, {ENVELOPE_COLUMNS}) SELECT queue, {ENVELOPE_COLUMNS}
        FROM event JOIN route USING (type) WHERE queue IS NOT NULL ORDER BY place
    )
    INSERT INTO bus.dead (service, queue, attempt, error, {ENVELOPE_COLUMNS})
    SELECT $9, $9, 0, 'no queue is bound to ' || type, {ENVELOPE_COLUMNS} FROM event JOIN route USING (type) WHERE queue IS NULL
"""
_values = attrgetter("id", *ENVELOPE_FIELDS)
_BOUND_UNROUTED = """
    DELETE FROM bus.dead WHERE service = $1 AND id <= (
        SELECT id FROM bus.dead WHERE service = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)
"""


class PostgresTransport:
    """As durable as RabbitMQ: a publish counts as confirmed when its delivery rows are committed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._wakeups = Wakeups(url)
        self._queues: tuple[str, ...] = ()
        self._service = ""
        self._retry_steps: Sequence[float] = ()

    async def open(self, service: str, queues: Sequence[QueueSpec], retry_steps: Sequence[float]) -> None:
        self._service, self._retry_steps = service, retry_steps
        self._queues = tuple(queue.name for queue in queues)
        async with self.connection() as connection:
            await ensure_schema(connection)
            async with connection.transaction():
                for queue in queues:
                    await _declare(connection, service, queue)

    async def close(self) -> None:
        await self._wakeups.close()
        if self._pool is not None:
            pool, self._pool = self._pool, None
            try:
                await asyncio.wait_for(pool.close(), CLOSE_TIMEOUT)
            except (TimeoutError, *CONNECTION_ERRORS):
                pool.terminate()

    async def publish(self, envelopes: Sequence[Envelope]) -> Sequence[Receipt]:
        try:
            await self._insert(envelopes)
        except asyncpg.DataError as refused:
            if len(envelopes) == 1:
                return [Receipt(Verdict.REFUSED, str(refused))]
            return [receipt for one in envelopes for receipt in await self.publish([one])]
        return [CONFIRMED] * len(envelopes)

    async def _insert(self, envelopes: Sequence[Envelope]) -> None:
        columns = zip(*(_values(envelope) for envelope in envelopes), strict=True)
        async with asyncio.timeout(PUBLISH_TIMEOUT), self.connection() as connection, connection.transaction():
            inserted = await connection.execute(_INSERT, *(list(column) for column in columns), UNROUTED)
            if not inserted.endswith(" 0"):
                await connection.execute(_BOUND_UNROUTED, UNROUTED, UNROUTED_LIMIT)
            # One for the whole batch: its lock at commit is held by relays only, never by use cases.
            await connection.execute("SELECT pg_notify('kontor_bus', '')")

    @asynccontextmanager
    async def subscribe(self, queue: str, prefetch: int) -> AsyncIterator[PostgresSubscription]:
        with self._wakeups.of(queue) as wanted:
            yield PostgresSubscription(self.connection, self._service, queue, wanted, self._retry_steps)

    async def unsettled(self) -> int:
        async with self.connection() as connection:
            count: int = await connection.fetchval(
                "SELECT count(*) FROM bus.delivery WHERE queue = ANY($1)", list(self._queues)
            )
            return count

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        try:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url,
                    min_size=0,
                    max_size=2 * len(self._queues) + 3,
                    command_timeout=60,
                    server_settings={"application_name": f"kontor-bus {self._service}"},
                )
            async with self._pool.acquire() as connection:
                yield connection
        except CONNECTION_ERRORS as lost:
            raise Unreachable(f"bus database: {lost}") from lost


async def _declare(connection: Any, service: str, queue: QueueSpec) -> None:
    await connection.execute(
        """
        INSERT INTO bus.queue (name, service) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET service = excluded.service
        """,
        queue.name,
        service,
    )
    await connection.execute(
        "DELETE FROM bus.binding WHERE queue = $1 AND pattern <> ALL($2)", queue.name, list(queue.patterns)
    )
    await connection.executemany(
        "INSERT INTO bus.binding (queue, pattern, matcher) VALUES ($1, $2, $3) ON CONFLICT (queue, pattern) DO NOTHING",
        [(queue.name, pattern, matcher(pattern)) for pattern in queue.patterns],
    )

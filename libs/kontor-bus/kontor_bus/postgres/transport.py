"""Publishing to and declaring in the bus database."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from operator import attrgetter
from typing import Any

import asyncpg

from kontor_bus.envelope import Envelope
from kontor_bus.patterns import matcher
from kontor_bus.postgres.consuming import batch, columns_of, next_due
from kontor_bus.postgres.dead import PostgresDeadLetters
from kontor_bus.postgres.schema import ENVELOPE_COLUMNS, ENVELOPE_FIELDS, ensure_schema
from kontor_bus.supervision import CONNECTION_ERRORS, Background
from kontor_bus.transport import CONFIRMED, UNROUTED, QueueSpec, Receipt, Unreachable, Verdict, Work

PUBLISH_TIMEOUT = 15.0
CLOSE_TIMEOUT = 5.0
CHECK_SECONDS = 10.0
HELD_SECONDS = 0.005
# PostgreSQL takes less than 8,000 bytes.
LONGEST_PAYLOAD = 7000
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
    ), unrouted AS (
        INSERT INTO bus.dead (service, queue, attempt, error, {ENVELOPE_COLUMNS})
        SELECT $9, $9, 0, 'no queue is bound to ' || type, {ENVELOPE_COLUMNS} FROM event JOIN route USING (type) WHERE queue IS NULL
        RETURNING id
    )
    SELECT ARRAY(SELECT DISTINCT queue FROM route WHERE queue IS NOT NULL), EXISTS (SELECT FROM unrouted)
"""
_values = attrgetter("id", *ENVELOPE_FIELDS)
_BOUND_UNROUTED = """
    DELETE FROM bus.dead WHERE service = $1 AND id <= (
        SELECT id FROM bus.dead WHERE service = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)
"""


class PostgresTransport:
    """As durable as RabbitMQ: a publish counts as confirmed when its delivery rows are committed."""

    def __init__(
        self, url: str, service: str, queues: Sequence[QueueSpec] = (), retry_steps: Sequence[float] = ()
    ) -> None:
        self._url = url
        self._service = service
        self._queues = queues
        self._retry_steps = retry_steps
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        # What a notification sets, by queue; without one they still poll: a lost wake-up costs time, never an event.
        self._wanted: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._background = Background()
        self.dead = PostgresDeadLetters(self)

    async def open(self) -> None:
        async with self.connection() as connection:
            await ensure_schema(connection)
            async with connection.transaction():
                for queue in self._queues:
                    await _declare(connection, self._service, queue)
        if self._queues:
            self._background.start("bus wake-ups", self._listen)

    async def close(self) -> None:
        await self._background.stop()
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
        async with asyncio.timeout(PUBLISH_TIMEOUT), self.connection() as connection, connection.transaction():
            queues, unrouted = await connection.fetchrow(_INSERT, *columns_of(map(_values, envelopes), 8), UNROUTED)
            if unrouted:
                await connection.execute(_BOUND_UNROUTED, UNROUTED, UNROUTED_LIMIT)
            # One for the whole batch: its lock at commit is held by relays only, never by use cases.
            await connection.execute("SELECT pg_notify('kontor_bus', $1)", _wake_up(queues))

    async def consume(self, queue: str, work: Work) -> None:
        wanted = asyncio.Event()
        self._wanted[queue].add(wanted)
        try:
            while True:
                wanted.clear()
                async with self.connection() as connection:
                    pause = await next_due(connection, queue)
                    if pause <= 0 and await batch(connection, self._service, queue, self._retry_steps, work):
                        continue
                with suppress(TimeoutError):
                    # Due, and yet not to be had: another process has it.
                    await asyncio.wait_for(wanted.wait(), max(pause, HELD_SECONDS))
        finally:
            self._wanted[queue].discard(wanted)

    async def unsettled(self) -> int:
        async with self.connection() as connection:
            count: int = await connection.fetchval(
                "SELECT count(*) FROM bus.delivery WHERE queue = ANY($1)", [queue.name for queue in self._queues]
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

    async def _listen(self) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            await connection.add_listener("kontor_bus", self._notified)
            self._wake(self._wanted)
            while True:
                await asyncio.sleep(CHECK_SECONDS)
                await connection.execute("SELECT 1", timeout=CHECK_SECONDS)
        finally:
            with suppress(*CONNECTION_ERRORS):
                await connection.close(timeout=CLOSE_TIMEOUT)

    def _notified(self, _connection: object, _pid: int, _channel: str, queues: str) -> None:
        self._wake(self._wanted.keys() & queues.split() if queues else self._wanted)

    def _wake(self, queues: Iterable[str]) -> None:
        for queue in queues:
            for wanted in self._wanted[queue]:
                wanted.set()


def _wake_up(queues: Sequence[str]) -> str:
    """What tells consumers of these queues that something came; empty for all, where the names are too long for a notification."""
    named = " ".join(queues)
    return named if len(named) < LONGEST_PAYLOAD else ""


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

"""Taking deliveries out of the bus database and settling them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from kontor_bus.envelope import Envelope
from kontor_bus.postgres.schema import ENVELOPE_COLUMNS, ENVELOPE_FIELDS
from kontor_bus.transport import Delivery, Outcome, Settle

# Only for a wake-up that was lost.
POLL_SECONDS = 5.0
# As RabbitMQ's x-delivery-limit here: more hand-outs than any number of ordinary restarts brings.
DELIVERY_LIMIT = 20

# Counted and committed before the work, or a delivery that takes the process down would be counted by nobody.
# Needs no flush of its own: after a crash of the server the count may be short by one.
_COUNT = """
    UPDATE bus.delivery SET deliveries = deliveries + 1 WHERE id IN (
        SELECT id FROM bus.delivery WHERE queue = $1 AND available_at <= now()
        ORDER BY available_at, id LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING id
"""
_TAKE = f"""
    SELECT id, attempt, deliveries, {ENVELOPE_COLUMNS} FROM bus.delivery
    WHERE id = ANY($1) ORDER BY available_at, id FOR UPDATE SKIP LOCKED
"""
# Seconds until the next retry is due.
_NEXT_DUE = """
    SELECT greatest(0.005, least($2::float8, extract(epoch FROM min(available_at) - clock_timestamp())))
    FROM bus.delivery WHERE queue = $1
"""
_RETRY = """
    UPDATE bus.delivery SET attempt = attempt + 1, deliveries = 0,
        available_at = clock_timestamp() + r.seconds * interval '1 second'
    FROM unnest($1::bigint[], $2::float8[]) AS r (id, seconds) WHERE bus.delivery.id = r.id
"""
_BURY = f"""
    WITH gone AS (
        DELETE FROM bus.delivery USING unnest($1::bigint[], $2::text[]) AS r (id, error) WHERE bus.delivery.id = r.id
        RETURNING bus.delivery.*, r.error)
    INSERT INTO bus.dead (service, queue, attempt, error, {ENVELOPE_COLUMNS})
    SELECT $3, queue, attempt + 1, error, {ENVELOPE_COLUMNS} FROM gone
"""

Connect = Callable[[], AbstractAsyncContextManager[Any]]


class PostgresSubscription:
    def __init__(
        self, connect: Connect, service: str, queue: str, wanted: asyncio.Event, retry_steps: Sequence[float]
    ) -> None:
        self._connect = connect
        self._service = service
        self._queue = queue
        self._wanted = wanted
        self._retry_steps = retry_steps

    @asynccontextmanager
    async def next_batch(self, limit: int) -> AsyncIterator["PostgresBatch"]:
        """The rows stay locked while they are in work: a crash lets them go, for the next one to take."""
        while True:
            self._wanted.clear()
            async with self._connect() as connection:
                ids = await self._counted(connection, limit)
                if ids:
                    async with connection.transaction():
                        batch = PostgresBatch(
                            connection, self._service, self._retry_steps, await connection.fetch(_TAKE, ids)
                        )
                        await batch.bury_killers()
                        if batch.deliveries:
                            yield batch
                            return
                    continue
                pause = await connection.fetchval(_NEXT_DUE, self._queue, POLL_SECONDS)
            await self._rest(float(pause))

    async def _counted(self, connection: Any, limit: int) -> list[int]:
        async with connection.transaction():
            await connection.execute("SET LOCAL synchronous_commit = off")
            return [row["id"] for row in await connection.fetch(_COUNT, self._queue, limit)]

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._wanted.wait(), seconds)
        except TimeoutError:
            return


class PostgresBatch:
    def __init__(self, connection: Any, service: str, retry_steps: Sequence[float], rows: Sequence[Any]) -> None:
        self._connection = connection
        self._service = service
        self._retry_steps = retry_steps
        self._killers = [row["id"] for row in rows if row["deliveries"] > DELIVERY_LIMIT]
        taken = [row for row in rows if row["deliveries"] <= DELIVERY_LIMIT]
        self._ids: list[int] = [row["id"] for row in taken]
        self.deliveries: list[Delivery] = [Delivery(envelope_of(row), row["attempt"]) for row in taken]

    async def bury_killers(self) -> None:
        await self._bury([(row_id, f"delivered {DELIVERY_LIMIT} times without an end") for row_id in self._killers])

    async def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Durable with the commit at the end of the block."""
        settled = list(zip(self._ids, self.deliveries, outcomes, strict=True))
        done = [row_id for row_id, _, outcome in settled if outcome.settle is Settle.DONE]
        if done:
            await self._connection.execute("DELETE FROM bus.delivery WHERE id = ANY($1)", done)
        retries = [
            (row_id, delivery.attempt) for row_id, delivery, outcome in settled if outcome.settle is Settle.RETRY
        ]
        if retries:
            seconds = [float(self._retry_steps[attempt]) for _, attempt in retries]
            await self._connection.execute(_RETRY, [row_id for row_id, _ in retries], seconds)
        await self._bury([(row_id, outcome.error) for row_id, _, outcome in settled if outcome.settle is Settle.DEAD])

    async def _bury(self, dead: Sequence[tuple[int, str]]) -> None:
        if dead:
            ids, errors = [row_id for row_id, _ in dead], [error for _, error in dead]
            await self._connection.execute(_BURY, ids, errors, self._service)


def envelope_of(row: Any) -> Envelope:
    return Envelope(id=row["event_id"], **{name: row[name] for name in ENVELOPE_FIELDS})
